"""Render table blocks, and data_table blocks in pages."""

from collections.abc import Sequence

import htpy as h

from bot.fake_slack.web.html.element_context import BlockKitJson
from bot.fake_slack.web.html.reader import Reader
from bot.fake_slack.web.html.rich_text import render_rich_text

_DEFAULT_PAGE_SIZE = 5
_MAX_SHORT_LENGTH = 15  # a column whose cells are not longer is not wrapped
_EMPTY_CELL = "–"  # apps write it into empty cells, since Slack takes no empty text

Row = Sequence[BlockKitJson]


def render_table(block: BlockKitJson, reader: Reader) -> h.Node:
    """Return a table. Its first row is its header."""
    rows = block.get("rows") or [[]]
    column_classes = _choose_column_classes(rows, block.get("column_settings") or [])
    return _wrap_table("Table")[
        h.table[
            _render_header_row(rows[0], column_classes, reader),
            h.tbody[[_render_row(row, column_classes, reader) for row in rows[1:]]],
        ]
    ]


def render_data_table(block: BlockKitJson, reader: Reader) -> h.Node:
    """Return a table with a caption. One page of it is visible; the script turns the pages."""
    header_row, *rows = block.get("rows") or [[]]
    page_size = max(int(block.get("page_size") or _DEFAULT_PAGE_SIZE), 1)
    pages = [rows[start : start + page_size] for start in range(0, len(rows), page_size)]
    column_classes, caption = _choose_column_classes([header_row, *rows]), str(block.get("caption", ""))
    header_column = block.get("row_header_column_index") or 0
    return [
        _wrap_table(caption)[
            h.table[
                h.caption[caption],
                _render_header_row(header_row, column_classes, reader),
                [
                    h.tbody(data_page=number, hidden=number > 1)[
                        [_render_row(row, column_classes, reader, header_column) for row in page]
                    ]
                    for number, page in enumerate(pages, start=1)
                ],
            ]
        ],
        _render_pager(len(pages)) if len(pages) > 1 else None,
    ]


def _wrap_table(name: str) -> h.Element:
    # What scrolls must be reachable by keyboard (WCAG 2.1.1), and what is reachable needs a name.
    return h.div(".table-wrap", tabindex=0, role="region", aria_label=name)


def _render_pager(pages: int) -> h.Node:
    return h.div(".pager")[
        h.button(type="button", data_page_step=-1, disabled=True)["‹ Back"],
        h.span(aria_live="polite")[f"1 of {pages}"],
        h.button(type="button", data_page_step=1)["Next ›"],
    ]


def _render_header_row(row: Row, column_classes: Sequence[str], reader: Reader) -> h.Node:
    return h.thead[
        h.tr[
            [
                h.th(scope="col", class_=_find_column_class(column_classes, index))[
                    _render_cell(cell, reader)
                ]
                for index, cell in enumerate(row)
            ]
        ]
    ]


def _render_row(
    row: Row, column_classes: Sequence[str], reader: Reader, header_column: int | None = None
) -> h.Node:
    return h.tr[
        [
            h.th(scope="row", class_=_find_column_class(column_classes, index))[_render_cell(cell, reader)]
            if index == header_column
            else h.td(class_=_find_column_class(column_classes, index))[_render_cell(cell, reader)]
            for index, cell in enumerate(row)
        ]
    ]


def _render_cell(cell: BlockKitJson, reader: Reader) -> h.Node:
    match cell.get("type"):
        case "rich_text":
            return render_rich_text(cell, reader)
        case "raw_number":
            return str(cell.get("text") or cell.get("value", ""))
        case _:
            return str(cell.get("text", ""))


def _find_column_class(column_classes: Sequence[str], column: int) -> str | None:
    return column_classes[column] or None


def _choose_column_classes(rows: Sequence[Row], settings: Sequence[BlockKitJson | None] = ()) -> list[str]:
    """Return the CSS classes of each column: numbers are right-aligned unless the bot asks for another."""
    return [_choose_column_class(rows, index, settings) for index in range(max(map(len, rows)))]


def _choose_column_class(rows: Sequence[Row], index: int, settings: Sequence[BlockKitJson | None]) -> str:
    column_settings = (settings[index] if index < len(settings) else None) or {}
    cells = [row[index] for row in rows[1:] if index < len(row)]
    filled = [cell for cell in cells if cell.get("text") != _EMPTY_CELL]
    is_number = bool(filled) and all(cell.get("type") == "raw_number" for cell in filled)
    alignment = {"center": "centered", "right": "right"}.get(column_settings.get("align", ""), "")
    wrapping = "wrapped" if column_settings.get("is_wrapped") else ""
    is_short = bool(cells) and all(1 <= len(str(cell.get("text", ""))) <= _MAX_SHORT_LENGTH for cell in cells)
    column_classes = ["number" if is_number else "short" if is_short else "", alignment, wrapping]
    return " ".join(filter(None, column_classes))
