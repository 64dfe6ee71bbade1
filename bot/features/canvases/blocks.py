"""The messages of canvases: a canvas's own message, the answer to `show`, and a channel's list. Pure."""

from collections.abc import Sequence
from datetime import date

from slack_sdk.models.blocks import ButtonElement
from slack_sdk.models.blocks.block_elements import InteractiveElement

from bot.features.canvases.forms import CARD_LOCATION_LABELS, EDITORS_LABELS
from bot.features.canvases.model import CanvasList, ListedCanvas
from bot.features.channels.blocks import build_restore_button, explain_missing_messages
from bot.features.fit.blocks import format_shares
from bot.features.ranking.blocks import build_box_blocks
from bot.features.tickets.blocks import find_tracker
from bot.method.metrics import CanvasMetrics
from bot.method.summary import describe_must_have_counts, describe_verdict
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
from bot.slack.blockkit.text import count_noun, escape, truncate
from bot.store.model import CanvasInfo, CanvasSettings, CardLocation
from bot.times.clock import format_day, format_weekday

MAX_QUOTED_CHARACTERS = 80
NAME_SEPARATOR = "\n"  # between name and segment in a button's value: neither has a line break
VOTE_HINT = (
    "Vote by reacting: :five: = matters most, :one: = least. I put each number there once, as a button: "
    "mine don't count."
)


def build_canvas_message(canvas_info: CanvasInfo) -> Message:
    """Return the canvas's own message in its channel. The cards are replies to it, or come after it."""
    location = (
        "in this thread" if canvas_info.settings.card_location is CardLocation.THREAD else "in this channel"
    )
    return build_message(
        f"Value map: {escape(canvas_info.title)}",
        header_block(f"Value map: {canvas_info.name}"),
        section_block(f"For *{escape(canvas_info.segment)}*") if canvas_info.segment else None,
        section_block(
            f"Every entry is a card {location}. {VOTE_HINT} Then review which offer fits which need."
        ),
        actions_block(
            command_button("Add an entry", "add", canvas_info.id, style="primary"),
            command_button("Show", "show", canvas_info.id),
            command_button("Review", "review", canvas_info.id),
            command_button("Fit", "fit", canvas_info.id),
        ),
    )


def build_deleted_message(canvas_info: CanvasInfo) -> Message:
    """Return the message that replaces a canvas's own message once the canvas is deleted."""
    text = f"The value map {escape(canvas_info.title)} was deleted."
    return build_message(text, context_note(text))


def build_same_canvas_question(canvas_info: CanvasInfo, name: str, segment: str) -> Message:
    """Return the question whether a second canvas of the same name and segment is meant."""
    text = f"*{escape(canvas_info.title)}* is in this channel already."
    return build_message(
        text,
        section_block(text),
        actions_block(
            action_button("Switch to it", "canvas", f"switch:{canvas_info.id}", style="primary"),
            action_button("Start another anyway", "start_anyway", f":{name}{NAME_SEPARATOR}{segment}"),
        ),
    )


def build_switched_message(canvas_info: CanvasInfo) -> Message:
    """Return the answer to the member who made a canvas the current one."""
    text = f"*{escape(canvas_info.title)}* is this channel's current canvas now."
    return build_message(
        text, section_block(text), actions_block(command_button("Show", "show", canvas_info.id))
    )


def build_archived_message(canvas_info: CanvasInfo) -> Message:
    """Return the answer to the member who archived a canvas, with the way back."""
    pauses = "digest and document rest" if canvas_info.document_id else "digest rests"
    text = f"*{escape(canvas_info.title)}* is archived: its {pauses}."
    return build_message(text, section_block(text), actions_block(build_restore_button(canvas_info.id)))


def build_started_message(canvas_info: CanvasInfo, *, has_others: bool = False) -> Message:
    """Return the answer to the member who started a canvas; `has_others` says that the channel has more."""
    current = " It is this channel's current canvas now." if has_others else ""
    text = f"Started *{escape(canvas_info.title)}*.{current}"
    if canvas_info.restriction:
        text = (
            f"*{escape(canvas_info.title)}* is stored as this channel's current canvas, but its message is "
            f"not in the channel. {explain_missing_messages(canvas_info)}"
        )
    return build_message(
        text,
        section_block(f"{text}\nBegin with what the customer tries to get done, then pains and gains."),
        actions_block(command_button("Add an entry", "add", canvas_info.id, style="primary")),
    )


def build_show_message(
    canvas_info: CanvasInfo, metrics: CanvasMetrics, picture_note: str, next_step_blocks: Sequence[Block] = ()
) -> Message:
    """Return the canvas as it is now: its six boxes, the next step, and buttons.

    `picture_note` says where its picture is; "" for an empty canvas, which has none.
    """
    box_blocks, box_lines = build_box_blocks(metrics)
    return build_message(
        "\n".join([f"Value map: {escape(canvas_info.title)}", *box_lines]),
        header_block(f"Value map: {canvas_info.title}"),
        *box_blocks,
        context_note(picture_note) if picture_note else None,
        *next_step_blocks,
        actions_block(
            command_button("Add an entry", "add", canvas_info.id),
            command_button("Rank", "rank", canvas_info.id),
            command_button("Review", "review", canvas_info.id),
            command_button("Fit", "fit", canvas_info.id),
            command_button("Picture with links", "export png links", canvas_info.id),
            _build_document_element(canvas_info),
        ),
    )


