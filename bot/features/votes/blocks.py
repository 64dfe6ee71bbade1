"""Build the voting dialog, and the button that opens it. Pure."""

from collections.abc import Sequence

from slack_sdk.models.blocks import ButtonElement

from bot.features.cards.blocks import build_entry_menu
from bot.features.votes.model import ALL_BOXES, SavedVote, VotingStep
from bot.method.formatting import format_levels
from bot.method.model import Entry, Seal
from bot.method.votes import LEVEL_BY_REACTION
from bot.slack.blockkit.builders import (
    Block,
    Message,
    View,
    action_button,
    actions_block,
    build_message,
    build_modal,
    command_button,
    context_note,
    section_block,
)
from bot.slack.blockkit.text import capitalize, count_noun, escape, format_progress, truncate
from bot.store.model import CanvasInfo
from bot.times.clock import format_moment

LEVELS = sorted(LEVEL_BY_REACTION.values())
VOTING_DIALOG = "voting"  # callback id
VOTE_ACTION, CAST_ACTION, UNDO_ACTION = "vote", "cast", "uncast"  # action ids
SEALED_CAST_ACTION = "cast_sealed"  # action id
NO_OPINION = 0  # in a button's value in place of a level
END = "end"  # in a button's value in place of an entry's id
NO_OPINION_TEXT = "You have *no opinion*: a vote from before, or a number on the card, stays. "
MAX_SAVED_CHARACTERS = 80  # of the text of the entry that was voted on before


def build_vote_button(
    canvas_id: int,
    scope: str = ALL_BOXES,
    *,
    label: str = "Vote",
    entry_id: int = 0,
    style: str | None = None,
) -> ButtonElement:
    """Return a button to the voting dialog, at an entry, or at the first one without the member's vote."""
    value = f"{canvas_id}:{scope} {entry_id}" if entry_id else f"{canvas_id}:{scope}"
    return action_button(label, f"{VOTE_ACTION}:{value}", value, style)


def build_voting_dialog(step: VotingStep, value_maps_page: int | None = None, warning: str = "") -> View:
    """Return a step of the dialog. `value_maps_page` is the page of the dialog that it was opened from."""
    maps_button = (
        None if value_maps_page is None else action_button("‹ Value maps", "maps", str(value_maps_page))
    )
    blocks = (
        _build_end(step, maps_button)
        if step.current is None
        else _build_vote(step, step.current, maps_button)
    )
    return build_modal(
        VOTING_DIALOG,
        "Vote",
        [
            context_note(f":warning: {warning}") if warning else None,
            _build_saved(step, step.saved) if step.saved else None,
            *blocks,
        ],
        private_metadata={
            "channel": step.canvas_info.channel_id,
            "canvas": step.canvas_info.id,
            "maps": value_maps_page,
        },
        close_label="Done",
    )


def build_seal_notice(canvas_info: CanvasInfo, seal: Seal) -> Message:
    """Return the direct message to a member who set a number on a sealed card."""
    text = (
        f"The vote on that card of *{escape(canvas_info.title)}* in <#{canvas_info.channel_id}> is sealed: "
        f"numbers on cards do not count before {format_moment(seal.until)}, and then only where you cast no "
        "vote in private."
    )
    button = build_vote_button(canvas_info.id, label="Vote in private", style="primary")
    return build_message(text, section_block(text, button))


def _build_vote(step: VotingStep, current: Entry, maps_button: ButtonElement | None) -> list[Block | None]:
    """Return an entry with a button for each level."""
    spec = current.kind.spec
    category = f" · {escape(current.category)}" if current.category else ""
    levels = _build_sealed_levels if current.seal else _build_levels
    has_voted = current.id in step.voted_ids
    return [
        context_note(_describe_progress(step, current)),
        section_block(
            f"{spec.icon} *{escape(current.text)}*{category}",
            build_entry_menu(current.id, is_blind=True) if step.may_edit else None,
        ),
        *levels(step, current),
        actions_block(
            _build_step_button("‹ Back", "back", step, step.previous) if step.previous else None,
            _build_step_button("Next ›" if has_voted else "Skip", "skip", step, step.next_unvoted),
            maps_button,
        ),
    ]


def _build_levels(step: VotingStep, current: Entry) -> list[Block | None]:
    """Return five buttons. The others' votes are not shown before the member's own."""
    own = current.votes.get(step.user_id)
    others = (
        "Others' votes show after yours." if own is None else f"You voted *{own}*. {_describe_votes(current)}"
    )
    return [
        actions_block(
            *(
                action_button(
                    str(level),
                    f"{CAST_ACTION}:{level}",
                    f"{step.canvas_info.id}:{step.scope} {current.id} {level}",
                    "primary" if level == own else None,
                )
                for level in LEVELS
            )
        ),
        context_note(f"{current.kind.spec.scale} · {others}"),
    ]


