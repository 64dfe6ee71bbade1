"""Entries in a spreadsheet's lines. Pure."""

import csv
import io
from collections.abc import Iterator, Mapping

from bot.features.exports.tables import as_written, parted
from bot.features.imports.parsed import NOT_DELIVERED, Gathering, Reading
from bot.slack.blockkit.text import clean

NEEDED = {"kind", "text"}
DELIMITERS = ",;\t"


def delimiter_of(text: str) -> str | None:
    """Return what parts the cells; None for what has no line of column names with kind and text in front."""
    first = text.lstrip("\r\n").partition("\n")[0]
    return next((each for each in DELIMITERS if {*map(_name, first.split(each))} >= NEEDED), None)


def read(text: str) -> Reading:
    """Read one entry a line after a line of column names, in any order; the figures are passed over."""
    gathering = Gathering()
    for place, cells in _rows(text, gathering):
        kind = gathering.kind(place, cells["kind"])
        products = tuple(parted(cells.get("delivered_by", "")))
        if kind is None:
            continue
        if products and not kind.is_offer:
            gathering.wrong.append(f"{place}: {NOT_DELIVERED}")
        else:
            gathering.add(place, kind, cells["text"], cells.get("category"), products=products)
    return gathering.reading()


def _rows(text: str, gathering: Gathering) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the place and the cells, by name, of each line that has any."""
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text) or ",", strict=True)
    names: list[str] = []
    line = 1  # where the row begins; its cells may go over several
    try:
        for row in table:
            place, line = f"Line {line}", table.line_num + 1
            cells = [as_written(cell) for cell in row]
            if not any(map(clean, cells)):
                continue
            if not names:
                names = [_name(cell) for cell in row]
            elif any(map(clean, cells[len(names) :])):
                more = f"it has {len(row)} cells, and there are {len(names)} columns"
                gathering.wrong.append(f"{place}: {more}; put quotes around a text with a comma in it.")
            else:
                yield place, dict(zip(names, [*cells, *[""] * len(names)], strict=False))
    except csv.Error:
        says = "its quotes do not match, or a cell is far too long"
        gathering.wrong.append(f"Line {line}: {says}.")


def _name(cell: str) -> str:
    return clean(cell).strip('"').casefold()
