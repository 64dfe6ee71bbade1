"""The messages of canvases: a canvas's own message, what `show` answers, and the list of a channel. Pure."""

from collections.abc import Sequence
from datetime import date

from slack_sdk.models.blocks.block_elements import InteractiveElement

from bot.features.canvases.forms import CARD_LOCATION_LABELS, EDITORS_LABELS
from bot.features.canvases.model import ListedCanvas
from bot.features.fit.blocks import format_shares
from bot.features.ranking.blocks import show_boxes
from bot.method.metrics import CanvasMetrics
from bot.method.summary import describe_counts, describe_verdict
from bot.slack.blockkit.builders import (
    Block,
    Message,
    action_button,
    actions_block,
    build_message,
    command_button,
    context_note,
    header_block,
    overflow_menu,
    section_block,
)
from bot.slack.blockkit.text import count_noun, escape
from bot.store.model import CanvasInfo, CanvasSettings, CardLocation

MAX_LISTED_CANVASES = 40  # Slack allows 50 blocks in a message
VOTE_HINT = ":one: bottom of its box … :five: top"


def build_canvas_message(info: CanvasInfo) -> Message:
    """Return the canvas's own message in its channel. The cards are replies to it, or follow it."""
    place = "in this thread" if info.settings.card_location is CardLocation.THREAD else "in this channel"
    return build_message(
        f"Value map: {escape(info.title)}",
        header_block(f"Value map: {info.name}"),
        section_block(f"For *{escape(info.segment)}*") if info.segment else None,
        section_block(
            f"Every entry is a card {place}. Rank it with a number reaction: "
            f"{VOTE_HINT}. Then review which offer fits which need."
        ),
        actions_block(
            command_button("Add an entry", "add", info.id, style="primary"),
            command_button("Show", "show", info.id),
            command_button("Review", "review", info.id),
            command_button("Fit", "fit", info.id),
        ),
    )


def build_deleted_message(info: CanvasInfo) -> Message:
    """Return what replaces a canvas's own message once the canvas is deleted."""
    text = f"The value map {escape(info.title)} was deleted."
    return build_message(text, context_note(text))


def build_started_message(info: CanvasInfo) -> Message:
    """Return the answer to whoever started a canvas."""
    text = f"Started *{escape(info.title)}*. It is this channel's current canvas now."
    return build_message(
        text,
        section_block(f"{text}\nBegin with what the customer tries to get done, then pains and gains."),
        actions_block(command_button("Add an entry", "add", info.id, style="primary")),
    )


def build_show_message(
    info: CanvasInfo, metrics: CanvasMetrics, next_step_blocks: Sequence[Block] = ()
) -> Message:
    """Return the canvas as it is now: its six boxes in rank order, and the next step."""
    box_blocks, box_lines = show_boxes(metrics)
    return build_message(
        "\n".join([f"Value map: {escape(info.title)}", *box_lines]),
        header_block(f"Value map: {info.title}"),
        *box_blocks,
        context_note("Its picture comes in our direct message.") if metrics.canvas.entries else None,
        *next_step_blocks,
        actions_block(
            command_button("Add an entry", "add", info.id),
            command_button("Rank", "rank", info.id),
            command_button("Review", "review", info.id),
            command_button("Fit", "fit", info.id),
            command_button("Picture with links", "export png links", info.id),
            _document_element(info),
        ),
    )


def _document_element(info: CanvasInfo) -> InteractiveElement:
    """Return the button that makes a document of the canvas, or the menu for the document that it has."""
    if not info.document_id:
        return action_button("Keep as a document", "document", f"{info.id}:keep")
    return overflow_menu(
        "document",
        [
            ("Bring the document up to date", f"{info.id}:keep"),
            ("Stop keeping the document", f"{info.id}:stop"),
        ],
    )


def build_past_day_message(info: CanvasInfo, day: date, metrics: CanvasMetrics) -> Message:
    """Return the six boxes and the fit as they were at the end of a day."""
    fit = metrics.fit
    box_blocks, box_lines = show_boxes(metrics)
    title = f"Value map on {day}"
    verdict, counts, share_line = describe_verdict(fit), describe_counts(fit), format_shares(fit)
    return build_message(
        "\n".join([f"{title}: {escape(info.title)}. {verdict} {counts}. {share_line}", *box_lines]),
        header_block(f"{title}: {info.name}"),
        section_block(f"*{verdict}*\n{counts}\n{share_line}"),
        *box_blocks,
        context_note(f"As it was at the end of {day} ({info.time_zone}), with the votes and marks of then."),
        actions_block(
            command_button("Show as it is now", "show", info.id),
            command_button("Fit now", "fit", info.id),
        ),
    )


def build_canvas_list(listed: Sequence[ListedCanvas]) -> Message:
    """Return all canvases of a channel, the current one first."""
    rows = [
        _canvas_row(canvas, is_current=index == 0 and not canvas.is_archived)
        for index, canvas in enumerate(listed[:MAX_LISTED_CANVASES])
    ]
    hidden_count = len(listed) - MAX_LISTED_CANVASES
    return build_message(
        f"This channel has {count_noun(len(listed), 'canvas', 'canvases')}.",
        header_block("Canvases of this channel"),
        *rows,
        context_note(f"…and {hidden_count} more, older ones.") if hidden_count > 0 else None,
        context_note("One customer segment, one canvas. Commands are about the current one."),
        actions_block(command_button("Start another", "new"), command_button("Settings", "settings")),
    )


def _canvas_row(canvas: ListedCanvas, *, is_current: bool) -> Block:
    info = canvas.info
    state = " · *current*" if is_current else " · archived" if canvas.is_archived else ""
    options = (
        [("Restore", f"restore:{info.id}")]
        if canvas.is_archived
        else [
            *([] if is_current else [("Make it the current one", f"switch:{info.id}")]),
            ("Rename", f"rename:{info.id}"),
            ("Archive", f"archive:{info.id}"),
        ]
    )
    entries = count_noun(canvas.entry_count, "entry", "entries")
    return section_block(
        f"*{escape(info.title)}*{state}\n{entries}",
        overflow_menu("canvas", [*options, ("Delete…", f"delete:{info.id}")]),
    )


def build_settings_message(info: CanvasInfo, settings: CanvasSettings) -> Message:
    """Return the answer to whoever changed the settings."""
    cards, editors = CARD_LOCATION_LABELS[settings.card_location], EDITORS_LABELS[settings.editors]
    return build_message(
        f"Settings of *{escape(info.title)}*: new cards go {cards[0].lower()}{cards[1:]}; "
        f"entries may be edited and deleted by {editors[0].lower()}{editors[1:]}."
    )
