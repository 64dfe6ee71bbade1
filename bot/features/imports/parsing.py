"""Choose the parser for a file or pasted text: an export format, or lines as people type them. Pure."""

from collections.abc import Callable

from bot.features.imports import from_csv, from_json, from_lines
from bot.features.imports.parsed import NO_ENTRIES, ParseResult, fail_parsing


def parse_content(content: bytes) -> ParseResult:
    """Parse a file or pasted text. Its content decides the format, since a file name may be wrong."""
    try:
        text = content.decode("utf-8-sig")  # some spreadsheet programs write a byte order mark
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return fail_parsing(f"Line {line}: this is not UTF-8 text; save it as UTF-8 and try again.")
    if not text.strip():
        return fail_parsing(NO_ENTRIES)
    return _choose_parser(text)(text)


def _choose_parser(text: str) -> Callable[[str], ParseResult]:
    if text.lstrip().startswith("{"):
        return from_json.parse_json
    if from_csv.detect_delimiter(text):
        return from_csv.parse_csv
    return from_lines.parse_markdown if from_lines.is_markdown(text) else from_lines.parse_lines
