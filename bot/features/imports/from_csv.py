"""Parse entries from a spreadsheet saved as CSV. Pure."""

import csv
import io
from collections.abc import Iterator, Mapping

from bot.features.exports.csv_format import split_texts, unescape_formula
from bot.features.imports.parsed import DELIVERY_NOT_ALLOWED, Collector, ParseResult
from bot.slack.blockkit.text import sanitize

REQUIRED_COLUMNS = {"kind", "text"}
DELIMITERS = ",;\t"  # a comma; a semicolon where the comma is the decimal sign; a tab as copied from a sheet


def detect_delimiter(text: str) -> str | None:
    """Return the delimiter of the cells; None unless the first line names the columns kind and text."""
    header = text.lstrip("\r\n").partition("\n")[0]
    return next(
        (
            each
            for each in DELIMITERS
            if {*map(_normalize_column_name, header.split(each))} >= REQUIRED_COLUMNS
        ),
        None,
    )


def parse_csv(text: str) -> ParseResult:
    """Parse one entry per row. Columns may come in any order; those with metrics are ignored."""
    collector = Collector()
    for location, cells in _read_rows(text, collector):
        kind = collector.read_kind(location, cells["kind"])
        products = tuple(split_texts(cells.get("delivered_by", "")))
        if kind is None:
            continue
        if products and not kind.is_offer:
            collector.errors.append(f"{location}: {DELIVERY_NOT_ALLOWED}")
        else:
            collector.add_entry(location, kind, cells["text"], cells.get("category"), products=products)
    return collector.build_result()


def _read_rows(text: str, collector: Collector) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the location of each row that is not empty, and its cells by column name."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=detect_delimiter(text) or ",", strict=True)
    columns: list[str] = []
    line = 1  # where the row begins: a quoted cell may contain line breaks
    try:
        for row in reader:
            location, line = f"Line {line}", reader.line_num + 1
            cells = [unescape_formula(cell) for cell in row]
            if not any(map(sanitize, cells)):
                continue
            if not columns:
                columns = [_normalize_column_name(cell) for cell in row]
            elif any(map(sanitize, cells[len(columns) :])):
                problem = f"it has {len(row)} cells, and there are {len(columns)} columns"
                collector.errors.append(
                    f"{location}: {problem}; put quotes around a text with a comma in it."
                )
            else:
                yield location, dict(zip(columns, [*cells, *[""] * len(columns)], strict=False))
    except csv.Error:
        problem = "its quotes do not match, or a cell is far too long"
        collector.errors.append(f"Line {line}: {problem}.")


def _normalize_column_name(cell: str) -> str:
    return sanitize(cell).strip('"').casefold()
