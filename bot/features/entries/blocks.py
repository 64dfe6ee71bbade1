"""The messages about entries that were added, edited, merged, deleted or restored. Pure."""

from collections import Counter
from collections.abc import Sequence

from slack_sdk.models.blocks import ButtonElement

from bot.features.cards.blocks import ENTRY_MENU
from bot.features.channels.blocks import explain_missing_messages
from bot.features.entries.model import Addition, PossibleDuplicate
from bot.features.votes.blocks import build_vote_button
from bot.features.votes.model import ALL_BOXES
from bot.method.kinds import Kind
from bot.method.model import Entry
from bot.slack.blockkit.builders import (
    Block,
    Message,
    action_button,
    actions_block,
    build_message,
    command_button,
    context_note,
    section_block,
)
from bot.slack.blockkit.text import capitalize, count_noun, escape, format_link, join_words, truncate
from bot.store.model import CanvasInfo, Card, Draft, EntryRevision, EntryText

MAX_SHOWN_DUPLICATES = 10
MAX_PUT_BACK = 20  # entries that one click puts back
MAX_QUOTED_CHARACTERS = 80  # of the text of an entry in a confirmation


def build_added_message(
    canvas_info: CanvasInfo, addition: Addition, *, names_canvas: bool = False
) -> Message:
    """Return the answer to `add`: a line for what was added, and each possible duplicate with its button.

    `names_canvas` says that the member may not know which canvas it is.
    """
    summary = _describe_addition(canvas_info, addition, names_canvas=names_canvas)
    duplicate_lines = [_describe_not_added(duplicate) for duplicate in addition.duplicates]
    return build_message(
        "\n".join(filter(None, [summary, *duplicate_lines])),
        section_block(summary) if summary else None,
        *_build_duplicate_blocks(canvas_info, addition.duplicates),
        actions_block(
            _build_undo_addition_button(canvas_info, addition),
            _build_follow_up_button(canvas_info, addition),
            command_button("Add another", "add", canvas_info.id),
        ),
    )


def count_kinds(kinds: Sequence[Kind]) -> str:
    """Return "2 jobs, 1 pain and 3 gains", in the order of the boxes."""
    numbers = Counter(kinds)
    return escape(
        join_words(
            [
                count_noun(numbers[kind], kind.spec.singular, kind.spec.plural)
                for kind in Kind
                if numbers[kind]
            ]
        )
    )


def join_entry_ids(entry_ids: Sequence[int]) -> str:
    """Return the ids of entries as a button's value."""
    return ".".join(map(str, entry_ids))


def _describe_addition(canvas_info: CanvasInfo, addition: Addition, *, names_canvas: bool) -> str:
    drafts = addition.drafts
    if not drafts:
        return ""
    counted = count_kinds([draft.kind for draft in drafts])
    if explanation := explain_missing_messages(canvas_info):
        cards = "its card is" if len(drafts) == 1 else "their cards are"
        title = f"*{escape(canvas_info.title)}*"
        return f"Stored {counted} in {title}, but {cards} not in the channel. {explanation}"
    text = f": “{escape(truncate(drafts[0].text, MAX_QUOTED_CHARACTERS))}”" if len(drafts) == 1 else ""
    place = f" to *{escape(canvas_info.title)}*" if names_canvas else ""
    return f"Added {counted}{place}{text}."


def _build_undo_addition_button(canvas_info: CanvasInfo, addition: Addition) -> ButtonElement | None:
    if not addition.entry_ids:
        return None
    return action_button("Undo", "undo_add", f"{canvas_info.id}:{join_entry_ids(addition.entry_ids)}")


