"""Choose the parser for a file or pasted text: an export format, notes, or lines as people type. Pure."""

from dataclasses import replace

from bot.features.imports import from_csv, from_evidence_csv, from_json, from_lines, from_markdown
from bot.features.imports.decoding import decode_text
from bot.features.imports.parsed import NO_ENTRIES, ParseResult, fail_parsing
from bot.method.kinds import Kind
from bot.slack.errors import UserError


def parse_content(content: bytes, box: Kind | None = None) -> ParseResult:
    """Parse a file or pasted text. Its content decides the format, since a file name may be wrong.

    `box` is the kind that the user chose for texts for which the file names none.
    """
    try:
        text, warning = decode_text(content)
    except UserError as error:
        return fail_parsing(error.text)
    if not text.strip():
        return fail_parsing(NO_ENTRIES)
    result = _parse_text(text, box)
    return replace(result, warnings=(warning, *result.warnings)) if warning else result


def _parse_text(text: str, box: Kind | None) -> ParseResult:
    if text.lstrip().startswith("{"):
        return from_json.parse_json(text)
    if table := from_csv.find_table(text):
        return from_csv.parse_csv(text, table)
    if table := from_csv.find_table(text, from_evidence_csv.REQUIRED_COLUMNS):
        return from_evidence_csv.parse_evidence_csv(text, table)
    if from_markdown.is_markdown(text):
        return from_markdown.parse_markdown(text, box)
    return from_lines.parse_lines(text, box)
