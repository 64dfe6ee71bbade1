"""Build the card of an entry, and its menu. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from slack_sdk.models.blocks import OverflowMenuElement

from bot.method.evidence import NO_EVIDENCE, EntryEvidence
from bot.method.formatting import format_score
from bot.method.ranking import RankedEntry
from bot.slack.blockkit.builders import (
    Block,
    Enhanced,
    Message,
    action_button,
    actions_blocks,
    build_message,
    context_note,
    overflow_menu,
    section_block,
)
from bot.slack.blockkit.text import capitalize, count_noun, escape, format_link
from bot.store.model import Card
from bot.times.clock import format_moment, format_short_day

UNKNOWN_NAME = "somebody"
NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
ENTRY_MENU = "entry"  # action id; its options belong to several features


def build_card(
    card: Card,
    names: Mapping[str, str],
    ranked: RankedEntry,
    target_text: str = "",
    editor_ids: Sequence[str] = (),
    evidence: EntryEvidence = NO_EVIDENCE,
    tested_until: date | None = None,
) -> Message:
    """Build an entry's card, or the message that replaces it once the entry is deleted or merged.

    `names` are the names of users by id; `target_text` is the text of the merge target, "" without one;
    `editor_ids` are who may edit the entry, empty where anyone may; `tested_until` is the last day of its
    test that runs.
    """
    entry, spec = card.entry, card.entry.kind.spec
    if card.deleted_by_id is not None:
        return _build_deleted_card(card, names.get(card.deleted_by_id, UNKNOWN_NAME), target_text, editor_ids)
    text = escape(entry.text)
    category = f" · {escape(entry.category)}" if entry.category else ""
    author = f"by {escape(names.get(entry.author_id, UNKNOWN_NAME))}"
    votes = " · ".join(
        [
            describe_votes(ranked),
            *([f"_{evidence.state}_"] if evidence.counted else []),
            *([f"test until {format_short_day(tested_until)}"] if tested_until else []),
        ]
    )
    title = f"{spec.icon} *{capitalize(spec.singular)}*{category}\n{text}"
    whole = section_block(title, build_entry_menu(entry.id))
    restricted = section_block(title, build_entry_menu(entry.id, may_edit=False))
    return build_message(
        f"{capitalize(spec.singular)}: {text} ({author} · {votes})",
        Enhanced((restricted,), (whole,)) if editor_ids else whole,
        context_note(f"{author}{_describe_source(card)} · {votes}{_link_ticket(card)}"),
        Enhanced((*_build_edit_buttons(entry.id, editor_ids),)) if editor_ids else None,
    )


def _build_edit_buttons(entry_id: int, editor_ids: Sequence[str]) -> list[Block]:
    """Return buttons that Slack shows to these users only."""
    return actions_blocks(
        [
            action_button(label, f"{ENTRY_MENU}:{option}", f"{option}:{entry_id}", visible_to=editor_ids)
            for label, option in (("Edit", "edit"), ("Merge", "merge"), ("Delete", "delete"))
        ]
    )


def _build_deleted_card(
    card: Card, deleter_name: str, target_text: str, editor_ids: Sequence[str]
) -> Message:
    kind_name, text, deleter = card.entry.kind.spec.singular, escape(card.entry.text), escape(deleter_name)
    summary = f"Deleted by {deleter}: {kind_name} “{text}”"
    if target_text:
        target = escape(target_text)
        summary = f"{capitalize(kind_name)} “{text}” was merged into “{target}” by {deleter}, with its votes"
    undo, undo_for_editors = (
        section_block(summary, action_button("Undo", "undo", str(card.entry.id), visible_to=user_ids))
        for user_ids in ((), editor_ids)
    )
    return build_message(summary, Enhanced((undo_for_editors,), (undo,)))


def _describe_source(card: Card) -> str:
    if card.is_imported:
        return ", from a file"
    return f" from {format_link(card.source_link, 'a message')}" if card.source_link else ""


def _link_ticket(card: Card) -> str:
    return f" · {format_link(card.ticket_link, 'ticket')}" if card.ticket_link else ""


def build_entry_menu(entry_id: int, *, may_edit: bool = True, is_blind: bool = False) -> OverflowMenuElement:
    """Return the menu of an entry: vote on it, explain its figures, edit, merge or delete it.

    With `is_blind`, it has nothing that shows votes.
    """
    options = [] if is_blind else [("Vote", "vote"), ("Why?", "why")]
    if may_edit:
        options += [
            ("Edit or move to another kind", "edit"),
            ("Merge into another", "merge"),
            ("Delete", "delete"),
        ]
    return overflow_menu(ENTRY_MENU, [(label, f"{option}:{entry_id}") for label, option in options])


def describe_votes(ranked: RankedEntry) -> str:
    """Return "score 4.00, 3 votes (two 5s, one 4)", or "waits for votes"."""
    if ranked.score is None:
        return format_score(ranked, format_moment)
    votes = f"{count_noun(ranked.vote_count, 'vote')} ({describe_levels(ranked.entry.votes)})"
    notes = [
        *([":star: must-have"] if ranked.must_have else []),
        *([":left_right_arrow: the team is divided"] if ranked.divisive else []),
    ]
    return " · ".join([f"score {format_score(ranked, format_moment)}, {votes}", *notes])


def describe_levels(votes: Mapping[str, int]) -> str:
    """Return how often each level was voted, the highest first: "two 5s, one 1"."""
    by_level = Counter(votes.values())
    return ", ".join(_count_level(by_level[level], level) for level in sorted(by_level, reverse=True))


def _count_level(number: int, level: int) -> str:
    if number < len(NUMBER_WORDS):
        return f"{NUMBER_WORDS[number]} {level}{'s' if number > 1 else ''}"
    return f"{number} × {level}"  # "12 5s" would read like another number