def _build_sealed_levels(step: VotingStep, current: Entry) -> list[Block | None]:
    """Return the buttons of a sealed entry, the highest level first. Nobody sees the votes of others."""
    assert current.seal is not None
    sealed_votes = step.sealed_votes
    own = (sealed_votes[current.id] or NO_OPINION) if current.id in sealed_votes else None
    labels = {**{level: str(level) for level in reversed(LEVELS)}, NO_OPINION: "No opinion"}
    value = f"{step.canvas_info.id}:{step.scope} {current.id} {current.seal.round_id}"
    own_vote = "" if own is None else f"You voted *{own}*. " if own else NO_OPINION_TEXT
    return [
        actions_block(
            *(
                action_button(
                    label,
                    f"{SEALED_CAST_ACTION}:{level}",
                    f"{value} {level}",
                    "primary" if level == own else None,
                )
                for level, label in labels.items()
            )
        ),
        context_note(
            f"{current.kind.spec.scale} · {own_vote}"
            f"Nobody sees votes before {format_moment(current.seal.until)}; change yours until then."
        ),
    ]


def _build_end(step: VotingStep, maps_button: ButtonElement | None) -> list[Block | None]:
    """Return what is left, and where to go on."""
    canvas_id, left = step.canvas_info.id, len(step.unvoted)
    rank_command = f"rank {step.kind.spec.singular}" if step.kind else "rank"
    if left:
        text = f"You skipped {count_noun(left, 'card')}."
    else:
        text = f":tada: You have voted on {_describe_all(step)}."
    return [
        section_block(text),
        _describe_seals(step.entries),
        actions_block(
            build_vote_button(canvas_id, step.scope, label="Vote on the rest", style="primary")
            if left
            else None,
            _build_step_button("Change a vote", "again", step, step.entries[0]),
            command_button("Ranking", rank_command, canvas_id),
            maps_button,
        ),
    ]


def _describe_seals(entries: Sequence[Entry]) -> Block | None:
    """Return until when sealed votes can be changed, also where not all end at the same time."""
    ends = {entry.seal.until for entry in entries if entry.seal}
    if not ends:
        return None
    if len(ends) == 1:
        text = f"Your votes are sealed until {format_moment(min(ends))}: change them until then."
    else:
        text = (
            f"Your votes are sealed, the first of them until {format_moment(min(ends))} and the last until "
            f"{format_moment(max(ends))}: change them until then."
        )
    return context_note(text)


def _build_step_button(label: str, name: str, step: VotingStep, entry: Entry | None) -> ButtonElement:
    """Return a button to another step; None is the end."""
    value = f"{step.canvas_info.id}:{step.scope} {entry.id if entry else END}"
    return action_button(label, f"{VOTE_ACTION}:{name}", value)


def _build_saved(step: VotingStep, saved: SavedVote) -> Block:
    """Return the vote that was just saved with those of the others, and a button that takes it back."""
    text = f"“{escape(truncate(saved.entry.text, MAX_SAVED_CHARACTERS))}”"
    if saved.entry.seal:
        level = "No opinion" if saved.level is None else saved.level
        return section_block(
            f":white_check_mark: *{level}* for {text} · only you see it",
            _build_step_button("Change", "change", step, saved.entry),
        )
    if saved.level is None:
        return section_block(f":leftwards_arrow_with_hook: Your vote on {text} is taken back.")
    value = f"{step.canvas_info.id}:{step.scope} {saved.entry.id} {saved.level_before or 0}"
    return section_block(
        f":white_check_mark: *{saved.level}* for {text} · {_describe_votes(saved.entry)}",
        action_button("Undo", UNDO_ACTION, value),
    )


def _describe_progress(step: VotingStep, current: Entry) -> str:
    """Return "*Pains* 3 of 6 · ●●◉○○○ · 21 cards left · Map"."""
    if step.scope.isdecimal():  # one entry alone
        return escape(step.canvas_info.name)
    box, position, voted_ids = step.box, step.box.index(current), step.voted_ids
    parts = (
        f"*{capitalize(current.kind.spec.plural)}* {position + 1} of {len(box)}",
        format_progress([entry.id in voted_ids for entry in box], position),
        f"{count_noun(len(step.unvoted), 'card')} left",
        escape(step.canvas_info.name),
    )
    return " · ".join(filter(None, parts))


def _describe_all(step: VotingStep) -> str:
    count = len(step.entries)
    if step.scope.isdecimal():
        return "it"
    if step.kind is None:
        return f"all {count_noun(count, 'card')}"
    return f"all {count_noun(count, step.kind.spec.singular, step.kind.spec.plural)}"


def _describe_votes(entry: Entry) -> str:
    """Return all votes on an entry, the highest first: "3 votes: two 5s, one 1"."""
    return f"{count_noun(len(entry.votes), 'vote')}: {format_levels(entry.votes.values())}"
