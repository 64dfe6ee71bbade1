"""Draw a line, bar or area chart as SVG: an axis, labels and the series."""

from collections.abc import Sequence
from dataclasses import dataclass

import htpy as h

from bot.fake_slack.web.html.scales import Scale, choose_scale, format_coordinate, format_exact, format_short

CHART_WIDTH, CHART_HEIGHT = 400, 220
_MARGIN_TOP, _MARGIN_BOTTOM, _MARGIN_RIGHT = 14, 26, 10
_LETTER_WIDTH, _LINE_HEIGHT = 6.6, 16  # of the largest font that the style sheet gives to a chart
_MAX_LABEL_LENGTH, _MAX_AXIS_LABEL_LENGTH = 14, 50


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Plot:
    """What to draw, and between which edges, in pixels."""

    kind: str
    labels: Sequence[str]
    series: Sequence[Series]
    axis: Scale
    left: float
    top: float
    bottom: float

    def x_of(self, index: int) -> float:
        """Return the x coordinate of a category's centre."""
        if self.kind != "bar" and len(self.labels) > 1:
            return self.left + index * (CHART_WIDTH - _MARGIN_RIGHT - self.left) / (len(self.labels) - 1)
        return self.left + (index + 0.5) * self.category_width

    def y_of(self, value: float) -> float:
        return self.axis.position_of(value, self.bottom, self.top)

    @property
    def category_width(self) -> float:
        return (CHART_WIDTH - _MARGIN_RIGHT - self.left) / max(len(self.labels), 1)


def render_plot(
    kind: str, labels: Sequence[str], series: Sequence[Series], x_label: str, y_label: str
) -> h.Node:
    """Return the content of a chart with axes."""
    values = [value for one in series for value in one.values if value is not None]
    axis = choose_scale(values, from_zero=kind != "line")
    widest = max(len(format_short(tick)) for tick in axis.ticks)
    top, bottom = (
        _MARGIN_TOP + (_LINE_HEIGHT if y_label else 0),
        CHART_HEIGHT - _MARGIN_BOTTOM - (_LINE_HEIGHT if x_label else 0),
    )
    plot = Plot(kind, labels, series, axis, widest * _LETTER_WIDTH + 8, top, bottom)
    draw_series = {"bar": _draw_bars, "area": _draw_areas}.get(kind, _draw_lines)
    return [
        _draw_grid(plot),
        draw_series(plot),
        _draw_labels(plot),
        y_label and h.text(".axis-label", x="2", y="12")[_truncate(y_label, _MAX_AXIS_LABEL_LENGTH)],
        x_label
        and _draw_text(
            _truncate(x_label, _MAX_AXIS_LABEL_LENGTH),
            (plot.left + CHART_WIDTH) / 2,
            CHART_HEIGHT - 5,
            "axis-label",
        ),
    ]


