"""Tables: a table as it is, a data_table in pages."""

from collections.abc import Sequence

import htpy as h

from bot.fake_slack.web.html.place import Given
from bot.fake_slack.web.html.reader import Reader
from bot.fake_slack.web.html.rich_text import rich_text

_PAGE = 5
_SHORT = 15  # characters; a column of cells that are not longer stays on one line
_NOTHING = "–"  # what apps write into a cell with nothing in it, since it may not be empty

Row = Sequence[Given]


def table(given: Given, reader: Reader) -> h.Node:
    """Return a table, whose first row is its head."""
    rows = given.get("rows") or [[]]
    looks = _looks(rows, given.get("column_settings") or [])
    return _wrapped("Table")[
        h.table[
            _head(rows[0], looks, reader),
            h.tbody[[_row(row, looks, reader) for row in rows[1:]]],
        ]
    ]


def data_table(given: Given, reader: Reader) -> h.Node:
    """Return a table with a caption, of which one page is to be seen."""
    head, *rows = given.get("rows") or [[]]
    size = max(int(given.get("page_size") or _PAGE), 1)
    pages = [rows[start : start + size] for start in range(0, len(rows), size)]
    looks, caption = _looks([head, *rows]), str(given.get("caption", ""))
    header = given.get("row_header_column_index") or 0
    return [
        _wrapped(caption)[
            h.table[
                h.caption[caption],
                _head(head, looks, reader),
                [
                    h.tbody(data_page=number, hidden=number > 1)[
                        [_row(row, looks, reader, header) for row in page]
                    ]
                    for number, page in enumerate(pages, start=1)
                ],
            ]
        ],
        _pager(len(pages)) if len(pages) > 1 else None,
    ]


def _wrapped(name: str) -> h.Element:
    # One that scrolls by itself has to be reachable from the keyboard, and so needs a name.
    return h.div(".table-wrap", tabindex=0, role="region", aria_label=name)


def _pager(pages: int) -> h.Node:
    return h.div(".pager")[
        h.button(type="button", data_turn=-1, disabled=True)["‹ Back"],
        h.span(aria_live="polite")[f"1 of {pages}"],
        h.button(type="button", data_turn=1)["Next ›"],
    ]


def _head(row: Row, looks: Sequence[str], reader: Reader) -> h.Node:
    return h.thead[
        h.tr[[h.th(scope="col", class_=_look(looks, at))[_cell(cell, reader)] for at, cell in enumerate(row)]]
    ]


def _row(row: Row, looks: Sequence[str], reader: Reader, header: int | None = None) -> h.Node:
    return h.tr[
        [
            h.th(scope="row", class_=_look(looks, at))[_cell(cell, reader)]
            if at == header
            else h.td(class_=_look(looks, at))[_cell(cell, reader)]
            for at, cell in enumerate(row)
        ]
    ]


def _cell(cell: Given, reader: Reader) -> h.Node:
    match cell.get("type"):
        case "rich_text":
            return rich_text(cell, reader)
        case "raw_number":
            return str(cell.get("text") or cell.get("value", ""))
        case _:
            return str(cell.get("text", ""))


def _look(looks: Sequence[str], column: int) -> str | None:
    return looks[column] or None


def _looks(rows: Sequence[Row], settings: Sequence[Given | None] = ()) -> list[str]:
    """Return the classes of each column: numbers to the right, unless the bot says otherwise."""
    return [_column(rows, at, settings) for at in range(max(map(len, rows)))]


def _column(rows: Sequence[Row], at: int, settings: Sequence[Given | None]) -> str:
    wanted = (settings[at] if at < len(settings) else None) or {}
    cells = [row[at] for row in rows[1:] if at < len(row)]
    told = [cell for cell in cells if cell.get("text") != _NOTHING]
    is_number = bool(told) and all(cell.get("type") == "raw_number" for cell in told)
    side = {"center": "centered", "right": "right"}.get(wanted.get("align", ""), "")
    wrapping = "wrapped" if wanted.get("is_wrapped") else ""
    is_short = bool(cells) and all(1 <= len(str(cell.get("text", ""))) <= _SHORT for cell in cells)
    looks = ["number" if is_number else "short" if is_short else "", side, wrapping]
    return " ".join(filter(None, looks))
