"""Block Kit: what a message or a view is made of, within Slack's limits. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block as SlackBlock,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    MarkdownTextObject,
    Option,
    OverflowMenuElement,
    PlainTextObject,
    SectionBlock,
)
from slack_sdk.models.blocks.block_elements import InteractiveElement

from bot.kit.text import cut

Block = dict[str, Any]
View = dict[str, Any]

SECTION = 2900  # Slack allows 3000
MESSAGE = 11_000  # all blocks together; Slack refuses from about 13,200 on
FALLBACK = 3500
BUTTON = 75
HEADER = 150
TITLE = 24
OPTION = 75
OPTIONS = 100
VIEW_BLOCKS = 100


@dataclass(frozen=True, slots=True)
class Message:
    """What is said: blocks, and the same in words for notifications and screen readers."""

    text: str  # mrkdwn, user text in it escaped
    blocks: tuple[Block, ...] = ()


# Blocks that not every Slack shows: GovSlack and old clients refuse a message with one of them.
NEWEST = frozenset({"data_table", "data_visualization"})


def without_newest(blocks: Iterable[Block]) -> tuple[Block, ...]:
    return tuple(block for block in blocks if block["type"] not in NEWEST)


def message(text: str, *blocks: Block | None) -> Message:
    """Return a message of these blocks, None left out, or of the text alone."""
    kept = tuple(block for block in blocks if block is not None)
    return Message(cut(text, FALLBACK), kept or (section(text),))


def mrkdwn(text: str) -> MarkdownTextObject:
    """Return formatted text in which Slack makes no links or mentions of its own accord."""
    return MarkdownTextObject(text=text, verbatim=True)


def section(text: str, accessory: InteractiveElement | None = None) -> Block:
    return _block(SectionBlock(text=mrkdwn(cut(text, 3000)), accessory=accessory))


def note(text: str) -> Block:
    """Return small grey text."""
    return _block(ContextBlock(elements=[mrkdwn(cut(text, 3000))]))


def header(text: str) -> Block:
    """Return a heading; plain text, so nothing in it needs escaping."""
    return _block(HeaderBlock(text=PlainTextObject(text=cut(text, HEADER), emoji=True)))


def divider() -> Block:
    return _block(DividerBlock())


def actions(*elements: InteractiveElement | None) -> Block | None:
    """Return a row of buttons, or nothing where there is no button."""
    kept = [element for element in elements if element is not None]
    return _block(ActionsBlock(elements=kept)) if kept else None


def button(label: str, action: str, value: str = "-", style: str | None = None) -> ButtonElement:
    return ButtonElement(text=cut(label, BUTTON), action_id=action, value=value, style=style)


def run(label: str, words: str, canvas: int | None = None, style: str | None = None) -> ButtonElement:
    """Return a button that does what typing these words after /valuemap does, to this canvas."""
    return button(label, f"run:{canvas or ''}:{words}"[:255], f"{canvas or ''}:{words}", style)


def overflow(action: str, options: Iterable[tuple[str, str]]) -> OverflowMenuElement:
    """Return a "⋯" menu of labels and values."""
    return OverflowMenuElement(action_id=action, options=[option(label, value) for label, value in options])


def option(label: str, value: str) -> Option:
    return Option(text=PlainTextObject(text=cut(label, OPTION), emoji=True), value=value)


def packed(lines: Sequence[str], room: int) -> list[Block]:
    """Return the lines as sections of at most `room` characters in all, and how many found no room."""
    chunks: list[list[str]] = [[]]
    left, used, placed = room, 0, 0
    for line in lines:
        size = len(line) + 1
        if size > left:
            break
        if chunks[-1] and used + size > SECTION:
            chunks.append([])
            used = 0
        chunks[-1].append(line)
        used, left, placed = used + size, left - size, placed + 1
    if placed < len(lines):
        chunks[-1].append(f"_…and {len(lines) - placed} more_")
    return [section("\n".join(chunk)) for chunk in chunks if chunk]


def modal(
    callback: str,
    title: str,
    blocks: Iterable[Block | None],
    *,
    about: Mapping[str, Any],
    submit: str = "",
    close: str = "Close",
) -> View:
    """Return a modal view; `about` comes back with everything that happens in it."""
    view: View = {
        "type": "modal",
        "callback_id": callback,
        "title": plain(cut(title, TITLE)),
        "close": plain(close),
        "private_metadata": json.dumps(about, separators=(",", ":")),
        "blocks": [block for block in blocks if block is not None][:VIEW_BLOCKS],
    }
    if submit:
        view["submit"] = plain(submit)
    return view


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": True}


def _block(block: SlackBlock) -> Block:
    made: Block = block.to_dict()
    return made
