"""What changing an entry looks like. Pure."""

from collections.abc import Sequence

from slack_sdk.models.blocks import ExternalDataSelectElement, Option, StaticSelectElement
from slack_sdk.models.blocks.block_elements import InputInteractiveElement

from bot.features.entries.duplicates import close_to
from bot.features.entries.forms import edit_form
from bot.method.kinds import ABOUT
from bot.method.model import Entry
from bot.slack.blockkit.builders import OPTIONS, Message, View, field, message, modal, note, option, section
from bot.slack.blockkit.forms import Form
from bot.slack.blockkit.text import esc, linked
from bot.store.model import Card, Draft, Edition

MERGE = "merge_entry"  # callback id
INTO = "into"  # action id


def saved(card: Card, draft: Draft, *, anew: bool) -> Message:
    moved = f" It is a {ABOUT[draft.kind].word} now." if draft.kind is not card.entry.kind else ""
    votes = " Its votes start anew, on a new card." if anew else " Its card follows."
    return message(f"Saved: “{esc(draft.text)}”.{moved}{votes}")


def overtaken_form(card: Card, editor: str, draft: Draft, products: Sequence[Entry], votes: int) -> View:
    """The form again for somebody whose edit came second: nothing of theirs is lost, nothing written over."""
    warning = (
        f":warning: {esc(editor)} changed this entry meanwhile to “{esc(card.entry.text)}”. "
        "Press *Save* again to put your text in its place."
    )
    return edit_form(card, draft.kind, products, votes, warning, draft.text)


def merge_form(card: Card, others: Sequence[Entry]) -> View:
    """Ask which entry of the box stays. One that says nearly the same is offered first."""
    about = ABOUT[card.entry.kind]
    like = close_to(card.entry.kind, card.entry.text, others)
    initial = option(like.text, str(like.id)) if like else None
    select: InputInteractiveElement
    if len(others) > OPTIONS:
        select = ExternalDataSelectElement(
            action_id=INTO, placeholder="Type to find", min_query_length=0, initial_option=initial
        )
    else:
        select = StaticSelectElement(
            action_id=INTO, placeholder="Choose", options=heir_options(others), initial_option=initial
        )
    return modal(
        MERGE,
        "Merge into another",
        [
            section(f"{about.icon} *{about.word.capitalize()}*\n{esc(card.entry.text)}"),
            field(INTO, f"The {about.word} that stays", select),
            note(
                "Its votes, marks and links go over to the one that stays: who voted on both counts once, "
                "with the higher vote. *Undo* is on its card."
            ),
        ],
        about={"channel": card.channel_id, "canvas": card.canvas_id, "entry": card.entry.id},
        submit="Merge",
    )


def heir_options(others: Sequence[Entry], words: str = "") -> list[Option]:
    """Return the entries whose text contains these words."""
    found = [entry for entry in others if words.casefold() in entry.text.casefold()]
    return [option(entry.text, str(entry.id)) for entry in found[:OPTIONS]]


def read_heir(form: Form) -> str:
    return form.choice(INTO) or ""


def merged(card: Card, into: Card) -> Message:
    return message(
        f"Merged “{esc(card.entry.text)}” into “{esc(into.entry.text)}”, with its votes, marks and links. "
        "Its card has an *Undo*."
    )


def back(card: Card) -> Message:
    again = "is back" if card.merged_into is None else "is an entry of its own again"
    return message(f"“{esc(card.entry.text)}” {again}, with its votes and marks.")


def edited(before: Edition, after: Edition | Entry, editor: str) -> Message:
    """What the thread shows of an edit: what changed, and what became of the votes."""
    changes = []
    if before.kind is not after.kind:
        changes.append(f"moved from {ABOUT[before.kind].plural} to {ABOUT[after.kind].plural}")
    if before.text != after.text:
        changes.append(f"“{esc(before.text)}” → “{esc(after.text)}”")
    if before.category != after.category:
        changes.append(f"category {esc(before.category or 'none')} → {esc(after.category or 'none')}")
    what = "; ".join(changes) or "which products deliver it"
    votes = "The votes start anew, on a new card." if before.anew else "The votes stand."
    words = f":pencil2: {esc(editor)} changed a {ABOUT[before.kind].word}: {what}. {votes}"
    return message(words, section(words))


def old_card(card: Card, link: str) -> Message:
    """What stands in place of a card whose votes started anew."""
    about, text = ABOUT[card.entry.kind], esc(card.entry.text)
    where = f" {linked(link, 'on its new card')}" if link else " on its new card"
    says = f"The votes on this {about.word} started anew{where}, where it says “{text}”."
    return message(says, note(says))


def deleted(card: Card, *, now: bool) -> Message:
    says = "Deleted" if now else "Deleted already"
    return message(f"{says}: “{esc(card.entry.text)}”. Its card has an *Undo*.")
