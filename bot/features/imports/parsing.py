"""Choose the reader for a file or pasted text: a format of the export, or lines as people type them. Pure."""

from collections.abc import Callable

from bot.features.imports import from_csv, from_json, from_lines
from bot.features.imports.parsed import NO_ENTRIES, ParseResult, fail_parsing


def parse_content(content: bytes) -> ParseResult:
    """Read what somebody wants to import. The content decides the format; file names are not trusted."""
    try:
        text = content.decode("utf-8-sig")  # spreadsheets write a byte order mark
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return fail_parsing(f"Line {line}: this is not UTF-8 text; save it as UTF-8 and try again.")
    if not text.strip():
        return fail_parsing(NO_ENTRIES)
    return _choose_reader(text)(text)


def _choose_reader(text: str) -> Callable[[str], ParseResult]:
    if text.lstrip().startswith("{"):
        return from_json.parse_json
    if from_csv.detect_delimiter(text):
        return from_csv.parse_csv
    return from_lines.parse_markdown if from_lines.is_markdown(text) else from_lines.parse_lines
