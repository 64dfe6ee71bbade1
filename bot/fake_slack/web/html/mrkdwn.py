"""Render Slack's mrkdwn as HTML, in one pass. User text never becomes markup: htpy escapes every string."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, TypeVar

import htpy as h

from bot.fake_slack.web.html import inline
from bot.fake_slack.web.html.reader import Reader

_PREFORMATTED = re.compile(r"```(.+?)```", re.DOTALL)
_QUOTE = re.compile(r"(?:>|&gt;) ?")
_QUOTE_TO_END = re.compile(r"(?:>|&gt;){3} ?")
_CODE_LINK = re.compile(r"<((?:https?:|mailto:)[^<>|\n]*)(?:\|([^<>\n]*))?>")
_EMOJI_PATTERN = re.compile(f":({inline.EMOJI_NAME_PATTERN}):")
# Each alternative stops at the next character that could begin another one: a search takes linear time.
_MARKUP = (
    r"(?<!\w)`(?P<code>[^`\n]+)`(?!\w)"
    r"|<(?P<token>[^<>\n]+)>"
    rf"|:(?P<emoji>{inline.EMOJI_NAME_PATTERN}):"
    r"|(?P<mark>[*_~])"
)
_BARE_LINKS = (
    r"|(?<!\w)(?P<url>https?://[^\W_](?:(?!&[lg]t;)[^\s<>|`])*)"
    r"|(?<!\w)@(?P<everyone>here|channel|everyone)(?!\w)"
)
_VERBATIM_PATTERN, _FULL_PATTERN = re.compile(_MARKUP), re.compile(_MARKUP + _BARE_LINKS)
_MARK_ELEMENTS = {"*": h.strong, "_": h.em, "~": h.s}
_URL_TRAILING = ".,:!?'\"*_~)"

_Emoji = TypeVar("_Emoji", str, h.Element)


def render_text_object(text_object: Mapping[str, Any], reader: Reader) -> h.Node:
    """Return a text object, mrkdwn or plain_text, as it is shown."""
    if text_object.get("type") == "mrkdwn":
        return render_mrkdwn(text_object["text"], reader, verbatim=text_object.get("verbatim", False))
    return render_plain_text(text_object.get("text", ""), emoji=text_object.get("emoji", True))


def plain_label(text_object: Mapping[str, Any] | None, default: str = "") -> str:
    """Return a text object as a bare string, for attributes and native options;

    the default where there is none.
    """
    if not text_object:
        return default
    text = str(text_object.get("text", ""))
    return "".join(_replace_emoji(text, inline.find_emoji)) if text_object.get("emoji", True) else text


def render_plain_text(text: str, *, emoji: bool = True) -> h.Node:
    """Return plain_text as it is shown: emoji codes are replaced, entities such as &lt; are not."""
    return h.fragment[
        inline.join_lines(
            list(_replace_emoji(line, inline.render_emoji)) if emoji else line for line in text.split("\n")
        )
    ]


def render_mrkdwn(text: str, reader: Reader, *, verbatim: bool = False) -> h.Node:
    """Return mrkdwn as it is shown to a reader.

    Unless it is verbatim, bare URLs become links, and @here and its like mentions.
    """
    pattern = _VERBATIM_PATTERN if verbatim else _FULL_PATTERN
    nodes: list[h.Node] = []
    parts = _PREFORMATTED.split(text)
    for number, part in enumerate(parts):
        if number % 2:
            nodes.append(h.pre[_clean_code(part.strip("\n"))])
            continue
        after = part.removeprefix("\n") if number else part  # a pre element begins and ends lines by itself
        nodes += _render_lines(
            after.removesuffix("\n") if number < len(parts) - 1 else after, reader, pattern
        )
    return h.fragment[nodes]


class _LineBuilder:
    """Builds the nodes of a line, and keeps the formatting marks (* _ ~) that are still open."""

    def __init__(self) -> None:
        self._open: list[tuple[str, list[h.Node]]] = [("", [])]

    def add(self, node: h.Node) -> None:
        if node:
            self._open[-1][1].append(node)

    def add_mark(self, mark: str, line: str, index: int) -> None:
        """Open or close a mark at the edge of a word; elsewhere it is a character like any other."""
        before, after = line[index - 1 : index], line[index + 1 : index + 2]
        is_open = any(mark == other for other, _ in self._open)
        if is_open and _can_close(mark, before, after):
            self._close(mark)
        elif not is_open and _can_close(mark, after, before):
            self._open.append((mark, []))
        else:
            self.add(mark)

    def finish(self) -> list[h.Node]:
        while len(self._open) > 1:
            self._undo_mark()
        return self._open[0][1]

    def _close(self, mark: str) -> None:
        while self._open[-1][0] != mark:
            self._undo_mark()
        _, inside = self._open.pop()
        self.add(_MARK_ELEMENTS[mark][inside])

    def _undo_mark(self) -> None:
        mark, inside = self._open.pop()
        self._open[-1][1].extend([mark, *inside])


def _can_close(mark: str, inner: str, outer: str) -> bool:
    """Return whether a mark between these characters can close. With the two swapped: whether it can open.

    There must be text inside of it, and no letter or same mark outside.
    """
    return inner not in {"", mark} and not inner.isspace() and outer != mark and not outer.isalnum()


def _render_lines(part: str, reader: Reader, pattern: re.Pattern[str]) -> list[h.Node]:
    nodes: list[h.Node] = []
    for is_quote, lines in groupby(_strip_quote_marks(part.split("\n")), key=lambda line: line[0]):
        content = inline.join_lines(_render_line(line, reader, pattern) for _, line in lines)
        nodes += [h.blockquote[content]] if is_quote else content
    return nodes


def _strip_quote_marks(lines: Iterable[str]) -> Iterator[tuple[bool, str]]:
    """Yield each line without its `>`, and whether it had one. `>>>` quotes all lines that follow."""
    quotes_rest = False
    for line in lines:
        if quotes_rest:
            yield True, line
        elif prefix := _QUOTE_TO_END.match(line):
            quotes_rest = True
            yield True, line[prefix.end() :]
        elif prefix := _QUOTE.match(line):
            yield True, line[prefix.end() :]
        else:
            yield False, line


def _render_line(line: str, reader: Reader, pattern: re.Pattern[str]) -> list[h.Node]:
    builder, position = _LineBuilder(), 0
    while match := pattern.search(line, position):
        builder.add(_unescape(line[position : match.start()]))
        position = _render_match(match, reader, builder)
    builder.add(_unescape(line[position:]))
    return builder.finish()


def _render_match(match: re.Match[str], reader: Reader, builder: _LineBuilder) -> int:
    """Add what the pattern found in a line; return the position to go on from."""
    kind = match.lastgroup or ""
    text = match[kind]
    if kind == "url":
        return _render_bare_url(match.start(), text, builder)
    if kind == "emoji":
        return _render_emoji_code(match, text, builder)
    if kind == "mark":
        builder.add_mark(text, match.string, match.start())
    elif kind == "code":
        builder.add(h.code[_clean_code(text)])
    elif kind == "token":
        builder.add(_render_token(text, reader))
    elif kind == "everyone":
        builder.add(inline.render_group_mention(text))
    return match.end()


def _render_bare_url(start: int, text: str, builder: _LineBuilder) -> int:
    """Add a link without the punctuation after it.

    A bracket belongs to the URL if another one opens in it.
    """
    url = text.rstrip(_URL_TRAILING.replace(")", "") if "(" in text else _URL_TRAILING)
    builder.add(inline.render_link(_unescape(url), _unescape(url)))
    return start + len(url)


def _render_emoji_code(match: re.Match[str], name: str, builder: _LineBuilder) -> int:
    emoji = inline.render_emoji(name)
    if emoji:
        builder.add(emoji)
        return match.end()
    builder.add(match[0][:-1])  # the last colon may begin another code
    return match.end() - 1


def _render_token(token: str, reader: Reader) -> h.Node:
    """Return what is between angle brackets: a mention, a command or a link;

    else the text with its brackets.
    """
    target, _, label = token.partition("|")
    label = _unescape(label)
    prefix, rest = target[:1], target[1:]
    if prefix == "@" and rest:
        return inline.render_user_mention(rest, reader, label)
    if prefix == "#" and rest:
        return inline.render_channel_mention(rest, reader, label)
    if prefix == "!" and rest:
        return _render_command(rest, label, reader)
    url = _unescape(target)
    if inline.is_allowed_link(url):
        return inline.render_link(url, label and list(_replace_emoji(label, inline.render_emoji)))
    return _unescape(f"<{token}>")


def _render_command(command: str, label: str, reader: Reader) -> h.Node:
    """Return what follows "<!": a group mention or a date."""
    name, _, arguments = command.partition("^")
    if name in {"here", "channel", "everyone"}:
        return inline.render_group_mention(name)
    if name == "subteam":
        return inline.render_group_mention(label or arguments)
    if name == "date":
        epoch, template, url = (*arguments.split("^", 2), "", "")[:3]
        date = inline.render_date(epoch, _unescape(template), label, reader)
        return inline.render_link(_unescape(url), date) if inline.is_allowed_link(url) else date
    return label or f"<!{command}>"


def _clean_code(text: str) -> str:
    """Return the content of code.

    Nothing in it is formatted, but links are shown without Slack's brackets.
    """
    return _unescape(_CODE_LINK.sub(lambda link: link[2] or link[1], text))


def _replace_emoji(text: str, find: Callable[[str], _Emoji | None]) -> Iterator[str | _Emoji]:
    """Yield the text with its emoji codes replaced; what `find` does not know stays as it is."""
    position = 0
    while match := _EMOJI_PATTERN.search(text, position):
        emoji = find(match[1])
        yield text[position : match.end() - 1 if emoji is None else match.start()]
        if emoji is not None:
            yield emoji
        position = match.end() - (emoji is None)  # the last colon of an unknown code may begin another one
    yield text[position:]


def _unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