def split_at_gaps(line: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """Return the parts of a line between its missing values."""
    parts: list[list[tuple[float, float]]] = [[]]
    for point in line:
        if point:
            parts[-1].append(point)
        elif parts[-1]:
            parts.append([])
    return [part for part in parts if part]


def _draw_grid(plot: Plot) -> h.Node:
    return [
        [
            h.line(
                class_=["grid", {"zero": tick == 0}],
                x1=format_coordinate(plot.left),
                x2=str(CHART_WIDTH - _MARGIN_RIGHT),
                y1=format_coordinate(plot.y_of(tick)),
                y2=format_coordinate(plot.y_of(tick)),
            ),
            h.text(
                {"text-anchor": "end"},
                x=format_coordinate(plot.left - 5),
                y=format_coordinate(plot.y_of(tick) + 4),
            )[format_short(tick)],
        ]
        for tick in plot.axis.ticks
    ]


def _draw_labels(plot: Plot) -> h.Node:
    """Return the categories' labels: only each second, third… where all would overlap."""
    labels = [_truncate(label, _MAX_LABEL_LENGTH) for label in plot.labels]
    distance = plot.x_of(1) - plot.x_of(0) if len(labels) > 1 else float(CHART_WIDTH)
    widest = max(map(len, labels), default=0) * _LETTER_WIDTH + 6
    label_step = next(n for n in range(1, len(labels) + 2) if n * distance >= widest or n > len(labels))
    return [
        _draw_text(label, plot.x_of(index), plot.bottom + 18, "label")
        for index, label in enumerate(labels)
        if index % label_step == 0
    ]


def _draw_text(text: str, x: float, y: float, css_class: str) -> h.Node:
    """Return centred text, moved inwards where it would leave the chart."""
    half = len(text) * _LETTER_WIDTH / 2
    x = min(max(x, half), CHART_WIDTH - half)
    return h.text(
        {"text-anchor": "middle"}, class_=css_class, x=format_coordinate(x), y=format_coordinate(y)
    )[text]


def _truncate(text: str, max_length: int) -> str:
    return text if len(text) <= max_length else f"{text[: max_length - 1].rstrip()}…"


def _draw_lines(plot: Plot) -> h.Node:
    return [
        h.g(class_=series_class(number))[
            [h.path(".line", d=_build_path(part)) for part in split_at_gaps(_list_points(plot, series))],
            _draw_dots(plot, series),
        ]
        for number, series in enumerate(plot.series)
    ]


def _draw_areas(plot: Plot) -> h.Node:
    base = plot.y_of(plot.axis.baseline)
    return [
        h.g(class_=series_class(number))[
            [
                [
                    h.path(".area", d=_build_path([(part[0][0], base), *part, (part[-1][0], base)]) + "Z"),
                    h.path(".line", d=_build_path(part)),
                ]
                for part in split_at_gaps(_list_points(plot, series))
            ],
            _draw_dots(plot, series),
        ]
        for number, series in enumerate(plot.series)
    ]


def _draw_bars(plot: Plot) -> h.Node:
    group_width = min(plot.category_width * 0.8, 44.0 * len(plot.series))  # of a category's bars
    width, base = group_width / len(plot.series), plot.y_of(plot.axis.baseline)
    return [
        h.g(class_=series_class(number))[
            [
                _draw_bar(plot.x_of(index) - group_width / 2 + number * width, width, base, plot.y_of(value))[
                    _build_tooltip(plot, series, index)
                ]
                for index, value in enumerate(series.values)
                if value is not None
            ]
        ]
        for number, series in enumerate(plot.series)
    ]


def _draw_bar(x: float, width: float, base: float, y: float) -> h.Element:
    gap = min(1.0, width / 8)
    return h.rect(
        ".bar",
        x=format_coordinate(x + gap),
        y=format_coordinate(min(base, y)),
        width=format_coordinate(max(width - 2 * gap, 0.5)),
        height=format_coordinate(max(abs(base - y), 0.5)),
    )


def _list_points(plot: Plot, series: Series) -> list[tuple[float, float] | None]:
    return [
        None if value is None else (plot.x_of(index), plot.y_of(value))
        for index, value in enumerate(series.values)
    ]


def _build_path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{format_coordinate(x)} {format_coordinate(y)}" for x, y in points)


def _draw_dots(plot: Plot, series: Series) -> h.Node:
    return [
        h.circle(".dot", cx=format_coordinate(point[0]), cy=format_coordinate(point[1]), r="3")[
            _build_tooltip(plot, series, index)
        ]
        for index, point in enumerate(_list_points(plot, series))
        if point
    ]


def _build_tooltip(plot: Plot, series: Series, index: int) -> h.Node:
    """Return what is shown where the pointer rests on a value."""
    value = series.values[index]
    text = f"{plot.labels[index]}: {'' if value is None else format_exact(value)}"
    return h.title[f"{series.name}, {text}" if series.name else text]


def series_class(number: int) -> str:
    """Return the CSS class with a series's colour; the style sheet has twelve."""
    return f"series-{number % 12}"
