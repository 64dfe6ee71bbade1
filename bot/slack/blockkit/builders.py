"""Builders of Block Kit. Every message and view is built here, within Slack's limits. Pure.

See https://docs.slack.dev/reference/block-kit.
"""

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

from bot.emoji_names import replace_emoji_codes
from bot.slack.blockkit.length import MAX_BLOCKS_CHARACTERS, shorten_blocks
from bot.slack.blockkit.text import truncate, truncate_mrkdwn

Block = dict[str, Any]
View = dict[str, Any]

SLACK_SECTION_CHARACTERS = 3000
MAX_SECTION_CHARACTERS = 2900  # of packed lines, below Slack's limit
MAX_MESSAGE_CHARACTERS = 11_000  # of the texts of a message, below MAX_BLOCKS_CHARACTERS with containers
MAX_FALLBACK_CHARACTERS = 3500
MAX_BUTTON_CHARACTERS = 75
MAX_ROW_ELEMENTS = 25
MAX_HEADER_CHARACTERS = 150
MAX_TITLE_CHARACTERS = 24
MAX_OPTION_CHARACTERS = 75
MAX_OPTIONS = 100
MAX_VIEW_BLOCKS = 100
MAX_BUTTON_ID_CHARACTERS = 255
MAX_BUTTON_COMMAND_CHARACTERS = 1900  # Slack's limit for a button's value is 2,000
MAX_FOLDED_BLOCKS = 10
MAX_ALERT_CHARACTERS = 200
MAX_TABLE_ROWS = 200  # without the header row
EMPTY_CELL = "–"  # Slack rejects a cell without text


@dataclass(frozen=True, slots=True)
class Message:
    """Blocks, and the same content as text for notifications and screen readers."""

    text: str  # mrkdwn; user text in it is escaped
    blocks: tuple[Block, ...]
    plain_blocks: tuple[Block, ...]  # for workspaces and views that do not support the newest blocks
    replaces_original: bool = False  # whether it takes the place of the message whose button was pressed


@dataclass(frozen=True, slots=True)
class Enhanced:
    """Blocks that GovSlack and old clients may not support yet, and the blocks that replace them there."""

    blocks: tuple[Block, ...]
    plain_blocks: tuple[Block, ...] = ()  # empty where another block has the same content


@dataclass(frozen=True, slots=True)
class NumberCell:
    """A cell that a table sorts by its value."""

    value: int | float
    text: str


Cell = str | NumberCell


def build_message(text: str, *blocks: Block | Enhanced | None, replaces_original: bool = False) -> Message:
    """Return a message of these blocks. None is skipped; without any block the text becomes one."""
    all_blocks: list[Block] = []
    plain_blocks: list[Block] = []
    for block in blocks:
        if isinstance(block, Enhanced):
            all_blocks += block.blocks
            plain_blocks += block.plain_blocks
        elif block is not None:
            all_blocks.append(block)
            plain_blocks.append(block)
    text_block = [section_block(text)]
    return Message(
        truncate_mrkdwn(text, MAX_FALLBACK_CHARACTERS),
        tuple(shorten_blocks(all_blocks or text_block, MAX_BLOCKS_CHARACTERS)),
        tuple(shorten_blocks(plain_blocks or text_block, MAX_BLOCKS_CHARACTERS)),
        replaces_original,
    )


def mrkdwn_text(text: str) -> MarkdownTextObject:
    """Return formatted text. With `verbatim`, Slack turns no plain text into links and mentions."""
    return MarkdownTextObject(text=text, verbatim=True)


def section_block(text: str, accessory: InteractiveElement | None = None) -> Block:
    """Return a section of mrkdwn, with an element at its right."""
    return _to_dict(
        SectionBlock(text=mrkdwn_text(truncate_mrkdwn(text, SLACK_SECTION_CHARACTERS)), accessory=accessory)
    )


def context_note(text: str) -> Block:
    """Return a context block: small grey text."""
    return _to_dict(ContextBlock(elements=[mrkdwn_text(truncate_mrkdwn(text, SLACK_SECTION_CHARACTERS))]))


