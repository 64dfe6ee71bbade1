"""The inside of a line, bar or area chart: an axis, labels and the series, as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

import htpy as h

from bot.fake_slack.web.html.scales import Scale, coordinate, exact, scale, short

WIDTH, HEIGHT = 400, 220
_TOP, _BOTTOM, _RIGHT = 14, 26, 10
_LETTER, _LINE = 6.6, 16  # of the largest type that the style sheet gives to a chart
_LONGEST = 14


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Plot:
    """What to draw, and within which edges."""

    kind: str
    labels: Sequence[str]
    series: Sequence[Series]
    axis: Scale
    left: float
    top: float
    bottom: float

    def x(self, at: int) -> float:
        """Return the middle of a label's place."""
        if self.kind != "bar" and len(self.labels) > 1:
            return self.left + at * (WIDTH - _RIGHT - self.left) / (len(self.labels) - 1)
        return self.left + (at + 0.5) * self.room

    def y(self, value: float) -> float:
        return self.axis.at(value, self.bottom, self.top)

    @property
    def room(self) -> float:
        return (WIDTH - _RIGHT - self.left) / max(len(self.labels), 1)


def plot(kind: str, labels: Sequence[str], series: Sequence[Series], x_label: str, y_label: str) -> h.Node:
    """Return what is drawn in a chart with axes."""
    values = [value for one in series for value in one.values if value is not None]
    axis = scale(values, from_zero=kind != "line")
    widest = max(len(short(tick)) for tick in axis.ticks)
    top, bottom = _TOP + (_LINE if y_label else 0), HEIGHT - _BOTTOM - (_LINE if x_label else 0)
    drawn = Plot(kind, labels, series, axis, widest * _LETTER + 8, top, bottom)
    draw = {"bar": _bars, "area": _areas}.get(kind, _lines)
    return [
        _grid(drawn),
        draw(drawn),
        _labels(drawn),
        y_label and h.text(".axis-label", x="2", y="12")[_cut(y_label, 50)],
        x_label and _text(_cut(x_label, 50), (drawn.left + WIDTH) / 2, HEIGHT - 5, "axis-label"),
    ]


def pieces(line: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """Return the stretches of a line between its gaps."""
    found: list[list[tuple[float, float]]] = [[]]
    for point in line:
        if point:
            found[-1].append(point)
        elif found[-1]:
            found.append([])
    return [stretch for stretch in found if stretch]


def _grid(drawn: Plot) -> h.Node:
    return [
        [
            h.line(
                class_=["grid", {"zero": tick == 0}],
                x1=coordinate(drawn.left),
                x2=str(WIDTH - _RIGHT),
                y1=coordinate(drawn.y(tick)),
                y2=coordinate(drawn.y(tick)),
            ),
            h.text({"text-anchor": "end"}, x=coordinate(drawn.left - 5), y=coordinate(drawn.y(tick) + 4))[
                short(tick)
            ],
        ]
        for tick in drawn.axis.ticks
    ]


def _labels(drawn: Plot) -> h.Node:
    shown = [_cut(label, _LONGEST) for label in drawn.labels]
    apart = drawn.x(1) - drawn.x(0) if len(shown) > 1 else float(WIDTH)
    widest = max(map(len, shown), default=0) * _LETTER + 6
    every = next(n for n in range(1, len(shown) + 2) if n * apart >= widest or n > len(shown))
    return [
        _text(label, drawn.x(at), drawn.bottom + 18, "label")
        for at, label in enumerate(shown)
        if at % every == 0
    ]


def _text(said: str, x: float, y: float, look: str) -> h.Node:
    half = len(said) * _LETTER / 2
    x = min(max(x, half), WIDTH - half)
    return h.text({"text-anchor": "middle"}, class_=look, x=coordinate(x), y=coordinate(y))[said]


def _cut(said: str, most: int) -> str:
    return said if len(said) <= most else f"{said[: most - 1].rstrip()}…"


def _lines(drawn: Plot) -> h.Node:
    return [
        h.g(class_=look(number))[
            [h.path(".line", d=_path(stretch)) for stretch in pieces(_points(drawn, one))],
            _dots(drawn, one),
        ]
        for number, one in enumerate(drawn.series)
    ]


def _areas(drawn: Plot) -> h.Node:
    base = drawn.y(drawn.axis.base)
    return [
        h.g(class_=look(number))[
            [
                [
                    h.path(".area", d=_path([(stretch[0][0], base), *stretch, (stretch[-1][0], base)]) + "Z"),
                    h.path(".line", d=_path(stretch)),
                ]
                for stretch in pieces(_points(drawn, one))
            ],
            _dots(drawn, one),
        ]
        for number, one in enumerate(drawn.series)
    ]


def _bars(drawn: Plot) -> h.Node:
    group = min(drawn.room * 0.8, 44.0 * len(drawn.series))
    width, base = group / len(drawn.series), drawn.y(drawn.axis.base)
    return [
        h.g(class_=look(number))[
            [
                _bar(drawn.x(at) - group / 2 + number * width, width, base, drawn.y(value))[
                    _said(drawn, one, at)
                ]
                for at, value in enumerate(one.values)
                if value is not None
            ]
        ]
        for number, one in enumerate(drawn.series)
    ]


def _bar(x: float, width: float, base: float, y: float) -> h.Element:
    gap = min(1.0, width / 8)
    return h.rect(
        ".bar",
        x=coordinate(x + gap),
        y=coordinate(min(base, y)),
        width=coordinate(max(width - 2 * gap, 0.5)),
        height=coordinate(max(abs(base - y), 0.5)),
    )


def _points(drawn: Plot, one: Series) -> list[tuple[float, float] | None]:
    return [None if value is None else (drawn.x(at), drawn.y(value)) for at, value in enumerate(one.values)]


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{coordinate(x)} {coordinate(y)}" for x, y in points)


def _dots(drawn: Plot, one: Series) -> h.Node:
    return [
        h.circle(".dot", cx=coordinate(point[0]), cy=coordinate(point[1]), r="3")[_said(drawn, one, at)]
        for at, point in enumerate(_points(drawn, one))
        if point
    ]


def _said(drawn: Plot, one: Series, at: int) -> h.Node:
    """Return what is shown where a pointer rests."""
    value = one.values[at]
    said = f"{drawn.labels[at]}: {'' if value is None else exact(value)}"
    return h.title[f"{one.name}, {said}" if one.name else said]


def look(number: int) -> str:
    return f"series-{number % 12}"
