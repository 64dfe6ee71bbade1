"""Block Kit: what a message or a view is made of, within Slack's limits. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block as SlackBlock,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    InputBlock,
    MarkdownTextObject,
    Option,
    OverflowMenuElement,
    PlainTextObject,
    SectionBlock,
)
from slack_sdk.models.blocks.block_elements import InputInteractiveElement, InteractiveElement

from bot.slack.blockkit.text import cut

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
TABLE_ROWS = 200  # beside the head
NOTHING = "–"  # for a cell with nothing in it, which Slack refuses


@dataclass(frozen=True, slots=True)
class Message:
    """What is said: blocks, and the same in words for notifications and screen readers."""

    text: str  # mrkdwn, user text in it escaped
    blocks: tuple[Block, ...]
    plain: tuple[Block, ...]  # the same where the newest blocks are not known, or may not stand


@dataclass(frozen=True, slots=True)
class Newest:
    """Blocks that GovSlack and old clients may not know yet, and the blocks that tell the same there."""

    blocks: tuple[Block, ...]
    plain: tuple[Block, ...] = ()  # nothing where another block of the message tells it anyway


@dataclass(frozen=True, slots=True)
class Number:
    """A cell that a table sorts by its value."""

    value: int | float
    text: str


Cell = str | Number


def message(text: str, *blocks: Block | Newest | None) -> Message:
    """Return a message of these blocks, None left out, or of the text alone."""
    full: list[Block] = []
    plain: list[Block] = []
    for block in blocks:
        if isinstance(block, Newest):
            full += block.blocks
            plain += block.plain
        elif block is not None:
            full.append(block)
            plain.append(block)
    alone = (section(text),)
    return Message(cut(text, FALLBACK), tuple(full) or alone, tuple(plain) or alone)


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


def link(label: str, action: str, url: str, style: str | None = None) -> ButtonElement:
    """Return a button that leads somewhere; Slack tells of its press all the same, by this action."""
    return ButtonElement(text=cut(label, BUTTON), action_id=action, url=url, style=style)


def run(label: str, words: str, canvas: int | None = None, style: str | None = None) -> ButtonElement:
    """Return a button that does what typing these words after /valuemap does, to this canvas."""
    return button(label, f"run:{canvas or ''}:{words}"[:255], f"{canvas or ''}:{words}", style)


def overflow(action: str, options: Iterable[tuple[str, str]]) -> OverflowMenuElement:
    """Return a "⋯" menu of labels and values."""
    return OverflowMenuElement(action_id=action, options=[option(label, value) for label, value in options])


def option(label: str, value: str) -> Option:
    return Option(text=PlainTextObject(text=cut(label, OPTION), emoji=True), value=value)


def field(
    block: str,
    label: str,
    element: InputInteractiveElement,
    *,
    hint: str = "",
    optional: bool = False,
    dispatch: bool = False,
) -> Block:
    """Return a field of a form; `dispatch`: the bot hears of each choice at once."""
    return _block(
        InputBlock(
            block_id=block,
            label=label,
            element=element,
            hint=hint or None,
            optional=optional,
            dispatch_action=dispatch or None,
        )
    )


def packed(lines: Sequence[str], room: int) -> list[Block]:
    """Return the lines as sections of at most `room` characters in all, and how many found no room."""
    chunks: list[list[str]] = [[]]
    placed, used = fitting([len(line) + 1 for line in lines], room), 0
    for line in lines[:placed]:
        size = len(line) + 1
        if chunks[-1] and used + size > SECTION:
            chunks.append([])
            used = 0
        chunks[-1].append(line)
        used += size
    if placed < len(lines):
        chunks[-1].append(f"_…and {len(lines) - placed} more_")
    return [section("\n".join(chunk)) for chunk in chunks if chunk]


def fitting(sizes: Iterable[int], room: int) -> int:
    """Return how many of these, from the first on, find room."""
    return sum(size <= room for size in accumulate(sizes))


def data_table(
    caption: str, head: Sequence[str], rows: Sequence[Sequence[Cell]], *, named_by: int, page: int
) -> Block:
    """Return a table that pages and sorts; `named_by` is the column that says what a row is about.

    Only one fits into a message for certain, with no more characters than any message has.
    """
    return {
        "type": "data_table",
        "caption": caption,
        "rows": [[_cell(cell) for cell in row] for row in (head, *rows)],
        "page_size": page,
        "row_header_column_index": named_by,
    }


def row_size(row: Iterable[Cell]) -> int:
    """Return the characters that a row of a table takes."""
    return sum(len(cell.text if isinstance(cell, Number) else cell or NOTHING) for cell in row)


def _cell(cell: Cell) -> dict[str, Any]:
    if isinstance(cell, Number):
        return {"type": "raw_number", "value": cell.value, "text": cell.text}
    return {"type": "raw_text", "text": cell or NOTHING}


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
