"""The messages about entries that were added, edited, merged, deleted or restored. Pure."""

from collections.abc import Sequence

from bot.features.channels.blocks import explain_missing_messages
from bot.features.entries.model import PossibleDuplicate
from bot.method.model import Entry
from bot.slack.blockkit.builders import (
    Block,
    Message,
    action_button,
    actions_block,
    build_message,
    command_button,
    context_note,
    pack_sections,
    section_block,
)
from bot.slack.blockkit.text import count_noun, escape, format_link
from bot.store.model import CanvasInfo, Card, Draft, EntryRevision

MAX_SHOWN_DUPLICATES = 10
MAX_ADDED_LINES_LENGTH = 6000  # characters of the added entries in one message
MAX_ADDED_LINES_LENGTH_WITH_DUPLICATES = 4000


def build_added_message(
    canvas_info: CanvasInfo, drafts: Sequence[Draft], duplicates: Sequence[PossibleDuplicate] = ()
) -> Message:
    """Return the answer to `add`: the added entries, and each possible duplicate with a button to add it."""
    not_added = {duplicate.draft for duplicate in duplicates}
    lines = [
        f"{draft.kind.spec.icon} {draft.kind.spec.singular}: {escape(draft.text)}"
        for draft in drafts
        if draft not in not_added
    ]
    number = count_noun(len(lines), "entry", "entries")
    title = f"Added {number} to *{escape(canvas_info.title)}*:" if lines else ""
    explanation = explain_missing_messages(canvas_info) if lines else ""
    if explanation:
        cards = "its card is" if len(lines) == 1 else "their cards are"
        title = (
            f"Stored {number} in *{escape(canvas_info.title)}*, but {cards} not in the channel. {explanation}"
        )
    duplicate_lines = [_describe_not_added(duplicate) for duplicate in duplicates]
    return build_message(
        "\n".join(filter(None, [title, *lines, *duplicate_lines])),
        section_block(title) if title else None,
        *pack_sections(
            lines, MAX_ADDED_LINES_LENGTH_WITH_DUPLICATES if duplicates else MAX_ADDED_LINES_LENGTH
        ),
        *_build_duplicate_blocks(canvas_info, duplicates),
        actions_block(
            command_button("Add another", "add", canvas_info.id),
            command_button("Rank", "rank", canvas_info.id),
        ),
    )


def _build_duplicate_blocks(canvas_info: CanvasInfo, duplicates: Sequence[PossibleDuplicate]) -> list[Block]:
    """Return a section with the button "Add anyway" for each draft that was not added."""
    blocks: list[Block] = []
    for duplicate in duplicates[:MAX_SHOWN_DUPLICATES]:
        draft = duplicate.draft
        # The value holds the whole draft, since nothing of it is stored. Slack allows 2,000 characters.
        add_button = action_button("Add anyway", "add_anyway", f"{canvas_info.id}:{draft.kind}:{draft.text}")
        blocks.append(section_block(_describe_not_added(duplicate), add_button))
    hidden_count = len(duplicates) - MAX_SHOWN_DUPLICATES
    if hidden_count > 0:
        blocks.append(context_note(f"…and {hidden_count} more that are close to others."))
    return blocks


def _describe_not_added(duplicate: PossibleDuplicate) -> str:
    """Return what was not added, and the entry that is there already, unless both have the same text."""
    draft = duplicate.draft
    same = draft.text == duplicate.similar_text
    not_added = "" if same else f"Not added: {draft.kind.spec.singular} “{escape(draft.text)}”. "
    return f"{not_added}{describe_duplicate(duplicate)}"


def describe_duplicate(duplicate: PossibleDuplicate) -> str:
    """Return a sentence that names the similar entry, with a link to its card if it has one."""
    vote = f" <{duplicate.card_link}|Vote on it>" if duplicate.card_link else ""
    return f"Already there: “{escape(duplicate.similar_text)}”.{vote}"


def build_already_added_message(draft: Draft) -> Message:
    """Return the answer to a second click on "Add anyway"."""
    return build_message(f"“{escape(draft.text)}” is there already.")


def build_saved_message(card: Card, draft: Draft, *, reset_votes: bool) -> Message:
    """Return the answer to the member who edited an entry."""
    moved = (
        f" It is {draft.kind.spec.singular_with_article} now." if draft.kind is not card.entry.kind else ""
    )
    votes = " Its votes are cleared, on a new card." if reset_votes else ""
    if card.message_ts is None:
        votes = " Its card is not in the channel yet."
    return build_message(f"Saved.{moved}{votes}")


def build_merged_message(card: Card, target: Card) -> Message:
    """Return the answer to the member who merged an entry into another."""
    text, target_text = escape(card.entry.text), escape(target.entry.text)
    outcome = f"Merged “{text}” into “{target_text}”, with its votes, marks and links."
    return _build_undoable_message(card, outcome)


def build_restored_message(card: Card) -> Message:
    """Return the answer to the member who undid a deletion or a merge."""
    outcome = "is back" if card.merged_into_id is None else "is an entry of its own again"
    return build_message(f"“{escape(card.entry.text)}” {outcome}, with its votes and marks.")


def build_deleted_message(card: Card, *, is_new: bool) -> Message:
    """Return the answer to a member who deleted an entry; `is_new` is False if it was deleted before."""
    outcome = "Deleted" if is_new else "Deleted already"
    return _build_undoable_message(card, f"{outcome}: “{escape(card.entry.text)}”.")


def _build_undoable_message(card: Card, outcome: str) -> Message:
    """Return an answer with the button that undoes the change."""
    undo_button = action_button("Undo", "undo", str(card.entry.id))
    return build_message(outcome, section_block(outcome), actions_block(undo_button))


def build_revision_message(before: EntryRevision, after: EntryRevision | Entry, editor_name: str) -> Message:
    """Return the message for a card's thread: what an edit changed, and whether the votes still count."""
    changes = []
    if before.kind is not after.kind:
        changes.append(f"moved from {before.kind.spec.plural} to {after.kind.spec.plural}")
    if before.text != after.text:
        changes.append(f"“{escape(before.text)}” → “{escape(after.text)}”")
    if before.category != after.category:
        changes.append(f"category {escape(before.category or 'none')} → {escape(after.category or 'none')}")
    summary = "; ".join(changes) or "which products deliver it"
    votes = "The votes are cleared, on a new card." if before.votes_reset else "The votes are kept."
    kind_name = before.kind.spec.singular_with_article
    text = f":pencil2: {escape(editor_name)} changed {kind_name}: {summary}. {votes}"
    return build_message(text, section_block(text))


def build_old_card_message(card: Card, link: str) -> Message:
    """Return the message that replaces the old card of an entry whose votes were reset."""
    location = f" {format_link(link, 'on its new card')}" if link else " on its new card"
    singular, text = card.entry.kind.spec.singular, escape(card.entry.text)
    message = f"The votes on this {singular} were cleared. It goes on{location}, where it says “{text}”."
    return build_message(message, context_note(message))