def header_block(text: str) -> Block:
    """Return a header; it is plain text, so nothing in it needs escaping."""
    return _to_dict(HeaderBlock(text=PlainTextObject(text=truncate(text, MAX_HEADER_CHARACTERS), emoji=True)))


def folded_block(title: str, children: Sequence[Block]) -> Enhanced:
    """Return blocks that a click on their title unfolds; where Slack cannot fold, they stand below it.

    A container takes MAX_FOLDED_BLOCKS of the types section, context and actions; none of them is a chart.
    """
    kept = [*children[:MAX_FOLDED_BLOCKS]]
    container: Block = {
        "type": "container",
        "title": plain_text(truncate(title, MAX_HEADER_CHARACTERS)),
        "child_blocks": kept,
        "width": "full",
        "is_collapsible": True,
        "default_collapsed": True,
    }
    return Enhanced((container,), tuple(kept))


def alert_block(text: str, level: str = "default") -> Block:
    """Return a coloured line of a modal; `level` is default, info, success, warning or error."""
    alert_text = mrkdwn_text(truncate_mrkdwn(text, MAX_ALERT_CHARACTERS)).to_dict()
    return {"type": "alert", "text": alert_text, "level": level}


def divider_block() -> Block:
    """Return a horizontal line."""
    return _to_dict(DividerBlock())


def actions_block(*elements: InteractiveElement | None) -> Block | None:
    """Return a row of elements. None is skipped; without any element the result is None."""
    present = [element for element in elements if element is not None]
    return _to_dict(ActionsBlock(elements=present)) if present else None


def actions_blocks(elements: Sequence[InteractiveElement]) -> list[Block]:
    """Return as many rows as the elements need: Slack allows 25 in each."""
    rows = (elements[start : start + MAX_ROW_ELEMENTS] for start in range(0, len(elements), MAX_ROW_ELEMENTS))
    return [_to_dict(ActionsBlock(elements=[*row])) for row in rows]


def action_button(
    label: str,
    action_id: str,
    value: str = "-",
    style: str | None = None,
    visible_to: Sequence[str] = (),
) -> ButtonElement:
    """Return a button; the handler of its action id gets the value.

    With `visible_to`, only these users see it, which does not keep others from sending its action.
    """
    return ButtonElement(
        text=truncate(label, MAX_BUTTON_CHARACTERS),
        action_id=action_id,
        value=value,
        style=style,
        visible_to_user_ids=[*visible_to] or None,
    )


def link_button(label: str, action_id: str, url: str, value: str = "-") -> ButtonElement:
    """Return a button that opens a URL. Slack sends the bot its action with the value nevertheless."""
    return ButtonElement(
        text=truncate(label, MAX_BUTTON_CHARACTERS), action_id=action_id, url=url, value=value
    )


def command_button(
    label: str, command_text: str, canvas_id: int | None = None, style: str | None = None
) -> ButtonElement:
    """Return a button that runs a command, without its slash, for a canvas (None: the current one).

    The action id contains the command too, since Slack rejects two buttons with the same id in a block.
    """
    value = f"{canvas_id or ''}:{command_text}"
    return action_button(label, f"run:{value}"[:MAX_BUTTON_ID_CHARACTERS], value, style)


def choice_button(
    label: str, command_text: str, canvas_id: int | None = None, style: str | None = None
) -> ButtonElement:
    """Return a button that runs a command, and whose answer replaces the message with the button.

    It is for messages to one person, such as questions: each is answered once.
    """
    value = f"{canvas_id or ''}:{command_text}"
    return action_button(label, f"choose:{value}"[:MAX_BUTTON_ID_CHARACTERS], value, style)


def overflow_menu(action_id: str, options: Iterable[tuple[str, str]]) -> OverflowMenuElement:
    """Return a "⋯" menu of labels and values."""
    return OverflowMenuElement(
        action_id=action_id, options=[build_option(label, value) for label, value in options]
    )


