"""The Markdown of Slack's canvases as HTML, by way of tokens: no text of it ever becomes markup."""

from collections.abc import Callable, Mapping, Sequence

import htpy as h
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from bot.fake_slack.web.html import inline
from bot.fake_slack.web.html.mrkdwn import plain
from bot.fake_slack.web.html.reader import Reader

_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
# A canvas's headings stand under the titles of the page and of the canvas.
_AROUND: Mapping[str, h.Element] = {
    "h1": h.h3,
    "h2": h.h4,
    **dict.fromkeys(("h3", "h4", "h5", "h6"), h.h5),
    "p": h.p,
    "ul": h.ul,
    "ol": h.ol,
    "li": h.li,
    "blockquote": h.blockquote,
    "strong": h.strong,
    "em": h.em,
    "s": h.s,
    "table": h.table,
    "thead": h.thead,
    "tbody": h.tbody,
    "tr": h.tr,
    "th": h.th,
    "td": h.td,
}
Show = Callable[[SyntaxTreeNode, Reader], h.Node]


def markdown(text: str, reader: Reader) -> h.Node:
    """Return a canvas's content as it is shown to a reader."""
    return h.fragment[_inside(SyntaxTreeNode(_PARSER.parse(text)), reader)]


def _inside(node: SyntaxTreeNode, reader: Reader) -> Sequence[h.Node]:
    return [_shown(child, reader) for child in node.children]


def _shown(node: SyntaxTreeNode, reader: Reader) -> h.Node:
    if node.type in _SHOW:
        return _SHOW[node.type](node, reader)
    inside = _inside(node, reader) if node.children else node.content
    is_tight = node.type == "paragraph" and node.hidden  # in a list whose items stand close
    around = None if is_tight else _AROUND.get(node.tag)
    return around[inside] if around else inside


def _text(node: SyntaxTreeNode, _reader: Reader) -> h.Node:
    return plain(node.content)


def _code(node: SyntaxTreeNode, _reader: Reader) -> h.Node:
    return h.pre[node.content.rstrip("\n")]


def _link(node: SyntaxTreeNode, reader: Reader) -> h.Node:
    return inline.link(str(node.attrGet("href") or ""), _inside(node, reader))


def _mention(node: SyntaxTreeNode, reader: Reader) -> h.Node:
    """Show `![](@U012)` and `![](#C012)`, by which a canvas mentions, and what is linked that way."""
    target = str(node.attrGet("src") or "")
    match target[:1]:
        case "@":
            return inline.user(target[1:], reader)
        case "#":
            return inline.channel(target[1:], reader)
        case _:
            return inline.link(target, node.content)


_SHOW: Mapping[str, Show] = {
    "text": _text,
    "softbreak": lambda _node, _reader: "\n",
    "hardbreak": lambda _node, _reader: h.br,
    "hr": lambda _node, _reader: h.hr,
    "code_inline": lambda node, _reader: h.code[node.content],
    "fence": _code,
    "code_block": _code,
    "link": _link,
    "image": _mention,
}
