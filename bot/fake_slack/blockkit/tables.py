"""The table and data_table blocks. `totals` counts their characters.

Limits: https://docs.slack.dev/reference/block-kit/blocks/table-block and data-table-block
"""

from typing import Any

from bot.fake_slack.blockkit.checks import (
    Check,
    JsonObject,
    ObjectSchema,
    array_of,
    boolean,
    by_type,
    integer,
    number,
    one_of,
    require,
    string,
)
from bot.fake_slack.blockkit.rich_text import RICH_TEXT

_RAW: dict[str, Check] = {
    "raw_text": ObjectSchema({"text": string()}),
    "raw_number": ObjectSchema({"value": number, "text": string()}),
}
_CELLS = array_of(by_type({**_RAW, "rich_text": RICH_TEXT}), 1, 20)
_HEADER_CELLS = array_of(by_type(_RAW))
_COLUMN = ObjectSchema(optional={"align": one_of("left", "center", "right"), "is_wrapped": boolean})


def _check_column(setting: Any, pointer: str) -> None:
    """Check a column's settings; null leaves a column as it is."""
    if setting is not None:
        _COLUMN(setting, pointer)


def _check_rows(rows: Any, pointer: str) -> None:
    array_of(_CELLS, 2, 201)(rows, pointer)
    _HEADER_CELLS(rows[0], f"{pointer}/0")
    for row, cells in enumerate(rows):
        require(len(cells) == len(rows[0]), f"{pointer}/{row}", "all rows must have the same number of cells")


def _check_row_header(block: JsonObject, pointer: str) -> None:
    columns = len(block["rows"][0])
    exists = block.get("row_header_column_index", 0) < columns
    require(exists, f"{pointer}/row_header_column_index", f"must be a column of {columns}")


TABLE = ObjectSchema(
    {"rows": array_of(_CELLS, 1, 100)}, {"column_settings": array_of(_check_column, max_items=20)}
)
DATA_TABLE = ObjectSchema(
    {"caption": string(), "rows": _check_rows},
    {"page_size": integer(1, 100), "row_header_column_index": integer(0)},
    (_check_row_header,),
)
