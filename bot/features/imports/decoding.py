"""Decode the bytes of a file: the encodings in which spreadsheets and editors save text. Pure."""

import codecs
import re

from bot.slack.errors import UserError

UNREADABLE = "I can't read this as text: save it as csv, md or txt in UTF-8, and try again."
GUESSED_ENCODING = (
    "The file is not in UTF-8, so I read it as Windows-1252: look whether its letters are right below."
)
# UTF-32 first: its little-endian mark begins like that of UTF-16.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MIN_NUL_SHARE = 0.05  # of the bytes of a text in UTF-16, which writes each Latin letter with a NUL
_CONTROLS = re.compile(r"[\x00-\x06\x0e-\x19\x1c-\x1f]")
_LINE_ENDS = str.maketrans(
    {"\v": "\n", "\f": "\n", "\x1a": None}
)  # of word processors, and of DOS at the end


def decode_text(content: bytes) -> tuple[str, str]:
    """Return a file's text with a line feed at the end of each line, and a warning or "".

    Raises UserError where the file is no text.
    """
    text, warning = _decode(content)
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_LINE_ENDS), warning


def _decode(content: bytes) -> tuple[str, str]:
    warnings = {"cp1252": GUESSED_ENCODING}
    for encoding in _list_encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROLS.search(text):  # which any other file has
            return text, warnings.get(encoding, "")
    raise UserError(UNREADABLE)


def _list_encodings(content: bytes) -> list[str]:
    """Return the encodings to try: that of the byte order mark; else UTF-8 and Windows-1252, or UTF-16."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return [encoding]
    if content.count(0) < MIN_NUL_SHARE * len(content) or not content:
        return ["utf-8", "cp1252"]
    # A Latin letter is a NUL and a byte, in the byte order of the system that wrote the file.
    is_little_endian = content[1::2].count(0) >= content[::2].count(0)
    return ["utf-16-le" if is_little_endian else "utf-16-be"]
