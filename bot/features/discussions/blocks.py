"""What discussions look like: their list, the question for a reason, the call and the result. Pure."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from slack_sdk.models.blocks import ButtonElement

from bot.features.cards.blocks import build_discuss_button
from bot.features.cards.discussions import (
    count_reasons,
    describe_reasons_end,
    describe_result,
    describe_shift,
    describe_verdict,
    describe_votes,
    list_reasons,
)
from bot.features.channels.blocks import explain_missing_messages
from bot.features.discussions.model import ListedDiscussions, count_answers
from bot.features.fit.blocks import build_why_button
from bot.features.fit.next_step import build_test_button
from bot.features.rounds.blocks import SEALED_NOTE, build_call_buttons
from bot.features.rounds.model import RoundFacts
from bot.features.votes.blocks import build_vote_button
from bot.method.discussions import (
    MAX_IN_A_ROW,
    Direction,
    Discussion,
    DiscussionResult,
    DiscussionState,
    Reason,
    is_to_be_tested,
)
from bot.method.formatting import format_decimals, format_levels
from bot.method.model import Entry
from bot.slack.blockkit.builders import (
    Block,
    Message,
    action_button,
    actions_block,
    build_message,
    command_button,
    context_note,
    folded_block,
    pack_sections,
    section_block,
)
from bot.slack.blockkit.text import capitalize, escape, truncate
from bot.store.model import CanvasInfo

REASON_ACTION, NO_REASON_ACTION = "give_reason", "no_reason"
OPEN_VOTE_ACTION, TAKE_BACK_ACTION = "open_vote", "discussion_back"
MAX_TEXT_CHARACTERS = 200  # of an entry
MAX_TITLE_CHARACTERS = 100  # of the canvas
MAX_ROWS = 4  # of what is in discussion, and of what divides the team
MAX_FINISHED = 5
MAX_REASONS_CHARACTERS = 6000
ALONE_NOTE = "Nobody else is asked for a reason for {}, so others may guess that it is yours."
ListRow = tuple[str, ButtonElement | None]  # a line and its button
NOTHING_DIVIDES = (
    "Nothing divides the team now. To discuss another entry, type `/valuemap discuss` and some of its words."
)


def build_discussion_list(listed: ListedDiscussions) -> Message:
    """Return what is in discussion, what divides the team, and what the last discussions changed."""
    title = escape(truncate(listed.canvas_info.title, MAX_TITLE_CHARACTERS))
    rows = [_list_running(listed), _list_divisive(listed)]
    finished = [f"• {_name(entry)} · {describe_result(result)}" for result, entry in listed.finished]
    nothing = "" if any(rows) else NOTHING_DIVIDES
    lines = [line for each in rows for line, _ in each]
    return build_message(
        "\n".join(filter(None, [f"Discussions of {title}.", nothing, *lines, *finished])),
        section_block(f"*{'What divides the team' if listed.divisive else 'Discussions'}* · {title}"),
        context_note(nothing) if nothing else None,
        *(block for each in rows for block in _build_rows(each)),
        folded_block("Discussed lately", pack_sections(finished[:MAX_FINISHED], MAX_REASONS_CHARACTERS))
        if finished
        else None,
    )


def _list_running(listed: ListedDiscussions) -> list[ListRow]:
    return [
        (
            f":speech_balloon: {_describe_running(discussion, entry)}",
            _build_open_button(discussion, listed),
        )
        for discussion, entry in listed.running
    ]


def _list_divisive(listed: ListedDiscussions) -> list[ListRow]:
    return [
        (
            f":left_right_arrow: {_name(ranked.entry)} · {format_levels(ranked.entry.votes.values())}",
            build_test_button(listed.canvas_info, ranked.entry.id)
            if is_to_be_tested(listed.discussions, ranked.entry.id)
            else build_discuss_button(listed.canvas_info.id, ranked.entry),
        )
        for ranked in listed.divisive
    ]


def _build_rows(rows: Sequence[ListRow]) -> list[Block]:
    """Return the first rows as blocks, and the number of the others."""
    hidden = len(rows) - MAX_ROWS
    more = [context_note(f"_…and {hidden} more, in `/valuemap rank`_")] if hidden > 0 else []
    return [*(section_block(line, button) for line, button in rows[:MAX_ROWS]), *more]


def build_started_answer(canvas_info: CanvasInfo, discussion: Discussion, entry: Entry) -> Message:
    """Return the answer to the member who started a discussion."""
    name = _name(entry)
    if discussion.state is not DiscussionState.ASKING:
        text = (
            f"All votes on {name} are close together, so I ask for no reasons: everybody can vote on it "
            "again, sealed."
        )
        return build_message(f"{text} {explain_missing_messages(canvas_info)}".strip())
    asked = len(discussion.reasons)
    people = "1 member" if asked == 1 else f"{asked} members"
    text = (
        f"I've asked {people} in private for a reason on {name}. When all have answered, at the latest "
        f"{describe_reasons_end(discussion)}, the reasons stand under the card and everybody votes on it "
        "again, sealed."
    )
    return build_message(
        text,
        section_block(text),
        actions_block(
            action_button("Open the vote", OPEN_VOTE_ACTION, f"{canvas_info.id}:{discussion.id}"),
            action_button("Take it back", TAKE_BACK_ACTION, f"{canvas_info.id}:{discussion.id}"),
        ),
    )


def build_vote_opened_answer(entry: Entry) -> Message:
    """Return the answer to the member who opened the vote without waiting for more reasons."""
    return build_message(f"The sealed vote on {_name(entry)} is open. I've told the channel.")


def build_taken_back_answer() -> Message:
    """Return the answer to the member who took a discussion back."""
    return build_message("The discussion is taken back: nobody's reason is shown.")


def build_question(
    canvas_info: CanvasInfo, discussion: Discussion, entry: Entry, reason: Reason, starter_name: str
) -> Message:
    """Return the direct message that asks a member for a reason."""
    text = (
        f"{escape(starter_name)} wants the team to discuss {_name(entry)} of "
        f"*{escape(truncate(canvas_info.title, MAX_TITLE_CHARACTERS))}* in <#{canvas_info.channel_id}>. "
        f"{describe_own_vote(discussion, reason)}"
    )
    value = f"{canvas_info.id}:{discussion.id}"
    return build_message(
        text,
        section_block(text),
        actions_block(
            action_button("Give a reason", REASON_ACTION, value, "primary"),
            action_button("No reason", NO_REASON_ACTION, value),
        ),
        context_note(
            "Your reason is shown without your name, once all have answered or at "
            f"{describe_reasons_end(discussion)}. Then everybody votes on it again."
        ),
        context_note(ALONE_NOTE.format(reason.direction)) if discussion.is_alone(reason) else None,
    )


def describe_own_vote(discussion: Discussion, reason: Reason) -> str:
    """Return "You voted *1*, below the team's mean of 3.00: what is your reason for lower?"."""
    votes = discussion.votes_before
    mean = format_decimals(Fraction(sum(votes.values()), len(votes)))
    side = "above" if reason.direction is Direction.HIGHER else "below"
    return (
        f"You voted *{votes[reason.user_id]}*, {side} the team's mean of {mean}: "
        f"what is your reason for {reason.direction}?"
    )


def build_answered(discussion: Discussion, reason: str, canvas_id: int) -> Message:
    """Return the answer to a member who gave a reason, or none."""
    if discussion.state is DiscussionState.CLOSED:
        return build_message("Thank you. The entry was deleted meanwhile, so its discussion is over.")
    if discussion.state is not DiscussionState.ASKING:
        text = "Thank you. All have answered: the reasons are under the card, and the vote is open."
        vote_button = build_vote_button(canvas_id, str(discussion.entry_id), label="Vote in private")
        return build_message(text, section_block(text, vote_button))
    saved = "Thank you: your reason is saved." if reason else "Thank you: no reason from you."
    text = f"{saved} You can change it until {describe_reasons_end(discussion)}, or until all have answered."
    button = action_button("Change it", REASON_ACTION, f"{canvas_id}:{discussion.id}")
    return build_message(text, section_block(text, button))


def build_call(facts: RoundFacts, discussion: Discussion, names: Mapping[str, str]) -> Message:
    """Return the call of a discussion's vote, with the reasons. The votes of before are sealed, too."""
    round_, canvas_info = facts.round, facts.canvas_info
    title = escape(truncate(canvas_info.title, MAX_TITLE_CHARACTERS))
    if not facts.entries:
        text = f"The {round_.name} of {title} rests: its entry was deleted. *Undo* on its card restores it."
        return build_message(text, context_note(text))
    (entry,) = facts.entries
    request = (
        f"{escape(facts.starter_name)} asks you to vote again in private on {_name(entry)} "
        f"by {round_.deadline_text}"
    )
    turnout, reasons = facts.describe_turnout("have voted", "has voted"), list_reasons(discussion, names)
    link = facts.card_links.get(entry.id)
    card = f" · <{link}|its card>" if link else ""
    return build_message(
        "\n".join([f"{request}. {turnout}.", *reasons]),
        section_block(f"*{request}*\n{title} · *{turnout}*{card}"),
        *pack_sections(reasons, MAX_REASONS_CHARACTERS),
        build_call_buttons(canvas_info.id, round_),
        context_note(f"{SEALED_NOTE} If you do not vote again, your earlier vote stays."),
    )


