"""Tables: the plain one, and the one that pages and sorts. Their characters are counted in `totals`."""

from typing import Any

from bot.fake_slack.blockkit.rich_text import RICH_TEXT
from bot.fake_slack.blockkit.shapes import (
    Check,
    Object,
    Shape,
    flag,
    kinds,
    need,
    number,
    one_of,
    several,
    string,
    whole,
)

_RAW: dict[str, Check] = {
    "raw_text": Shape({"text": string()}),
    "raw_number": Shape({"value": number, "text": string()}),
}
_CELLS = several(kinds({**_RAW, "rich_text": RICH_TEXT}), 1, 20)
_HEADER_CELLS = several(kinds(_RAW))
_COLUMN = Shape(may={"align": one_of("left", "center", "right"), "is_wrapped": flag})


def _column(setting: Any, where: str) -> None:
    """Check a column's settings; null leaves a column as it is."""
    if setting is not None:
        _COLUMN(setting, where)


def _rows(rows: Any, where: str) -> None:
    several(_CELLS, 2, 201)(rows, where)
    _HEADER_CELLS(rows[0], f"{where}/0")
    for row, cells in enumerate(rows):
        need(len(cells) == len(rows[0]), f"{where}/{row}", "all rows must have the same number of cells")


def _row_header(block: Object, where: str) -> None:
    columns = len(block["rows"][0])
    right = block.get("row_header_column_index", 0) < columns
    need(right, f"{where}/row_header_column_index", f"must be a column of {columns}")


TABLE = Shape({"rows": several(_CELLS, 1, 100)}, {"column_settings": several(_column, most=20)})
DATA_TABLE = Shape(
    {"caption": string(), "rows": _rows},
    {"page_size": whole(1, 100), "row_header_column_index": whole(0)},
    (_row_header,),
)
