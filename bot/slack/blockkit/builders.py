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

from bot.slack.blockkit.text import truncate

Block = dict[str, Any]
View = dict[str, Any]

MAX_SECTION_CHARACTERS = 2900  # Slack allows 3000
MAX_MESSAGE_CHARACTERS = 11_000  # all blocks together; Slack refuses from about 13,200 on
MAX_FALLBACK_CHARACTERS = 3500
MAX_BUTTON_CHARACTERS = 75
MAX_HEADER_CHARACTERS = 150
MAX_TITLE_CHARACTERS = 24
MAX_OPTION_CHARACTERS = 75
MAX_OPTIONS = 100
MAX_VIEW_BLOCKS = 100
MAX_TABLE_ROWS = 200  # beside the head
EMPTY_CELL = "–"  # for a cell with nothing in it, which Slack refuses


@dataclass(frozen=True, slots=True)
class Message:
    """What is said: blocks, and the same in words for notifications and screen readers."""

    text: str  # mrkdwn, user text in it escaped
    blocks: tuple[Block, ...]
    plain_blocks: tuple[Block, ...]  # the same where the newest blocks are not known, or may not stand


@dataclass(frozen=True, slots=True)
class Enhanced:
    """Blocks that GovSlack and old clients may not know yet, and the blocks that tell the same there."""

    blocks: tuple[Block, ...]
    plain_blocks: tuple[Block, ...] = ()  # nothing where another block of the message tells it anyway


@dataclass(frozen=True, slots=True)
class NumberCell:
    """A cell that a table sorts by its value."""

    value: int | float
    text: str


Cell = str | NumberCell


def build_message(text: str, *blocks: Block | Enhanced | None) -> Message:
    """Return a message of these blocks, None left out, or of the text alone."""
    full: list[Block] = []
    plain: list[Block] = []
    for block in blocks:
        if isinstance(block, Enhanced):
            full += block.blocks
            plain += block.plain_blocks
        elif block is not None:
            full.append(block)
            plain.append(block)
    alone = (section_block(text),)
    return Message(truncate(text, MAX_FALLBACK_CHARACTERS), tuple(full) or alone, tuple(plain) or alone)


def mrkdwn_text(text: str) -> MarkdownTextObject:
    """Return formatted text in which Slack makes no links or mentions of its own accord."""
    return MarkdownTextObject(text=text, verbatim=True)


def section_block(text: str, accessory: InteractiveElement | None = None) -> Block:
    return _block(SectionBlock(text=mrkdwn_text(truncate(text, 3000)), accessory=accessory))


def context_note(text: str) -> Block:
    """Return small grey text."""
    return _block(ContextBlock(elements=[mrkdwn_text(truncate(text, 3000))]))


def header_block(text: str) -> Block:
    """Return a heading; plain text, so nothing in it needs escaping."""
    return _block(HeaderBlock(text=PlainTextObject(text=truncate(text, MAX_HEADER_CHARACTERS), emoji=True)))


def divider_block() -> Block:
    return _block(DividerBlock())


def actions_block(*elements: InteractiveElement | None) -> Block | None:
    """Return a row of buttons, or nothing where there is no button."""
    kept = [element for element in elements if element is not None]
    return _block(ActionsBlock(elements=kept)) if kept else None


def action_button(label: str, action_id: str, value: str = "-", style: str | None = None) -> ButtonElement:
    return ButtonElement(
        text=truncate(label, MAX_BUTTON_CHARACTERS), action_id=action_id, value=value, style=style
    )


def link_button(label: str, action_id: str, url: str, style: str | None = None) -> ButtonElement:
    """Return a button that leads somewhere; Slack tells of its press all the same, by this action."""
    return ButtonElement(
        text=truncate(label, MAX_BUTTON_CHARACTERS), action_id=action_id, url=url, style=style
    )


def command_button(
    label: str, command_text: str, canvas_id: int | None = None, style: str | None = None
) -> ButtonElement:
    """Return a button that does what typing these words after /valuemap does, to this canvas."""
    return action_button(
        label, f"run:{canvas_id or ''}:{command_text}"[:255], f"{canvas_id or ''}:{command_text}", style
    )


def overflow_menu(action_id: str, options: Iterable[tuple[str, str]]) -> OverflowMenuElement:
    """Return a "⋯" menu of labels and values."""
    return OverflowMenuElement(
        action_id=action_id, options=[build_option(label, value) for label, value in options]
    )


def build_option(label: str, value: str) -> Option:
    return Option(text=PlainTextObject(text=truncate(label, MAX_OPTION_CHARACTERS), emoji=True), value=value)


def input_block(
    block_id: str,
    label: str,
    element: InputInteractiveElement,
    *,
    hint: str = "",
    optional: bool = False,
    dispatch_action: bool = False,
) -> Block:
    """Return a field of a form; `dispatch`: the bot hears of each choice at once."""
    return _block(
        InputBlock(
            block_id=block_id,
            label=label,
            element=element,
            hint=hint or None,
            optional=optional,
            dispatch_action=dispatch_action or None,
        )
    )


def pack_sections(lines: Sequence[str], room: int) -> list[Block]:
    """Return the lines as sections of at most `room` characters in all, and how many found no room."""
    chunks: list[list[str]] = [[]]
    placed, used = count_fitting([len(line) + 1 for line in lines], room), 0
    for line in lines[:placed]:
        size = len(line) + 1
        if chunks[-1] and used + size > MAX_SECTION_CHARACTERS:
            chunks.append([])
            used = 0
        chunks[-1].append(line)
        used += size
    if placed < len(lines):
        chunks[-1].append(f"_…and {len(lines) - placed} more_")
    return [section_block("\n".join(chunk)) for chunk in chunks if chunk]


def count_fitting(sizes: Iterable[int], room: int) -> int:
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


def count_row_characters(row: Iterable[Cell]) -> int:
    """Return the characters that a row of a table takes."""
    return sum(len(cell.text if isinstance(cell, NumberCell) else cell or EMPTY_CELL) for cell in row)


def _cell(cell: Cell) -> dict[str, Any]:
    if isinstance(cell, NumberCell):
        return {"type": "raw_number", "value": cell.value, "text": cell.text}
    return {"type": "raw_text", "text": cell or EMPTY_CELL}


def build_modal(
    callback_id: str,
    title: str,
    blocks: Iterable[Block | None],
    *,
    private_metadata: Mapping[str, Any],
    submit_label: str = "",
    close_label: str = "Close",
) -> View:
    """Return a modal view; `about` comes back with everything that happens in it."""
    view: View = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain_text(truncate(title, MAX_TITLE_CHARACTERS)),
        "close": plain_text(close_label),
        "private_metadata": json.dumps(private_metadata, separators=(",", ":")),
        "blocks": [block for block in blocks if block is not None][:MAX_VIEW_BLOCKS],
    }
    if submit_label:
        view["submit"] = plain_text(submit_label)
    return view


def plain_text(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": True}


def _block(block: SlackBlock) -> Block:
    made: Block = block.to_dict()
    return made
