"""Read the lists of entries that people type or paste, wherever they do so. Pure.

One line is one entry. A kind counts for the lines below it, until the next one is named; after a named kind a
semicolon ends an entry too. The marks that editors put before the items of a list are taken off.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.emoji_names import EMOJI_CODE_PATTERN
from bot.method.kinds import Kind, find_kind
from bot.slack.blockkit.text import sanitize

_LINE_BREAK = re.compile(r"\r\n|\n|\r")  # str.splitlines also splits at characters that a text may contain
_COLON = re.compile(r"[:：﹕︓∶꞉]")  # the colons of other scripts and keyboards
# What is between semicolons; those in addresses and in faces such as ;-) are text.
_PIECE = re.compile(r"(?:https?://\S*[^\s;；]|;-?[()DP](?!\w)|[^;；﹔︔؛\u037e])+")
_LEADING_EMOJI_CODES = re.compile(rf"^\s*(?:{EMOJI_CODE_PATTERN.pattern}\s*)+")
_LINK = re.compile(r"\[([^\[\]]+)\]\([^()\s]*\)")  # Markdown's; Slack sends its own as tokens
_CLOSING_MARKS = re.compile(r"^[*_~`]+(?=\s|$)")  # of "**pain:** too slow", where the kind is cut off
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "„": "“", "‚": "‘", "«": "»", "»": "«"}
_RULER = re.compile(r"[\s\-=_*~#|+]+")

# Signs that only a list has at its start: round bullets, arrows, shapes, checked and empty boxes, and the
# private characters that text programs use for their symbol fonts. Phones write some of them as emoji.
_SIGN = (
    r"[•‣⁃⁌⁍∙⋅·‧・･⦁∗＊※←-⇿■-◿♠-♦⚪⚫☐-☒✓-✘✦✧❏-❒❖➔-➾⬚-⬝🔲🔳🔶-🔹\ue000-\uf8ff]"
    r"[\ufe0e\ufe0f]?\s*"
)
# These begin other texts too, so a space has to follow, or a letter the dash.
_DASH = r"[-*+–—‒―−‐‑－﹣»›]\s+|[-–—](?=[^\W\d_])|[o§]\t\s*"
_NUMBER = (
    r"\d{1,4}(?:\.\d{1,3}){0,3}(?:[.)](?:\s+|(?=[^\W\d_]))|[．）、]\s*)"  # 1. 1) 1.2. 1、
    r"|\d{1,3}\s+[-–]\s+(?=[^\W\d_])"  # 1 - late, but not 2 - 3 hours
    r"|[(（](?:\d{1,3}|[a-zA-Z]|[ivx]{2,5})[)）]\s*"  # (1) (b) (iv)
    r"|(?:[a-zA-Z]|[ivx]{2,5})[)）]\s+"  # a) iv)
    r"|(?:[ivx]{2,5}|[IVX]{1,5})\.\s+(?![A-Z]\.)"  # iv. IV.
    r"|[a-z]\.\s+(?![a-z]\.)"  # a. but not e. g.
    r"|[①-⒛]\s*"
)
_BOX = r"\[[ xX✓✔]?\]\s*"
_LIST_MARK = re.compile(rf"^\s*(?:#{{1,6}}\s+)?(?:{_SIGN}|{_DASH})?(?:{_NUMBER})?(?:{_BOX})?")


@dataclass(frozen=True, slots=True)
class ListItem:
    """One entry of a list."""

    line: int  # from 1
    kind: Kind | None  # None where no kind is named before it
    text: str  # one line, sanitized


class ListReader:
    """Reads a list line by line, and keeps the kind that was named last."""

    def __init__(self, kind: Kind | None = None) -> None:
        self.kind = kind  # of the lines before which none is named
        self._is_named = False

    def start_section(self, kind: Kind | None) -> None:
        """Go on below a heading, which names a kind or none; a semicolon is text again."""
        self.kind, self._is_named = kind, False

    def read_line(self, line: str, *, is_heading_allowed: bool = True) -> Iterator[tuple[Kind | None, str]]:
        """Yield the kind and the text of each entry in a line.

        A kind alone names the lines below, unless `is_heading_allowed` is False.
        """
        for piece in self._split_pieces(_remove_quotes(line)):
            if is_heading_allowed and (heading := find_kind(_unwrap_name(piece))):
                self.kind, self._is_named = heading, True
                continue
            named_kind, rest = split_kind(piece)
            if named_kind:
                self.kind, self._is_named = named_kind, True
            if text := sanitize(strip_list_mark(rest)):
                yield self.kind, text

    def _split_pieces(self, line: str) -> list[str]:
        has_kind = self._is_named or split_kind(line)[0] is not None
        return [strip_list_mark(piece) for piece in _PIECE.findall(line)] if has_kind else [line]


def read_list(
    text: str, kind: Kind | None = None, clean_line: Callable[[str], str] = str
) -> Iterator[ListItem]:
    """Yield the items of a list; `kind` is that of the lines before which none is named.

    `clean_line` removes the marks of a text format, such as Markdown, from each line.
    """
    reader = ListReader(kind)
    lines = [(number, line) for number, line in enumerate(split_lines(text), start=1) if not is_empty(line)]
    for number, line in lines:
        is_last = number == lines[-1][0]
        plain = clean_line(strip_list_mark(line))
        for item_kind, item_text in reader.read_line(plain, is_heading_allowed=not is_last):
            yield ListItem(number, item_kind, item_text)


def is_empty(line: str) -> bool:
    """Return whether a line has no words, but at most a list's mark, or separates others, such as "-----"."""
    return not sanitize(strip_list_mark(f"{line} ")) or (
        len(line.strip()) > 2 and _RULER.fullmatch(line) is not None
    )


