"""Reading a file or pasted text, in whichever of the formats of the export it is, or as people type. Pure."""

from collections.abc import Callable

from bot.features.imports import from_csv, from_json, from_lines
from bot.features.imports.parsed import NOTHING, Reading, nothing_but


def read(content: bytes) -> Reading:
    """Read what somebody wants to import; its format is known by what is in it, not by a name."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return nothing_but(f"Line {line}: this is not UTF-8 text; save it as UTF-8 and try again.")
    if not text.strip():
        return nothing_but(NOTHING)
    return _reader_of(text)(text)


def _reader_of(text: str) -> Callable[[str], Reading]:
    if text.lstrip().startswith("{"):
        return from_json.read
    if from_csv.delimiter_of(text):
        return from_csv.read
    return from_lines.read_md if from_lines.is_md(text) else from_lines.read
