"""Parse entries from a spreadsheet saved as CSV. Pure."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Set as AbstractSet
from dataclasses import dataclass

from bot.features.exports.csv_format import split_texts, unescape_formula
from bot.features.imports.parsed import DELIVERY_NOT_ALLOWED, Collector, ParseResult, quote_text
from bot.slack.blockkit.text import sanitize

REQUIRED_COLUMNS = frozenset({"kind", "text"})
# A comma; a semicolon where the comma is the decimal sign; a tab as copied from a sheet; a bar.
DELIMITERS = ",;\t|"
MAX_LINES_BEFORE_HEADER = 20  # titles and comments
_EXCEL_HINT = re.compile(r"\"?sep=(.)\"?\s*", re.IGNORECASE)  # Excel's own line that names the delimiter


@dataclass(frozen=True, slots=True)
class Table:
    """Where a table begins in a text, and what separates its cells."""

    header_index: int  # of the line with the column names, from 0
    delimiter: str


def find_table(text: str, required: AbstractSet[str] = REQUIRED_COLUMNS) -> Table | None:
    """Return the table of a text; None unless one of its first lines names all required columns."""
    for index, line in enumerate(text.split("\n", MAX_LINES_BEFORE_HEADER)[:MAX_LINES_BEFORE_HEADER]):
        for delimiter in DELIMITERS:
            columns = {*map(_normalize_column_name, line.split(delimiter))}
            is_markdown = line.lstrip().startswith("|")
            if columns >= required and not is_markdown:
                return Table(index, delimiter)
    return None


def parse_csv(text: str, table: Table) -> ParseResult:
    """Parse one entry per row. Columns may come in any order; those with metrics are ignored."""
    collector = Collector()
    for location, cells in read_rows(text, table, collector):
        kind = collector.read_kind(location, cells["kind"])
        products = tuple(split_texts(cells.get("delivered_by", "")))
        if kind is None:
            continue
        if products and not kind.is_offer:
            collector.errors.append(f"{location}: {DELIVERY_NOT_ALLOWED}")
        else:
            collector.add_entry(location, kind, cells["text"], cells.get("category"), products=products)
    return collector.build_result()


def read_rows(text: str, table: Table, collector: Collector) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the location of each row that is not empty, and its cells by column name."""
    lines = text.split("\n")
    for number, line in enumerate(lines[: table.header_index], start=1):
        if sanitize(line.strip(DELIMITERS)) and not _EXCEL_HINT.fullmatch(line):
            collector.warnings.append(
                f"Line {number}: {quote_text(line)} is above the column names, so it is no entry."
            )
    content = io.StringIO("\n".join(lines[table.header_index :]), newline="")
    reader = csv.reader(content, delimiter=table.delimiter, strict=True)
    columns: list[str] = []
    line_number = table.header_index + 1  # where the row begins: a quoted cell may contain line breaks
    try:
        for row in reader:
            location, line_number = f"Line {line_number}", table.header_index + reader.line_num + 1
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
        collector.errors.append(f"Line {line_number}: {problem}.")


def _normalize_column_name(cell: str) -> str:
    return sanitize(cell).strip('"').casefold()
