"""What the list of a channel's canvases and its forms look like. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import Option, PlainTextInputElement, RadioButtonsElement

from bot.features.entries.drafts import NAME, SEGMENT
from bot.slack.blockkit.builders import (
    Block,
    Message,
    View,
    actions,
    button,
    divider,
    field,
    header,
    message,
    modal,
    note,
    option,
    overflow,
    run,
    section,
)
from bot.slack.blockkit.forms import OUTDATED, Form
from bot.slack.blockkit.text import count, esc
from bot.slack.errors import Refusal
from bot.store.model import CanvasInfo, CardsIn, Changers, Rules

RENAME, DELETE, SETTINGS = "rename_canvas", "delete_canvas", "settings"  # callback ids
MOST = 40  # canvases in one message

CARDS = {CardsIn.THREAD: "In one thread, under the canvas's own message", CardsIn.CHANNEL: "In the channel"}
CHANGE = {
    Changers.ANYONE: "Anyone in the channel",
    Changers.AUTHORS: "The author of an entry, and who started the canvas",
    Changers.STARTER: "Who started the canvas",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A canvas in the list."""

    head: CanvasInfo
    archived: bool
    entries: int


def canvases(listed: Sequence[Listed]) -> Message:
    """All canvases of a channel, the current one first."""
    says = f"This channel has {count(len(listed), 'canvas', 'canvases')}."
    shown = [
        _canvas(one, current=number == 0 and not one.archived) for number, one in enumerate(listed[:MOST])
    ]
    more = f"…and {len(listed) - MOST} more, older ones." if len(listed) > MOST else ""
    return message(
        says,
        header("Canvases of this channel"),
        *shown,
        note(more) if more else None,
        note("One customer segment, one canvas. Commands are about the current one."),
        actions(run("Start another", "new"), run("Settings", "settings")),
    )


def _canvas(listed: Listed, *, current: bool) -> Block:
    head, key = listed.head, str(listed.head.id)
    state = " · *current*" if current else " · archived" if listed.archived else ""
    verbs = (
        [("Restore", f"restore:{key}")]
        if listed.archived
        else [
            *([] if current else [("Make it the current one", f"switch:{key}")]),
            ("Rename", f"rename:{key}"),
            ("Archive", f"archive:{key}"),
        ]
    )
    entries = count(listed.entries, "entry", "entries")
    return section(
        f"*{esc(head.title)}*{state}\n{entries}",
        overflow("canvas", [*verbs, ("Delete…", f"delete:{key}")]),
    )


def rename_form(head: CanvasInfo) -> View:
    return modal(
        RENAME,
        "Rename the canvas",
        [
            _text("name", "Name", head.name, NAME),
            _text("segment", "Customer segment", head.segment, SEGMENT, optional=True),
        ],
        about={"channel": head.channel_id, "canvas": head.id},
        submit="Save",
    )


def read_rename_form(form: Form) -> tuple[str, str]:
    return form.text("name"), form.text("segment")


def delete_form(head: CanvasInfo, entries: int, votes: int, reviews: int, *, archived: bool) -> View:
    """Ask once more, and name what goes."""
    goes = f"{count(entries, 'entry', 'entries')}, {count(votes, 'vote')} and {count(reviews, 'review')}"
    return modal(
        DELETE,
        "Delete the canvas?",
        [
            section(
                f"*{esc(head.title)}* and all that belongs to it goes for good: {goes}, and its digests."
            ),
            note(
                "Restore it first if you want an export."
                if archived
                else "To have it out of the way and keep it, archive it instead."
            ),
            note("Its document in the channel stays: delete that in Slack.") if head.document_id else None,
            None if archived else actions(run("Export it first", "export json", head.id)),
        ],
        about={"channel": head.channel_id, "canvas": head.id},
        submit="Delete",
        close="Keep it",
    )


def settings_form(head: CanvasInfo) -> View:
    rules = head.rules
    return modal(
        SETTINGS,
        "Settings",
        [
            section(f"*{esc(head.title)}*"),
            _choice("cards", "Cards go", {key.value: says for key, says in CARDS.items()}, rules.cards_in),
            note("Cards that are there stay where they are."),
            _choice(
                "changers",
                "Entries may be edited and deleted by",
                {key.value: says for key, says in CHANGE.items()},
                rules.changers,
            ),
            divider(),
            note("For admins of this workspace:"),
            actions(button("Delete all data of this workspace…", "forget", "all", style="danger")),
        ],
        about={"channel": head.channel_id, "canvas": head.id},
        submit="Save",
    )


def read_settings_form(form: Form) -> Rules:
    cards = form.choice("cards") or CardsIn.THREAD
    changers = form.choice("changers") or Changers.ANYONE
    if cards not in CARDS or changers not in CHANGE:
        raise Refusal(OUTDATED)
    return Rules(CardsIn(cards), Changers(changers))


def saved(head: CanvasInfo, rules: Rules) -> Message:
    cards, who = CARDS[rules.cards_in], CHANGE[rules.changers]
    return message(
        f"Settings of *{esc(head.title)}*: new cards go {cards[0].lower()}{cards[1:]}; "
        f"entries may be edited and deleted by {who[0].lower()}{who[1:]}."
    )


def _choice(block: str, label: str, options: dict[str, str], chosen: str) -> Block:
    offered: list[Option] = [option(says, value) for value, says in options.items()]
    element = RadioButtonsElement(
        action_id=block, options=offered, initial_option=option(options[chosen], chosen)
    )
    return field(block, label, element)


def _text(block: str, label: str, value: str, length: int, *, optional: bool = False) -> Block:
    element = PlainTextInputElement(action_id="text", initial_value=value or None, max_length=length)
    return field(block, label, element, optional=optional)