def split_lines(text: str) -> list[str]:
    """Return the lines of a text from any system."""
    return _LINE_BREAK.split(text)


def strip_list_mark(line: str) -> str:
    """Return a line without its bullet, number or box."""
    return _LIST_MARK.sub("", line, count=1)


def has_list_mark(line: str) -> bool:
    """Return whether a line is an item of a list."""
    return strip_list_mark(line) != line.lstrip()


def has_colon(line: str) -> bool:
    """Return whether a text may follow a kind in a line."""
    return _COLON.search(line) is not None


def split_at_colon(line: str) -> tuple[str, str]:
    """Return what stands before the first colon and after it; without one, everything and ""."""
    before, *after = _COLON.split(line, maxsplit=1)
    return before, "".join(after)


def split_kind(line: str) -> tuple[Kind | None, str]:
    """Split "pain: too slow" into its kind and its text; without a kind, None and everything."""
    plain = _unwrap_name(line)
    if (colon := _COLON.search(plain)) and (kind := find_kind(plain[: colon.start()])):
        return kind, _CLOSING_MARKS.sub("", plain[colon.end() :])
    return None, line


def _remove_quotes(line: str) -> str:
    """Return a line without the quotes around all of it, where they open before a kind: "pain: too slow"."""
    stripped = line.strip()
    opening, inner = stripped[:1], stripped[1:-1]
    closing = _QUOTES.get(opening, "")
    name, text = split_at_colon(inner)
    if not closing or not stripped.endswith(closing) or closing in name or not find_kind(name):
        return line
    # In “pain: they say “no” the last quote ends another one. Those that are apostrophes, too, have no pairs.
    is_paired = closing in "'’" or sum(map(text.count, {opening, closing})) % 2 == 0
    return inner if is_paired else line


def _unwrap_name(line: str) -> str:
    """Return a line without the emoji before a kind's name, and with labels in place of links."""
    return _LINK.sub(r"\1", _LEADING_EMOJI_CODES.sub("", line))
