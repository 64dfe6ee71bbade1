"""data_visualization: a figure with a title, the drawing, what it says in words, and a legend."""

import math
from collections.abc import Sequence
from typing import Any

import htpy as h

from bot.fake_slack.web.html.place import Given
from bot.fake_slack.web.html.plots import HEIGHT, WIDTH, Series, look, plot
from bot.fake_slack.web.html.scales import coordinate, exact, number, percent

_KINDS = {"line", "bar", "area"}
_FEW = 6
_MIDDLE, _RADIUS = HEIGHT / 2, HEIGHT / 2 - 6


def chart(given: Given) -> h.Node:
    """Return a chart."""
    drawn, title = given.get("chart") or {}, str(given.get("title", ""))
    kind = drawn.get("type")
    if kind == "pie":
        return _pie(title, drawn)
    if kind in _KINDS:
        return _with_axes(title, kind, drawn)
    return h.span(".note")[f"a chart of type {kind}, which this stand-in cannot show"]


def _with_axes(title: str, kind: str, given: Given) -> h.Node:
    axis = given.get("axis_config") or {}
    sent = given.get("series") or []
    labels = [str(one) for one in axis.get("categories") or _labels(sent)]
    series = [Series(str(one.get("name", "")), _values(one, labels)) for one in sent]
    if not any(value is not None for one in series for value in one.values):
        return _figure(title, f"{kind.capitalize()} chart without data.", _nothing(), None)
    shown = plot(kind, labels, series, str(axis.get("x_label") or ""), str(axis.get("y_label") or ""))
    names = [one.name for one in series]
    return _figure(title, _in_words(kind, labels, series), shown, names if len(names) > 1 else None)


def _labels(series: Sequence[Given]) -> list[Any]:
    """Return the labels in the order in which they come, where no categories are given."""
    return list(dict.fromkeys(str(point.get("label", "")) for one in series for point in one.get("data", [])))


def _values(given: Given, labels: Sequence[str]) -> list[float | None]:
    points = {str(point.get("label", "")): number(point.get("value")) for point in given.get("data") or []}
    return [points.get(label) for label in labels]


def _pie(title: str, given: Given) -> h.Node:
    parts = [
        (str(one.get("label", "")), max(number(one.get("value")) or 0.0, 0.0))
        for one in given.get("segments") or []
    ]
    total = math.fsum(value for _, value in parts)
    if not total:
        return _figure(title, "Pie chart without data.", _nothing(), None)
    legend = [f"{label} {percent(value / total)}" for label, value in parts]
    return _figure(title, f"Pie chart: {', '.join(legend)}.", _slices(parts, total), legend, HEIGHT)


def _slices(parts: Sequence[tuple[str, float]], total: float) -> h.Node:
    shown: list[h.Node] = []
    start = 0.0
    for at, (label, value) in enumerate(parts):
        share = value / total
        said = h.title[f"{label}: {exact(value)} ({percent(share)})"]
        if share > 0.9999:
            shown.append(_circle(f"slice {look(at)}")[said])
        elif share:
            shown.append(h.path(class_=f"slice {look(at)}", d=_slice(start, min(start + share, 1.0)))[said])
        start += share
    return shown


def _slice(start: float, end: float) -> str:
    radius, middle = coordinate(_RADIUS), coordinate(_MIDDLE)
    wide = int(end - start > 0.5)
    return f"M{middle} {middle}L{_rim(start)}A{radius} {radius} 0 {wide} 1 {_rim(end)}Z"


def _rim(share: float) -> str:
    angle = share * math.tau
    x, y = _MIDDLE + _RADIUS * math.sin(angle), _MIDDLE - _RADIUS * math.cos(angle)
    return f"{coordinate(x)} {coordinate(y)}"


def _circle(looks: str) -> h.Element:
    return h.circle(class_=looks, cx=coordinate(_MIDDLE), cy=coordinate(_MIDDLE), r=coordinate(_RADIUS))


def _nothing() -> h.Node:
    return h.text({"text-anchor": "middle"}, x=str(WIDTH // 2), y=str(HEIGHT // 2))["No data"]


def _figure(title: str, says: str, shown: h.Node, legend: Sequence[str] | None, width: int = WIDTH) -> h.Node:
    return h.figure(class_=["chart", {"pie": width != WIDTH}])[
        h.figcaption[title],
        h.svg({"viewBox": f"0 0 {width} {HEIGHT}"}, role="img", aria_label=says)[shown],
        legend and h.ul(".legend")[[h.li(class_=look(at))[name] for at, name in enumerate(legend)]],
    ]


def _in_words(kind: str, labels: Sequence[str], series: Sequence[Series]) -> str:
    """Return what a chart shows, for those who do not see it."""
    told = "; ".join(_told(one, labels) for one in series)
    return f"{kind.capitalize()} chart. {told}."


def _told(one: Series, labels: Sequence[str]) -> str:
    points = [(label, value) for label, value in zip(labels, one.values, strict=True) if value is not None]
    name = f"{one.name}: " if one.name else ""
    if not points:
        return f"{name}no data"
    if len(points) <= _FEW:
        return name + ", ".join(f"{label} {exact(value)}" for label, value in points)
    low, high = min(points, key=_value), max(points, key=_value)
    ends = f"from {exact(points[0][1])} ({points[0][0]}) to {exact(points[-1][1])} ({points[-1][0]})"
    return f"{name}{ends}, lowest {exact(low[1])} ({low[0]}), highest {exact(high[1])} ({high[0]})"


def _value(point: tuple[str, float]) -> float:
    return point[1]
