"""Build the card of an entry, and its menu. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from slack_sdk.models.blocks import ButtonElement, ConfirmObject, OverflowMenuElement, PlainTextObject

from bot.features.cards.discussions import count_reasons, describe_reasons_end, list_reasons
from bot.method.discussions import Discussion, DiscussionState
from bot.method.evidence import NO_EVIDENCE, EntryEvidence
from bot.method.formatting import format_levels, format_score
from bot.method.model import Entry
from bot.method.ranking import RankedEntry
from bot.slack.blockkit.builders import (
    Block,
    Enhanced,
    Message,
    action_button,
    actions_block,
    actions_blocks,
    build_message,
    command_button,
    context_note,
    folded_block,
    overflow_menu,
    pack_sections,
    section_block,
)
from bot.slack.blockkit.text import capitalize, count_noun, escape, format_link
from bot.store.model import Card
from bot.times.clock import format_moment, format_short_day

UNKNOWN_NAME = "somebody"
ENTRY_MENU = "entry"  # action id; its options belong to several features
DISCUSS_ACTION = "discuss"  # action id
MAX_REASONS_CHARACTERS = 4000


def build_card(
    card: Card,
    names: Mapping[str, str],
    ranked: RankedEntry,
    target_text: str = "",
    editor_ids: Sequence[str] = (),
    evidence: EntryEvidence = NO_EVIDENCE,
    tested_until: date | None = None,
    discussion: Discussion | None = None,
) -> Message:
    """Build an entry's card, or the message that replaces it once the entry is deleted or merged.

    `names` are the names of users by id; `target_text` is the text of the merge target, "" without one;
    `editor_ids` are who may edit the entry, empty where anyone may; `tested_until` is the last day of its
    test that runs; `discussion` is the last one of it.
    """
    entry, spec = card.entry, card.entry.kind.spec
    is_asking = discussion is not None and discussion.state is DiscussionState.ASKING
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
            *(
                [f"in discussion, collecting reasons until {describe_reasons_end(discussion)}"]
                if discussion and is_asking
                else []
            ),
        ]
    )
    reasons = [] if discussion is None or is_asking else list_reasons(discussion, names)
    title = f"{spec.icon} *{capitalize(spec.singular)}*{category}\n{text}"
    whole = section_block(title, build_entry_menu(entry.id))
    restricted = section_block(title, build_entry_menu(entry.id, may_edit=False))
    return build_message(
        "\n".join([f"{capitalize(spec.singular)}: {text} ({author} · {votes})", *reasons]),
        Enhanced((restricted,), (whole,)) if editor_ids else whole,
        context_note(f"{author}{_describe_source(card)} · {votes}{_link_ticket(card)}"),
        folded_block(f"Reasons: {count_reasons(discussion)}", pack_sections(reasons, MAX_REASONS_CHARACTERS))
        if discussion and reasons
        else None,
        Enhanced((*_build_edit_buttons(entry.id, editor_ids),)) if editor_ids else None,
        actions_block(None if is_asking else build_discuss_choice(card.canvas_id, [ranked])),
    )


def build_discuss_choice(canvas_id: int, ranked_entries: Iterable[RankedEntry]) -> ButtonElement | None:
    """Return the button to discuss what is divisive among these entries, or to choose from several."""
    match [ranked.entry for ranked in ranked_entries if ranked.divisive]:
        case []:
            return None
        case [entry]:
            return build_discuss_button(canvas_id, entry)
        case _:
            return command_button("Discuss", "discuss", canvas_id)


def build_discuss_button(
    canvas_id: int, entry: Entry, style: str | None = None, label: str = "Discuss"
) -> ButtonElement:
    """Return the button that starts a discussion, once its user has confirmed that."""
    confirm = ConfirmObject(
        title="Discuss it now?",
        text=PlainTextObject(
            text="I ask those who voted well above or below the others for a reason, in private. "
            "Then everybody votes on it again, and votes stay hidden until the end."
        ),
        confirm="Ask them",
        deny="Cancel",
    )
    # The action id names the entry too, since Slack rejects two buttons with the same id in a block.
    return ButtonElement(
        text=label,
        action_id=f"{DISCUSS_ACTION}:{entry.id}",
        value=f"{canvas_id}:{entry.id}",
        style=style,
        confirm=confirm,
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
    votes = f"{count_noun(ranked.vote_count, 'vote')} ({format_levels(ranked.entry.votes.values())})"
    notes = [
        *([":star: must-have"] if ranked.must_have else []),
        *([":left_right_arrow: the team is divided"] if ranked.divisive else []),
    ]
    return " · ".join([f"score {format_score(ranked, format_moment)}, {votes}", *notes])
