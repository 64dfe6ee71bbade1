"""Slack's mrkdwn as HTML, in one pass. User text never becomes markup: htpy escapes every string."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, TypeVar

import htpy as h

from bot.fake_slack.web.html import inline
from bot.fake_slack.web.html.reader import Reader

_PRE = re.compile(r"```(.+?)```", re.DOTALL)
_QUOTE = re.compile(r"(?:>|&gt;) ?")
_QUOTE_REST = re.compile(r"(?:>|&gt;){3} ?")
_CODE_LINK = re.compile(r"<((?:https?:|mailto:)[^<>|\n]*)(?:\|([^<>\n]*))?>")
_EMOJI = re.compile(f":({inline.EMOJI}):")
# Each alternative stops at the next character that could start another, so that a search stays linear.
_ALWAYS = (
    r"(?<!\w)`(?P<code>[^`\n]+)`(?!\w)"
    r"|<(?P<token>[^<>\n]+)>"
    rf"|:(?P<emoji>{inline.EMOJI}):"
    r"|(?P<mark>[*_~])"
)
_BARE = (
    r"|(?<!\w)(?P<url>https?://[^\W_](?:(?!&[lg]t;)[^\s<>|`])*)"
    r"|(?<!\w)@(?P<everyone>here|channel|everyone)(?!\w)"
)
_VERBATIM, _PARSED = re.compile(_ALWAYS), re.compile(_ALWAYS + _BARE)
_MARKS = {"*": h.strong, "_": h.em, "~": h.s}
_AFTER_URL = ".,:!?'\"*_~)"

_Picture = TypeVar("_Picture", str, h.Element)


def text(given: Mapping[str, Any], reader: Reader) -> h.Node:
    """Return a text object as it is shown."""
    if given.get("type") == "mrkdwn":
        return mrkdwn(given["text"], reader, verbatim=given.get("verbatim", False))
    return plain(given.get("text", ""), emoji=given.get("emoji", True))


def words(given: Mapping[str, Any] | None, otherwise: str = "") -> str:
    """Return a text object as a bare string, for places that take no markup."""
    if not given:
        return otherwise
    said = str(given.get("text", ""))
    return "".join(_with_emoji(said, inline.glyph)) if given.get("emoji", True) else said


def plain(text: str, *, emoji: bool = True) -> h.Node:
    """Return plain_text as it is shown: only emoji are read, entities are not."""
    return h.fragment[
        inline.lines(list(_with_emoji(line, inline.emoji)) if emoji else line for line in text.split("\n"))
    ]


def mrkdwn(text: str, reader: Reader, *, verbatim: bool = False) -> h.Node:
    """Return mrkdwn as it is shown to a reader; if not verbatim, bare addresses and @here are found too."""
    pattern = _VERBATIM if verbatim else _PARSED
    shown: list[h.Node] = []
    parts = _PRE.split(text)
    for number, part in enumerate(parts):
        if number % 2:
            shown.append(h.pre[_code(part.strip("\n"))])
            continue
        after = part.removeprefix("\n") if number else part  # the block breaks the line by itself
        shown += _lines(after.removesuffix("\n") if number < len(parts) - 1 else after, reader, pattern)
    return h.fragment[shown]


class _Marks:
    """A line while it is read: what it holds so far, and which formatting marks are still open."""

    def __init__(self) -> None:
        self._open: list[tuple[str, list[h.Node]]] = [("", [])]

    def add(self, node: h.Node) -> None:
        if node:
            self._open[-1][1].append(node)

    def mark(self, mark: str, line: str, at: int) -> None:
        """Open or close a mark, if it stands at the edge of a word; else it is itself."""
        before, after = line[at - 1 : at], line[at + 1 : at + 2]
        is_open = any(mark == other for other, _ in self._open)
        if is_open and _closes(mark, before, after):
            self._close(mark)
        elif not is_open and _closes(mark, after, before):
            self._open.append((mark, []))
        else:
            self.add(mark)

    def all(self) -> list[h.Node]:
        while len(self._open) > 1:
            self._give_up()
        return self._open[0][1]

    def _close(self, mark: str) -> None:
        while self._open[-1][0] != mark:
            self._give_up()
        _, inside = self._open.pop()
        self.add(_MARKS[mark][inside])

    def _give_up(self) -> None:
        mark, inside = self._open.pop()
        self._open[-1][1].extend([mark, *inside])


def _closes(mark: str, inner: str, outer: str) -> bool:
    """Say whether a mark binds: to what is inside, and to nothing outside. The mirror of it opens."""
    return inner not in {"", mark} and not inner.isspace() and outer != mark and not outer.isalnum()


def _lines(part: str, reader: Reader, pattern: re.Pattern[str]) -> list[h.Node]:
    shown: list[h.Node] = []
    for is_quote, quoted in groupby(_unquoted(part.split("\n")), key=lambda line: line[0]):
        inside = inline.lines(_line(line, reader, pattern) for _, line in quoted)
        shown += [h.blockquote[inside]] if is_quote else inside
    return shown


def _unquoted(lines: Iterable[str]) -> Iterator[tuple[bool, str]]:
    """Take the quotation marks off the lines; say of each whether it had one. `>>>` quotes the rest."""
    rest = False
    for line in lines:
        if rest:
            yield True, line
        elif all_that_follows := _QUOTE_REST.match(line):
            rest = True
            yield True, line[all_that_follows.end() :]
        elif this := _QUOTE.match(line):
            yield True, line[this.end() :]
        else:
            yield False, line


def _line(line: str, reader: Reader, pattern: re.Pattern[str]) -> list[h.Node]:
    marks, at = _Marks(), 0
    while found := pattern.search(line, at):
        marks.add(_unescaped(line[at : found.start()]))
        at = _piece(found, reader, marks)
    marks.add(_unescaped(line[at:]))
    return marks.all()


def _piece(found: re.Match[str], reader: Reader, marks: _Marks) -> int:
    """Show what was found in a line; return where to read on."""
    kind = found.lastgroup or ""
    said = found[kind]
    match kind:
        case "mark":
            marks.mark(said, found.string, found.start())
        case "code":
            marks.add(h.code[_code(said)])
        case "token":
            marks.add(_token(said, reader))
        case "everyone":
            marks.add(inline.group(said))
        case "url":
            return _bare_url(found.start(), said, marks)
        case _:
            return _emoji(found, said, marks)
    return found.end()


def _bare_url(start: int, said: str, marks: _Marks) -> int:
    url = said.rstrip(_AFTER_URL.replace(")", "") if "(" in said else _AFTER_URL)
    marks.add(inline.link(_unescaped(url), _unescaped(url)))
    return start + len(url)


def _emoji(found: re.Match[str], said: str, marks: _Marks) -> int:
    picture = inline.emoji(said)
    if picture:
        marks.add(picture)
        return found.end()
    marks.add(found[0][:-1])  # the last colon may begin another one
    return found.end() - 1


def _token(token: str, reader: Reader) -> h.Node:
    """Show what stands between angle brackets."""
    target, _, label = token.partition("|")
    label = _unescaped(label)
    match target[:1], target[1:]:
        case "@", who if who:
            return inline.user(who, reader, label)
        case "#", where if where:
            return inline.channel(where, reader, label)
        case "!", what if what:
            return _command(what, label, reader)
    url = _unescaped(target)
    if inline.is_link(url):
        return inline.link(url, label and list(_with_emoji(label, inline.emoji)))
    return _unescaped(f"<{token}>")


def _command(what: str, label: str, reader: Reader) -> h.Node:
    name, _, rest = what.partition("^")
    if name in {"here", "channel", "everyone"}:
        return inline.group(name)
    if name == "subteam":
        return inline.group(label or rest)
    if name == "date":
        epoch, form, url = (*rest.split("^", 2), "", "")[:3]
        shown = inline.date(epoch, _unescaped(form), label, reader)
        return inline.link(_unescaped(url), shown) if inline.is_link(url) else shown
    return label or f"<!{what}>"


def _code(said: str) -> str:
    """Return what stands in code: nothing is read there, but addresses lose Slack's brackets."""
    return _unescaped(_CODE_LINK.sub(lambda link: link[2] or link[1], said))


def _with_emoji(said: str, picture: Callable[[str], _Picture | None]) -> Iterator[str | _Picture]:
    at = 0
    while found := _EMOJI.search(said, at):
        shown = picture(found[1])
        yield said[at : found.end() - 1 if shown is None else found.start()]
        if shown is not None:
            yield shown
        at = found.end() - (shown is None)  # the last colon of no emoji may begin another one
    yield said[at:]


def _unescaped(said: str) -> str:
    return said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