def _build_document_element(canvas_info: CanvasInfo) -> InteractiveElement:
    """Return the button that creates the canvas's document, or the menu of the document if it has one."""
    if not canvas_info.document_id:
        return action_button("Keep as a document", "document", f"{canvas_info.id}:keep")
    return overflow_menu(
        "document",
        [
            ("Bring the document up to date", f"{canvas_info.id}:keep"),
            ("Stop keeping the document", f"{canvas_info.id}:stop"),
        ],
    )


def build_past_day_message(
    canvas_info: CanvasInfo, day: date, metrics: CanvasMetrics, *, is_over: bool = True
) -> Message:
    """Return the six boxes and the fit as they were at the end of a day; today is not over."""
    when = f"{format_weekday(day)} ({canvas_info.time_zone})"
    figures = "votes, marks and evidence" if metrics.canvas.evidence else "votes and marks"
    note = f"As it was at the end of {when}, with the {figures} of then."
    fit = metrics.fit
    box_blocks, box_lines = build_box_blocks(metrics)
    title = f"Value map on {format_day(day)}"
    verdict, counts, share_line = describe_verdict(fit), describe_must_have_counts(fit), format_shares(fit)
    return build_message(
        "\n".join([f"{title}: {escape(canvas_info.title)}. {verdict} {counts}. {share_line}", *box_lines]),
        header_block(f"{title}: {canvas_info.name}"),
        section_block(f"*{verdict}*\n{counts}\n{share_line}"),
        *box_blocks,
        context_note(note if is_over else f"As it is now, on {when}, which is not over."),
        actions_block(
            command_button("Show as it is now", "show", canvas_info.id),
            command_button("Fit now", "fit", canvas_info.id),
        ),
    )


def build_canvas_list(canvas_list: CanvasList) -> Message:
    """Return a page of the canvases of a channel, the current one first."""
    has_current = canvas_list.page == 1 and not canvas_list.searched_text
    canvas_blocks = [
        _build_canvas_block(canvas, is_current=has_current and index == 0 and not canvas.is_archived)
        for index, canvas in enumerate(canvas_list.canvases)
    ]
    number = count_noun(canvas_list.total, "canvas", "canvases")
    summary = f"This channel has {number}."
    if canvas_list.searched_text:
        quoted = escape(truncate(canvas_list.searched_text, MAX_QUOTED_CHARACTERS))
        summary = f"{number} of this channel with “{quoted}” in the name."
    return build_message(
        summary,
        header_block("Canvases of this channel"),
        context_note(summary) if canvas_list.searched_text else None,
        *canvas_blocks,
        context_note("One customer segment per canvas. Commands are about the current one."),
        context_note("`/valuemap canvases WORDS` finds one by name.") if canvas_list.page_count > 1 else None,
        actions_block(
            *_build_page_buttons(canvas_list),
            None if canvas_list.canvas_id else command_button("Start another", "new"),
            command_button("Settings", "settings", canvas_list.canvas_id),
        ),
    )


def _build_page_buttons(canvas_list: CanvasList) -> list[ButtonElement]:
    """Return buttons to the pages around this one. What was searched for has one page."""
    page, page_count, canvas_id = canvas_list.page, canvas_list.page_count, canvas_list.canvas_id
    if canvas_list.searched_text:
        return [command_button("All canvases", "canvases", canvas_id)]
    buttons = [command_button(f"‹ Page {page - 1}", f"canvases {page - 1}", canvas_id)] if page > 1 else []
    if page < page_count:
        label = f"Page {page + 1} of {page_count} ›"
        buttons.append(command_button(label, f"canvases {page + 1}", canvas_id))
    return buttons


def _build_canvas_block(listed_canvas: ListedCanvas, *, is_current: bool) -> Block:
    canvas_info = listed_canvas.canvas_info
    state = " · *current*" if is_current else " · archived" if listed_canvas.is_archived else ""
    options = (
        [("Restore", f"restore:{canvas_info.id}")]
        if listed_canvas.is_archived
        else [
            *([] if is_current else [("Make it the current one", f"switch:{canvas_info.id}")]),
            ("Rename", f"rename:{canvas_info.id}"),
            ("Archive", f"archive:{canvas_info.id}"),
        ]
    )
    entry_text = count_noun(listed_canvas.entry_count, "entry", "entries")
    return section_block(
        f"*{escape(canvas_info.title)}*{state}\n{entry_text}",
        overflow_menu("canvas", [*options, ("Delete…", f"delete:{canvas_info.id}")]),
    )


def build_settings_message(canvas_info: CanvasInfo, settings: CanvasSettings) -> Message:
    """Return the answer to the member who changed the settings."""
    location = CARD_LOCATION_LABELS[settings.card_location]
    editors = EDITORS_LABELS[settings.editors]
    return build_message(
        f"Settings of *{escape(canvas_info.title)}*: new cards go {location[0].lower()}{location[1:]}; "
        f"entries may be edited and deleted by {editors[0].lower()}{editors[1:]}; "
        f"{_describe_tracker(settings)}."
    )


def _describe_tracker(settings: CanvasSettings) -> str:
    tracker = find_tracker(settings)
    if tracker is None:
        return "no tracker is named"
    return f"tickets are made in {tracker.name}" if tracker.name else "tickets are made at your own address"