def build_result(
    facts: RoundFacts,
    discussion: Discussion,
    result: DiscussionResult,
    divided_in_a_row: int,
    names: Mapping[str, str],
) -> Message:
    """Return the result of a discussion's vote. `divided_in_a_row` counts this one, if it is divided."""
    canvas_info, (entry,) = facts.canvas_info, facts.entries
    title = escape(truncate(canvas_info.title, MAX_TITLE_CHARACTERS))
    notes = [
        title,
        facts.describe_turnout("voted again", "voted again"),
        *(["the others' earlier votes stay"] if result.has_earlier_votes else []),
        *([f"{escape(facts.starter_name)} ended the vote early"] if facts.round.closed_by_id else []),
        *([f"planned for {facts.round.deadline_text}, sent late"] if facts.round.closed_late else []),
    ]
    verdict = f"*{describe_verdict(result)}* {_name(entry)}"
    agreement = _compare(result.agreement_before, result.agreement)
    figures = [
        f"Votes: {describe_votes(result)}",
        f"Score {_compare(result.score_before, result.score)} · agreement {agreement}",
        capitalize(describe_shift(result)),
    ]
    reasons = list_reasons(discussion, names)
    may_repeat = result.is_divided and divided_in_a_row < MAX_IN_A_ROW
    return build_message(
        "\n".join([verdict, " · ".join(notes), *figures, *reasons]),
        section_block(verdict),
        context_note(" · ".join(notes)),
        section_block("\n".join(figures)),
        folded_block(f"Reasons: {count_reasons(discussion)}", pack_sections(reasons, MAX_REASONS_CHARACTERS))
        if reasons
        else None,
        actions_block(
            build_test_button(canvas_info, entry.id) if result.is_divided else None,
            build_discuss_button(canvas_info.id, entry, label="Discuss again") if may_repeat else None,
            build_why_button(entry),
            command_button("Ranking", f"rank {entry.kind.spec.singular}", canvas_info.id),
        ),
    )


def _compare(before: Fraction | float | None, after: Fraction | float | None) -> str:
    return f"{_format(before)} → {_format(after)}"


def _format(value: Fraction | float | None) -> str:
    return "–" if value is None else format_decimals(value)


def _describe_running(discussion: Discussion, entry: Entry) -> str:
    if discussion.state is DiscussionState.VOTING:
        return f"{_name(entry)} · its sealed vote is open"
    end = describe_reasons_end(discussion)
    return f"{_name(entry)} · asking for reasons until {end} · {count_answers(discussion)}"


def _build_open_button(discussion: Discussion, listed: ListedDiscussions) -> ButtonElement | None:
    """Return the button with which the starter opens the vote before the time for reasons is over."""
    if discussion.state is not DiscussionState.ASKING or discussion.starter_id != listed.user_id:
        return None
    value = f"{listed.canvas_info.id}:{discussion.id}"
    return action_button("Open the vote", f"{OPEN_VOTE_ACTION}:{discussion.id}", value)


def _name(entry: Entry) -> str:
    return f"{entry.kind.spec.singular} “{escape(truncate(entry.text, MAX_TEXT_CHARACTERS))}”"
