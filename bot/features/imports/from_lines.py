"""Parse entries from lines, as people type them after `/valuemap add`, or from Markdown. Pure."""

import re
from collections.abc import Iterator

from bot.features.imports.parsed import Collector, ParseResult, quote_text
from bot.method.kinds import Kind, find_kind
from bot.slack.blockkit.text import sanitize

_BULLET = re.compile(r"^\s*(?:[-*+•–]|\d{1,4}[.)])\s+")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)[\s#:]*$")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")  # a backslash before ASCII punctuation, as CommonMark has it
# What `exports.markdown_format` writes after the text of an entry and below an empty box.
_SCORE = re.compile(r": (?:[1-5]\.[0-9]{2}|not ranked yet)(?: ★)?$")
_CATEGORY = re.compile(r"^(.*?) \*\((.*)\)\*$")
_EMPTY_BOX = "*nothing yet*"


def parse_lines(text: str) -> ParseResult:
    """Parse "pain: too slow; too dear", or several such lines. A kind applies until the next one is named."""
    collector = Collector()
    kind: Kind | None = None
    for location, line in _number_lines(text):
        for piece in line.split(";"):
            named_kind, rest = _split_kind(_BULLET.sub("", piece))
            kind = named_kind or kind
            if not sanitize(rest):
                continue
            if kind is None:
                problem = f"{quote_text(rest)} has no kind before it"
                collector.errors.append(f"{location}: {problem}, such as “pain:”.")
                continue
            collector.add_entry(location, kind, rest)
    return collector.build_result()


def _split_kind(piece: str) -> tuple[Kind | None, str]:
    """Split "pain: too slow" into its kind and its text. A kind alone applies to the lines below it."""
    before, colon, after = piece.partition(":")
    kind = find_kind(before)
    return (kind, after) if kind and (colon or not after) else (None, piece)


def is_markdown(text: str) -> bool:
    """Return whether a heading names a kind."""
    return any(
        _find_heading_kind(heading[1]) for _, line in _number_lines(text) if (heading := _HEADING.match(line))
    )


def parse_markdown(text: str) -> ParseResult:
    """Parse the lists below headings that name kinds. The name and the fit in an export are ignored."""
    collector = Collector()
    kind: Kind | None = None
    unknown_heading = ""  # "" where the lines below it are ignored
    for location, line in _number_lines(text):
        content = line.strip()
        if heading := _HEADING.match(line):
            kind = _find_heading_kind(heading[1])
            is_ignored = kind is not None or line.startswith("# ") or heading[1] == "Fit"
            unknown_heading = "" if is_ignored else _unescape_punctuation(heading[1])
        elif content in {"", _EMPTY_BOX}:
            continue
        elif kind is None:
            if unknown_heading:
                problem = f"it is below {quote_text(unknown_heading)}, which is no kind"
                collector.errors.append(f"{location}: {problem}.")
        elif not _BULLET.match(line):
            collector.errors.append(f"{location}: {quote_text(content)} is no item of a list.")
        else:
            collector.add_entry(location, kind, *_split_item(_BULLET.sub("", content)))
    return collector.build_result()


def _split_item(item: str) -> tuple[str, str]:
    """Split "too slow *(risk)*: 4.20 ★" into text and category."""
    without_score = _SCORE.sub("", item)
    match = _CATEGORY.match(without_score)
    text, category = match.groups() if match else (without_score, "")
    return _unescape_punctuation(text), _unescape_punctuation(category)


def _find_heading_kind(heading: str) -> Kind | None:
    return find_kind(_unescape_punctuation(heading))


def _unescape_punctuation(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def _number_lines(text: str) -> Iterator[tuple[str, str]]:
    # Not str.splitlines: it also splits at characters that a text may contain, such as U+2028.
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        yield f"Line {number}", line
