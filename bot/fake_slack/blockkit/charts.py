"""Charts: slices of a pie, or series over categories."""

from typing import Any

from bot.fake_slack.blockkit.shapes import (
    Check,
    Object,
    Shape,
    distinct,
    distinct_in,
    kinds,
    need,
    number,
    several,
    string,
)

_LABEL = string(20)


def _positive(value: Any, where: str) -> None:
    number(value, where)
    need(value > 0, where, "must be greater than 0")


def _categories(categories: Any, where: str) -> None:
    several(_LABEL, 1, 20)(categories, where)
    distinct(categories, where, "category")


def _series_have_names(chart: Object, where: str) -> None:
    distinct_in(chart["series"], "name", f"{where}/series")


def _points_have_categories(chart: Object, where: str) -> None:
    categories = sorted(chart["axis_config"]["categories"])
    for place, series in enumerate(chart["series"]):
        labels = sorted(point["label"] for point in series["data"])
        need(labels == categories, f"{where}/series/{place}/data", "labels must be the axis categories")


_SEGMENT = Shape({"label": _LABEL, "value": _positive})
_SERIES = Shape({"name": _LABEL, "data": several(Shape({"label": _LABEL, "value": number}), 1, 20)})
_AXES = Shape({"categories": _categories}, {"x_label": string(50), "y_label": string(50)})
_OVER_CATEGORIES = Shape(
    {"series": several(_SERIES, 1, 12), "axis_config": _AXES},
    rules=(_series_have_names, _points_have_categories),
)
_CHARTS: dict[str, Check] = {
    "pie": Shape({"segments": several(_SEGMENT, 1, 12)}),
    "bar": _OVER_CATEGORIES,
    "area": _OVER_CATEGORIES,
    "line": _OVER_CATEGORIES,
}
CHART = Shape({"title": string(50), "chart": kinds(_CHARTS)})
