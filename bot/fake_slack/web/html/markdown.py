"""Render the Markdown of Slack's canvases as HTML, from tokens: none of its text ever becomes markup."""

from collections.abc import Callable, Mapping, Sequence

import htpy as h
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from bot.fake_slack.web.html import inline
from bot.fake_slack.web.html.mrkdwn import render_plain_text
from bot.fake_slack.web.html.reader import Reader

_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
# The page and the canvas have headings of levels 1 and 2: those within a canvas begin at 3.
_ELEMENTS: Mapping[str, h.Element] = {
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
_RenderNode = Callable[[SyntaxTreeNode, Reader], h.Node]


def render_markdown(text: str, reader: Reader) -> h.Node:
    """Return a canvas's content as a reader sees it."""
    return h.fragment[_render_children(SyntaxTreeNode(_PARSER.parse(text)), reader)]


def _render_children(node: SyntaxTreeNode, reader: Reader) -> Sequence[h.Node]:
    return [_render_node(child, reader) for child in node.children]


def _render_node(node: SyntaxTreeNode, reader: Reader) -> h.Node:
    if node.type in _RENDERERS:
        return _RENDERERS[node.type](node, reader)
    content = _render_children(node, reader) if node.children else node.content
    is_tight = node.type == "paragraph" and node.hidden  # a list item without blank lines has no <p>
    element = None if is_tight else _ELEMENTS.get(node.tag)
    return element[content] if element else content


def _render_text(node: SyntaxTreeNode, _reader: Reader) -> h.Node:
    return render_plain_text(node.content)


def _render_code(node: SyntaxTreeNode, _reader: Reader) -> h.Node:
    return h.pre[node.content.rstrip("\n")]


def _render_link_node(node: SyntaxTreeNode, reader: Reader) -> h.Node:
    return inline.render_link(str(node.attrGet("href") or ""), _render_children(node, reader))


def _render_image(node: SyntaxTreeNode, reader: Reader) -> h.Node:
    """_RenderNode `![](@U012)` and `![](#C012)`, by which a canvas mentions, and what is linked that way."""
    target = str(node.attrGet("src") or "")
    match target[:1]:
        case "@":
            return inline.render_user_mention(target[1:], reader)
        case "#":
            return inline.render_channel_mention(target[1:], reader)
        case _:
            return inline.render_link(target, node.content)


_RENDERERS: Mapping[str, _RenderNode] = {
    "text": _render_text,
    "softbreak": lambda _node, _reader: "\n",
    "hardbreak": lambda _node, _reader: h.br,
    "hr": lambda _node, _reader: h.hr,
    "code_inline": lambda node, _reader: h.code[node.content],
    "fence": _render_code,
    "code_block": _render_code,
    "link": _render_link_node,
    "image": _render_image,
}