def build_option(label: str, value: str) -> Option:
    """Return an option of a menu or select."""
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
    """Return a field of a form. With `dispatch_action`, Slack sends an action for each choice too."""
    return _to_dict(
        InputBlock(
            block_id=block_id,
            label=label,
            element=element,
            hint=hint or None,
            optional=optional,
            dispatch_action=dispatch_action or None,
        )
    )


def pack_sections(lines: Sequence[str], max_characters: int, left_out: int = 0) -> list[Block]:
    """Return the lines as sections of at most `max_characters` together.

    Where lines are left out, the last section ends with their number; `left_out` more were not even built.
    """
    chunks: list[list[str]] = [[]]
    shown_count, used_characters = count_fitting([len(line) + 1 for line in lines], max_characters), 0
    for line in lines[:shown_count]:
        size = len(line) + 1  # with its line break
        if chunks[-1] and used_characters + size > MAX_SECTION_CHARACTERS:
            chunks.append([])
            used_characters = 0
        chunks[-1].append(line)
        used_characters += size
    left_out += len(lines) - shown_count
    if left_out:
        chunks[-1].append(f"_…and {left_out} more_")
    return [section_block("\n".join(chunk)) for chunk in chunks if chunk]


def take_fitting(lines: Iterable[str], max_characters: int) -> list[str]:
    """Return the first lines of at most `max_characters` together, with their line breaks.

    An iterator builds no further line than the first one that does not fit.
    """
    taken: list[str] = []
    for line in lines:
        max_characters -= len(line) + 1
        if max_characters < 0:
            break
        taken.append(line)
    return taken


def count_fitting(sizes: Iterable[int], limit: int) -> int:
    """Return how many of these sizes, from the first on, add up to at most the limit."""
    return sum(size <= limit for size in accumulate(sizes))


def build_data_table(
    caption: str,
    header_cells: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *,
    name_column: int,
    page_size: int,
) -> Block:
    """Return a table that users page and sort; `name_column` is the index of the column that names a row.

    Slack allows one table in a message. The text of its cells counts towards MAX_MESSAGE_CHARACTERS.
    """
    return {
        "type": "data_table",
        "caption": caption,
        "rows": [[_build_cell(cell) for cell in row] for row in (header_cells, *rows)],
        "page_size": page_size,
        "row_header_column_index": name_column,
    }


def count_row_characters(row: Iterable[Cell]) -> int:
    """Return how many characters of the message's limit a table row uses."""
    return sum(len(_build_cell(cell)["text"]) for cell in row)


def _build_cell(cell: Cell) -> dict[str, Any]:
    if isinstance(cell, NumberCell):
        return {"type": "raw_number", "value": cell.value, "text": cell.text}
    # Raw text is shown as it is, also the codes of emoji.
    return {"type": "raw_text", "text": replace_emoji_codes(cell) or EMPTY_CELL}


def build_modal(
    callback_id: str,
    title: str,
    blocks: Iterable[Block | None],
    *,
    private_metadata: Mapping[str, Any],
    submit_label: str = "",
    close_label: str = "",
) -> View:
    """Return a modal. Slack sends `private_metadata` back with each action and submission in it.

    Without a label, the button that closes it says "Cancel" beside one that submits, and else "Close".
    """
    view: View = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain_text(truncate(title, MAX_TITLE_CHARACTERS)),
        "close": plain_text(close_label or ("Cancel" if submit_label else "Close")),
        "private_metadata": json.dumps(private_metadata, separators=(",", ":")),
        "blocks": [block for block in blocks if block is not None][:MAX_VIEW_BLOCKS],
    }
    if submit_label:
        view["submit"] = plain_text(submit_label)
    return view


def plain_text(text: str) -> dict[str, Any]:
    """Return text without formatting, as titles and labels require it."""
    return {"type": "plain_text", "text": text, "emoji": True}


def _to_dict(block: SlackBlock) -> Block:
    as_dict: Block = block.to_dict()
    return as_dict
