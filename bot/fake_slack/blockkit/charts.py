"""The data_visualization block: segments of a pie, or series over categories.

Limits: https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
"""

from typing import Any

from bot.fake_slack.blockkit.checks import (
    Check,
    JsonObject,
    ObjectSchema,
    array_of,
    by_type,
    number,
    require,
    require_unique,
    require_unique_field,
    string,
)

_LABEL = string(20)


def _check_positive(value: Any, pointer: str) -> None:
    number(value, pointer)
    require(value > 0, pointer, "must be greater than 0")


def _check_categories(categories: Any, pointer: str) -> None:
    array_of(_LABEL, 1, 20)(categories, pointer)
    require_unique(categories, pointer, "category")


def _check_series_names(chart: JsonObject, pointer: str) -> None:
    require_unique_field(chart["series"], "name", f"{pointer}/series")


def _check_point_labels(chart: JsonObject, pointer: str) -> None:
    categories = sorted(chart["axis_config"]["categories"])
    for index, series in enumerate(chart["series"]):
        labels = sorted(point["label"] for point in series["data"])
        require(labels == categories, f"{pointer}/series/{index}/data", "labels must be the axis categories")


_SEGMENT = ObjectSchema({"label": _LABEL, "value": _check_positive})
_SERIES = ObjectSchema(
    {"name": _LABEL, "data": array_of(ObjectSchema({"label": _LABEL, "value": number}), 1, 20)}
)
_AXES = ObjectSchema({"categories": _check_categories}, {"x_label": string(50), "y_label": string(50)})
_SERIES_CHART = ObjectSchema(
    {"series": array_of(_SERIES, 1, 12), "axis_config": _AXES},
    rules=(_check_series_names, _check_point_labels),
)
_CHART_TYPES: dict[str, Check] = {
    "pie": ObjectSchema({"segments": array_of(_SEGMENT, 1, 12)}),
    "bar": _SERIES_CHART,
    "area": _SERIES_CHART,
    "line": _SERIES_CHART,
}
CHART = ObjectSchema({"title": string(50), "chart": by_type(_CHART_TYPES)})