def _build_follow_up_button(canvas_info: CanvasInfo, addition: Addition) -> ButtonElement | None:
    """Return what comes next for the new entries: the review of an offer, else the vote."""
    kinds = {draft.kind for draft in addition.drafts}
    if not addition.entry_ids:
        return None
    entry_id = addition.entry_ids[0]
    is_single = len(addition.entry_ids) == 1
    if all(kind.is_offer for kind in kinds):
        if is_single:
            return action_button("Review it", "review_at", f"{canvas_info.id}:{entry_id}")
        return command_button("Review them", "review", canvas_info.id)
    scope = next(iter(kinds)) if len(kinds) == 1 else ALL_BOXES
    label = "Vote on it" if is_single else "Vote on them"
    return build_vote_button(canvas_info.id, scope, label=label, entry_id=entry_id)


def build_undone_message(canvas_info: CanvasInfo, entries: Sequence[Entry]) -> Message:
    """Return the answer to *Undo* after an addition: which entries are gone, with the way back.

    So many that putting them back one by one takes long have none: their cards have *Undo*.
    """
    if not entries:
        return build_message("That is undone already.", replaces_original=True)
    counted = count_kinds([entry.kind for entry in entries])
    text = f"Undone: {counted} {'is' if len(entries) == 1 else 'are'} gone."
    if len(entries) > MAX_PUT_BACK:
        return build_message(text, section_block(text), replaces_original=True)
    ids = join_entry_ids([entry.id for entry in entries])
    put_back = action_button("Put back", "undo_here", f"{canvas_info.id}:{ids}")
    return build_message(text, section_block(text), actions_block(put_back), replaces_original=True)


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


def build_saved_message(
    card: Card,
    draft: Draft,
    *,
    reset_votes: bool,
    unlinks_evidence: bool = False,
    similar: EntryText | None = None,
) -> Message:
    """Return the answer to the member who edited an entry; `similar` is the one that it is like now."""
    moved = (
        f" It is {draft.kind.spec.singular_with_article} now." if draft.kind is not card.entry.kind else ""
    )
    votes = " Its votes are cleared, on a new card." if reset_votes else ""
    if card.message_ts is None:
        votes = " Its card is not in the channel yet."
    evidence = " Its evidence is off it: `/valuemap evidence` has it." if unlinks_evidence else ""
    saved = f"Saved.{moved}{votes}{evidence}"
    if similar is None:
        return build_message(saved)
    text = f"{saved}\nThere is one like it: “{escape(similar.text)}”."
    merge_button = action_button("Merge them", f"{ENTRY_MENU}:merge", f"merge:{card.entry.id}")
    return build_message(text, section_block(text), actions_block(merge_button))


def build_merged_message(card: Card, target: Card) -> Message:
    """Return the answer to the member who merged an entry into another."""
    text, target_text = escape(card.entry.text), escape(target.entry.text)
    outcome = f"Merged “{text}” into “{target_text}”."
    return _build_undoable_message(card, outcome)


def build_restored_message(cards: Sequence[Card], twin_text: str = "") -> Message:
    """Return the answer to the member who undid deletions or a merge.

    `twin_text` is the text of the entry that was added meanwhile and that the restored one is merged into.
    """
    card = cards[0]
    if len(cards) > 1:
        return build_message(f"{capitalize(count_kinds([each.entry.kind for each in cards]))} are back.")
    quoted = f"“{escape(card.entry.text)}”"
    if twin_text:
        return _build_undoable_message(card, f"{quoted} was added again meanwhile: the two are one now.")
    outcome = "is back" if card.merged_into_id is None else "is an entry of its own again"
    return build_message(f"{quoted} {outcome}, with its votes and marks.")


def build_deleted_message(card: Card, *, is_new: bool) -> Message:
    """Return the answer to a member who deleted an entry; `is_new` is False if it was deleted before."""
    outcome = "Deleted" if is_new else "Deleted already"
    return _build_undoable_message(card, f"{outcome}: “{escape(card.entry.text)}”.")


def _build_undoable_message(card: Card, outcome: str) -> Message:
    """Return an answer with the button that undoes the change."""
    undo_button = action_button("Undo", "undo_here", str(card.entry.id))
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
