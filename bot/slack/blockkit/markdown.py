"""Read Markdown, as tokens or as the plain text that a person sees. Pure."""

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the import takes long, and only texts with Markdown need it
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_SYNTAX = re.compile(r"[\\`*_~\[\]<>&!]")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINE_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
# Tags that only format; others are words in angle brackets.
_FORMATTING_TAG = re.compile(
    r"</?(?:a|b|big|code|del|div|em|font|i|ins|kbd|mark|p|s|small|span|strike|strong|sub|sup|tt|u)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)


@cache
def _build_parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # noqa: PLC0415

    # Notes are indented anyhow and separate their parts with lines: neither is code or a heading.
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable(["code", "lheading"])


def parse_blocks(markdown: str) -> "list[Token]":
    """Return the tokens of a text: CommonMark with tables and strikethrough."""
    return _build_parser().parse(markdown)


def read_inline(markdown: str) -> str:
    """Return the text of one or several lines without formatting marks, and with labels in place of links."""
    if not _SYNTAX.search(markdown):
        return markdown
    return "".join(_read_tokens(token.children or ()) for token in _build_parser().parseInline(markdown))


def read_html(html: str) -> str:
    """Return HTML without its comments and formatting tags."""
    return _FORMATTING_TAG.sub("", _LINE_BREAK_TAG.sub("\n", _COMMENT.sub("", html)))


def _read_tokens(tokens: "Sequence[Token]") -> str:
    return "".join(map(_read_token, tokens))


def _read_token(token: "Token") -> str:
    match token.type:
        case "softbreak" | "hardbreak":
            return "\n"
        case "image":
            return _read_tokens(token.children or ())
        case "html_inline":
            return read_html(token.content)
        case _:
            return token.content
