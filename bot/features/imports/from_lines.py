"""Entries in lines: as people type them after `/valuemap add`, or as a Markdown document. Pure."""

import re
from collections.abc import Iterator

from bot.features.imports.parsed import Gathering, Reading
from bot.method.kinds import Kind, kind_named
from bot.slack.blockkit.text import clean, cut

_BULLET = re.compile(r"^\s*(?:[-*+•–]|\d{1,4}[.)])\s+")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)[\s#:]*$")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_SCORE = re.compile(r": (?:[1-5]\.[0-9]{2}|not ranked yet)(?: ★)?$")
_CATEGORY = re.compile(r"^(.*?) \*\((.*)\)\*$")
_EMPTY = "*nothing yet*"


def read(text: str) -> Reading:
    """Read "pain: too slow; too dear" or several such lines; a kind holds until the next one is named."""
    gathering = Gathering()
    kind: Kind | None = None
    for place, line in _lines(text):
        for piece in line.split(";"):
            named, said = _split(_BULLET.sub("", piece))
            kind = named or kind
            if not clean(said):
                continue
            if kind is None:
                known = f"“{cut(clean(said), 60)}” has no kind before it"
                gathering.wrong.append(f"{place}: {known}, such as “pain:”.")
                continue
            gathering.add(place, kind, said)
    return gathering.reading()


def _split(piece: str) -> tuple[Kind | None, str]:
    """Split "pain: too slow" into its kind and its text; a kind may stand alone, like a heading."""
    before, colon, after = piece.partition(":")
    named = kind_named(before)
    return (named, after) if named and (colon or not after) else (None, piece)


def is_md(text: str) -> bool:
    """Whether some heading names a kind."""
    return any(_kind_of(heading[1]) for _, line in _lines(text) if (heading := _HEADING.match(line)))


def read_md(text: str) -> Reading:
    """Read the lists under headings that name kinds; what an export says of name and fit is passed over."""
    gathering = Gathering()
    kind: Kind | None = None
    heading = ""  # that names no kind; "" where what is below it is passed over
    for place, line in _lines(text):
        said = line.strip()
        if found := _HEADING.match(line):
            kind = _kind_of(found[1])
            heading = "" if kind or line.startswith("# ") or found[1] == "Fit" else _plain(found[1])
        elif said in {"", _EMPTY}:
            continue
        elif kind is None:
            if heading:
                gathering.wrong.append(f"{place}: it is below “{cut(clean(heading), 60)}”, which is no kind.")
        elif not _BULLET.match(line):
            gathering.wrong.append(f"{place}: “{cut(clean(said), 60)}” is no item of a list.")
        else:
            gathering.add(place, kind, *_item(_BULLET.sub("", said)))
    return gathering.reading()


def _item(said: str) -> tuple[str, str]:
    """Split "too slow *(risk)*: 4.20 ★" into text and category."""
    item = _SCORE.sub("", said)
    with_category = _CATEGORY.match(item)
    text, category = with_category.groups() if with_category else (item, "")
    return _plain(text), _plain(category)


def _kind_of(heading: str) -> Kind | None:
    return kind_named(_plain(heading))


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        yield f"Line {number}", line
