"""Render data_visualization blocks: a figure with a title, the drawing, a description and a legend."""

import math
from collections.abc import Sequence
from typing import Any

import htpy as h

from bot.fake_slack.web.html.element_context import BlockKitJson
from bot.fake_slack.web.html.plots import CHART_HEIGHT, CHART_WIDTH, Series, render_plot, series_class
from bot.fake_slack.web.html.scales import format_coordinate, format_exact, format_percent, parse_number

_AXIS_CHART_KINDS = {"line", "bar", "area"}
_MAX_LISTED_VALUES = 6  # in a description; a longer series is summed up
_PIE_CENTRE, _PIE_RADIUS = CHART_HEIGHT / 2, CHART_HEIGHT / 2 - 6


def render_chart(block: BlockKitJson) -> h.Node:
    """Return a pie, line, bar or area chart."""
    chart, title = block.get("chart") or {}, str(block.get("title", ""))
    kind = chart.get("type")
    if kind == "pie":
        return _render_pie(title, chart)
    if kind in _AXIS_CHART_KINDS:
        return _render_axis_chart(title, kind, chart)
    return h.span(".note")[f"a chart of type {kind}, which this stand-in cannot show"]


def _render_axis_chart(title: str, kind: str, chart: BlockKitJson) -> h.Node:
    axis = chart.get("axis_config") or {}
    json_series = chart.get("series") or []
    labels = [str(one) for one in axis.get("categories") or _collect_labels(json_series)]
    series = [Series(str(one.get("name", "")), _list_values(one, labels)) for one in json_series]
    if not any(value is not None for one in series for value in one.values):
        return _build_figure(title, f"{kind.capitalize()} chart without data.", _draw_no_data(), None)
    shown = render_plot(kind, labels, series, str(axis.get("x_label") or ""), str(axis.get("y_label") or ""))
    names = [one.name for one in series]
    return _build_figure(
        title, _describe_chart(kind, labels, series), shown, names if len(names) > 1 else None
    )


def _collect_labels(series: Sequence[BlockKitJson]) -> list[Any]:
    """Return the labels in order of appearance, for a chart without categories."""
    return list(dict.fromkeys(str(point.get("label", "")) for one in series for point in one.get("data", [])))


def _list_values(chart: BlockKitJson, labels: Sequence[str]) -> list[float | None]:
    points = {
        str(point.get("label", "")): parse_number(point.get("value")) for point in chart.get("data") or []
    }
    return [points.get(label) for label in labels]


def _render_pie(title: str, chart: BlockKitJson) -> h.Node:
    parts = [
        (str(one.get("label", "")), max(parse_number(one.get("value")) or 0.0, 0.0))
        for one in chart.get("segments") or []
    ]
    total = math.fsum(value for _, value in parts)
    if not total:
        return _build_figure(title, "Pie chart without data.", _draw_no_data(), None)
    legend = [f"{label} {format_percent(value / total)}" for label, value in parts]
    return _build_figure(
        title, f"Pie chart: {', '.join(legend)}.", _draw_slices(parts, total), legend, CHART_HEIGHT
    )


def _draw_slices(parts: Sequence[tuple[str, float]], total: float) -> h.Node:
    slices: list[h.Node] = []
    start = 0.0
    for at, (label, value) in enumerate(parts):
        share = value / total
        tooltip = h.title[f"{label}: {format_exact(value)} ({format_percent(share)})"]
        if share > 0.9999:  # an arc that ends where it begins is not drawn
            slices.append(_draw_full_circle(f"slice {series_class(at)}")[tooltip])
        elif share:
            slices.append(
                h.path(
                    class_=f"slice {series_class(at)}", d=_build_slice_path(start, min(start + share, 1.0))
                )[tooltip]
            )
        start += share
    return slices


def _build_slice_path(start: float, end: float) -> str:
    radius, middle = format_coordinate(_PIE_RADIUS), format_coordinate(_PIE_CENTRE)
    is_large_arc = int(end - start > 0.5)
    arc_start, arc_end = _point_on_rim(start), _point_on_rim(end)
    return f"M{middle} {middle}L{arc_start}A{radius} {radius} 0 {is_large_arc} 1 {arc_end}Z"


def _point_on_rim(share: float) -> str:
    angle = share * math.tau
    x, y = _PIE_CENTRE + _PIE_RADIUS * math.sin(angle), _PIE_CENTRE - _PIE_RADIUS * math.cos(angle)
    return f"{format_coordinate(x)} {format_coordinate(y)}"


def _draw_full_circle(css_class: str) -> h.Element:
    return h.circle(
        class_=css_class,
        cx=format_coordinate(_PIE_CENTRE),
        cy=format_coordinate(_PIE_CENTRE),
        r=format_coordinate(_PIE_RADIUS),
    )


def _draw_no_data() -> h.Node:
    return h.text({"text-anchor": "middle"}, x=str(CHART_WIDTH // 2), y=str(CHART_HEIGHT // 2))["No data"]


def _build_figure(
    title: str, description: str, drawing: h.Node, legend: Sequence[str] | None, width: int = CHART_WIDTH
) -> h.Node:
    return h.figure(class_=["chart", {"pie": width != CHART_WIDTH}])[
        h.figcaption[title],
        h.svg({"viewBox": f"0 0 {width} {CHART_HEIGHT}"}, role="img", aria_label=description)[drawing],
        legend and h.ul(".legend")[[h.li(class_=series_class(at))[name] for at, name in enumerate(legend)]],
    ]


def _describe_chart(kind: str, labels: Sequence[str], series: Sequence[Series]) -> str:
    """Return what a chart shows in words, for screen readers."""
    descriptions = "; ".join(_describe_series(one, labels) for one in series)
    return f"{kind.capitalize()} chart. {descriptions}."


def _describe_series(one: Series, labels: Sequence[str]) -> str:
    points = [(label, value) for label, value in zip(labels, one.values, strict=True) if value is not None]
    name = f"{one.name}: " if one.name else ""
    if not points:
        return f"{name}no data"
    if len(points) <= _MAX_LISTED_VALUES:
        return name + ", ".join(f"{label} {format_exact(value)}" for label, value in points)
    low, high = min(points, key=_get_value), max(points, key=_get_value)
    first, last = points[0], points[-1]
    ends = f"from {format_exact(first[1])} ({first[0]}) to {format_exact(last[1])} ({last[0]})"
    return (
        f"{name}{ends}, lowest {format_exact(low[1])} ({low[0]}), highest {format_exact(high[1])} ({high[0]})"
    )


def _get_value(point: tuple[str, float]) -> float:
    return point[1]
