"""Read the words that a person sees in somebody's message: text, blocks, attachments and files. Pure.

The result is mrkdwn as Slack sends it, with escapes and tokens. The parts of a message come from any app, so
nothing is taken for granted about them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.slack.blockkit.markdown import read_inline

# What Slack writes into the text of a message for clients that cannot show its blocks.
CANNOT_BE_SHOWN = "This content can't be displayed."
MAX_DEPTH = 20  # of blocks in blocks; deeper ones are left out

_MRKDWN_MARKS = re.compile(r"(?<![\w*_~`])([*_~`])(?=\S)((?:(?!\1)[^\n])+)(?<=\S)\1(?![\w*_~`])")
_UNESCAPED_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt);)")
_MAX_NESTED_MARKS = 3
# Keys of text objects and texts that are seen, in the order in which Slack shows them.
_SHOWN_KEYS = (
    "header",
    "title",
    "subtitle",
    "caption",
    "description",
    "text",
    "body",
    "fields",
    "elements",
    "rows",
    "blocks",
    "child_blocks",
)
_CONTROLS = frozenset(
    {"actions", "button", "context_actions", "input", "overflow"}
)  # labels, not words of the message
# Parts of rich text for which mrkdwn has tokens: the key of the id, and the token.
_TOKENS = {
    "user": ("user_id", "<@{}>"),
    "channel": ("channel_id", "<#{}>"),
    "usergroup": ("usergroup_id", "<!subteam^{}>"),
    "broadcast": ("range", "<!{}>"),
}
_BULLETS = {"bullet": "• ", "ordered": "{}. "}


def read_words(message: Mapping[str, Any]) -> str:
    """Return the words of a message, as mrkdwn; "" where it has none.

    A person sees the blocks in place of the text, and attachments below. Without words, files are named.
    """
    read_text = _read_mrkdwn if message.get("bot_id") else _read_plain  # what people typed stays as it is
    own = _join(_read_blocks(message.get("blocks"))) or read_text(message.get("text"))
    attached = [
        _read_attachment(attachment)
        for attachment in _dicts(message.get("attachments"))
        if not (own and _is_link_preview(attachment))
    ]
    return _join([own, *attached]) or _join(_read_file(file) for file in _dicts(message.get("files")))


def _read_plain(value: Any) -> str:
    return value if isinstance(value, str) and value.strip() != CANNOT_BE_SHOWN else ""


def _is_link_preview(attachment: Mapping[str, Any]) -> bool:
    """Return whether Slack added an attachment to show where a link leads. A forwarded message is none."""
    is_forwarded = attachment.get("is_share") or attachment.get("is_msg_unfurl")
    return bool(attachment.get("from_url") or attachment.get("original_url")) and not is_forwarded


def _read_attachment(attachment: Mapping[str, Any]) -> str:
    """Return the words of an attachment, or of the message that was forwarded in it."""
    inner = [
        block for each in _dicts(attachment.get("message_blocks")) for block in _read_blocks(_blocks_of(each))
    ]
    body = (
        _join(inner) or _join(_read_blocks(attachment.get("blocks"))) or _read_mrkdwn(attachment.get("text"))
    )
    fields = [
        _join(_read_mrkdwn(field.get(key)) for key in ("title", "value"))
        for field in _dicts(attachment.get("fields"))
    ]
    files = [_read_file(file) for file in _dicts(attachment.get("files"))]
    words = _join([*(_read_mrkdwn(attachment.get(key)) for key in ("pretext", "title")), body, *fields])
    return words or _join(files) or _read_mrkdwn(attachment.get("fallback"))


def _blocks_of(message_blocks: Mapping[str, Any]) -> Any:
    message = message_blocks.get("message")
    return message.get("blocks") if isinstance(message, dict) else None


def _read_file(file: Mapping[str, Any]) -> str:
    return _read_plain(file.get("title")) or _read_plain(file.get("name"))


def _read_blocks(blocks: Any, depth: int = 0) -> Iterator[str]:
    """Yield the words of blocks or elements, also of kinds that are newer than this code."""
    for block in _dicts(blocks):
        block_type = block.get("type")
        if block_type in _CONTROLS or depth > MAX_DEPTH:
            continue
        if isinstance(block_type, str) and block_type.startswith("rich_text"):
            yield _read_rich_text(block, depth)
        elif block_type == "markdown":
            yield "\n".join(map(read_inline, _read_plain(block.get("text")).split("\n")))
        else:
            yield _join(_read_shown(block.get(key), depth) for key in _SHOWN_KEYS)


def _read_shown(value: Any, depth: int) -> str:
    """Return a text, a text object, or a list of these, of blocks, or of a table's rows."""
    if isinstance(value, str):
        return _escape(value)
    if isinstance(value, dict):
        text = value.get("text")
        if value.get("type") == "mrkdwn":
            return _read_mrkdwn(text)
        return _escape(text) if isinstance(text, str) else _join(_read_blocks([value], depth + 1))
    if isinstance(value, list):
        is_row = bool(value) and all(isinstance(item, list) for item in value)
        if is_row:
            return _join(
                " | ".join(filter(None, (_read_shown(cell, depth + 1) for cell in row))) for row in value
            )
        return _join(_read_shown(item, depth + 1) for item in value if depth < MAX_DEPTH)
    return ""


def _read_rich_text(element: Mapping[str, Any], depth: int) -> str:
    """Return a rich text block, or one of its sections, lists, quotes or code blocks."""
    parts = _dicts(element.get("elements"))
    if depth > MAX_DEPTH:
        return ""
    if element.get("type") == "rich_text":
        return _join(_read_rich_text(part, depth + 1).strip("\n") for part in parts)
    if element.get("type") == "rich_text_list":
        bullet = _BULLETS.get(str(element.get("style")), "• ")
        return _join(
            bullet.format(number) + _read_rich_text(part, depth + 1)
            for number, part in enumerate(parts, start=1)
        )
    return "".join(_read_rich_text_part(part) for part in parts)


def _read_rich_text_part(part: Mapping[str, Any]) -> str:
    """Return a part of a section as mrkdwn has it; formatting is left out, since a person sees no marks."""
    part_type = str(part.get("type"))
    if part_type in _TOKENS:
        key, token = _TOKENS[part_type]
        return token.format(part.get(key, ""))
    if part_type == "emoji":
        tone = f"::skin-tone-{part['skin_tone']}" if part.get("skin_tone") else ""
        return f":{part.get('name', '')}{tone}:"
    keys = ("fallback",) if part_type == "date" else ("text", "url", "value")
    return next((_escape(words) for key in keys if isinstance(words := part.get(key), str) and words), "")


def _read_mrkdwn(value: Any) -> str:
    """Return mrkdwn without its formatting marks, which a person does not see."""
    text = _read_plain(value)
    for _ in range(_MAX_NESTED_MARKS):
        text = _MRKDWN_MARKS.sub(r"\2", text)
    return text


def _escape(text: str) -> str:
    """Escape plain text, of which Slack sends some escaped and some not."""
    return _UNESCAPED_AMPERSAND.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _join(parts: Iterable[str]) -> str:
    return "\n".join(part for part in parts if part.strip())
