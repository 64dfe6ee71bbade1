"""What a voting round looks like until its result: announcement, answers and reminder. Pure."""

from collections.abc import Sequence
from datetime import datetime

from slack_sdk.models.blocks import ButtonElement, ConfirmObject, PlainTextObject

from bot.features.channels.blocks import describe_missing_card, explain_missing_messages
from bot.features.rounds.model import MAX_COUNTED_MEMBERS, Round, RoundFacts
from bot.features.votes.blocks import build_vote_button
from bot.features.votes.model import ALL_BOXES
from bot.method.kinds import Kind
from bot.method.model import Entry
from bot.slack.blockkit.builders import (
    Block,
    Message,
    actions_block,
    build_message,
    context_note,
    header_block,
    pack_sections,
    section_block,
)
from bot.slack.blockkit.text import capitalize, count_noun, escape, truncate
from bot.store.model import CanvasInfo

CLOSE_ACTION_ID = "close_round"
MAX_ANNOUNCED_CARDS = 24  # shared among the boxes: more would fill the channel
MAX_REMINDED_CARDS = 10
MAX_LINKS_CHARACTERS = 7000
MAX_TEXT_CHARACTERS = 120  # of an entry


def build_announcement(facts: RoundFacts) -> Message:
    """Return the message that asks the channel to vote, says how, and counts who has voted."""
    round_, title = facts.round, escape(facts.canvas_info.title)
    request = (
        f"{escape(facts.starter_name)} asks everyone to vote on {_describe_cards(facts)} of *{title}* "
        f"until {round_.deadline_text}."
    )
    progress = f"*{facts.describe_turnout('have voted', 'has voted')}*"
    if facts.complete_voters:
        progress += f", {facts.complete_voters} on every card"
    explanation = f"{_explain_scale(round_.kind)} The number you set last counts, also one from before."
    return build_message(
        f"Vote on {round_.box_name}: {request} {progress}.",
        header_block(f"Vote: {round_.box_name}"),
        section_block(request),
        *_build_card_links(facts, facts.entries, MAX_ANNOUNCED_CARDS),
        context_note(explanation),
        section_block(progress),
        _build_buttons(facts.canvas_info.id, round_),
    )


def build_closed_announcement(facts: RoundFacts) -> Message:
    """Return the announcement of a closed round, with a link to its result."""
    result_note = (
        f": see <{facts.result_link}|the result>" if facts.result_link else "; the result comes in a moment"
    )
    text = (
        f"The vote on {facts.round.box_name} of *{escape(facts.canvas_info.title)}* is closed. "
        f"{facts.describe_turnout('took part', 'took part')}{result_note}."
    )
    return build_message(text, header_block(f"Vote: {facts.round.box_name}"), section_block(text))


def build_paused_announcement(round_: Round) -> Message:
    """Return the announcement while the canvas is archived: it may come back before the deadline."""
    text = (
        f"The vote on {round_.box_name} rests, since its canvas is archived: "
        "`/valuemap canvases` restores it."
    )
    return build_message(text, context_note(text))


def build_announcement_without_result(round_: Round) -> Message:
    """Return the announcement of a closed round whose canvas was archived or deleted."""
    text = f"The vote on {round_.box_name} is over without a result: its canvas was archived or deleted."
    return build_message(text, context_note(text))


def build_opened_answer(
    canvas_info: CanvasInfo, round_: Round, *, has_typed_deadline: bool, is_large_channel: bool
) -> Message:
    """Return the answer to the member who opened a round. In a large channel nobody is reminded."""
    text = f"Vote on {round_.box_name} open until {round_.deadline_text}. I've told the channel."
    if explanation := explain_missing_messages(canvas_info):
        text = (
            f"The vote on {round_.box_name} is open until {round_.deadline_text}, but its call is not in the "
            f"channel. {explanation}"
        )
    hints = []
    if not has_typed_deadline:
        box = round_.box_name if round_.kind else "all"
        hints.append(
            "Without an end a round lasts until tomorrow at 17:00: type for example "
            f"`/valuemap vote {box} until friday 17:00` for another."
        )
    if is_large_channel:
        hints.append(f"In a channel with more than {MAX_COUNTED_MEMBERS} members nobody is reminded.")
    hint = " ".join(hints)
    return build_message(f"{text} {hint}".strip(), section_block(text), context_note(hint) if hint else None)


def build_open_already_answer(facts: RoundFacts, now: datetime) -> Message:
    """Return the answer to the member who wants to open a round while another is open."""
    round_ = facts.round
    call_note = f" <{facts.announcement_link}|Its call> is in the channel." if facts.announcement_link else ""
    explanation = explain_missing_messages(facts.canvas_info)
    if explanation and not facts.announcement_link:
        call_note = f" Its call is not in the channel. {explanation}"
    text = (
        f"A vote on {round_.box_name} of *{escape(facts.canvas_info.title)}* is open already, started by "
        f"{escape(facts.starter_name)}: until {round_.deadline_text}, {round_.describe_time_left(now)}; "
        f"{facts.describe_turnout('have voted', 'has voted')}.{call_note}"
    )
    return build_message(text, section_block(text), _build_buttons(facts.canvas_info.id, round_))


def build_closing_answer(round_: Round, canvas_info: CanvasInfo) -> Message:
    """Return the answer to the member who closed a round."""
    if explanation := explain_missing_messages(canvas_info):
        return build_message(
            f"The vote on {round_.box_name} is closed, but its result cannot be in the channel yet: "
            f"`/valuemap {round_.rank_command}` shows it. {explanation}"
        )
    return build_message(
        f"The vote on {round_.box_name} is closed. I read the cards once more and post the result."
    )


def build_reminder(facts: RoundFacts, user_id: str) -> Message:
    """Return the direct message to one member who has not voted."""
    round_, unvoted, canvas_info = facts.round, facts.list_unvoted(user_id), facts.canvas_info
    vote = f"<{facts.announcement_link}|the vote>" if facts.announcement_link else "the vote"
    text = (
        f"In <#{canvas_info.channel_id}> {vote} on {round_.box_name} of *{escape(canvas_info.title)}* ends "
        f"{round_.deadline_text}, and you have not voted yet: {count_noun(len(unvoted), 'card')} left."
    )
    return build_message(
        text,
        section_block(text),
        *_build_card_links(facts, unvoted, MAX_REMINDED_CARDS),
        context_note(f"{_explain_scale(round_.kind)} This is the only reminder of this round."),
        actions_block(_build_vote_now_button(canvas_info.id, round_)),
    )


def _describe_cards(facts: RoundFacts) -> str:
    number, kind = len(facts.entries), facts.round.kind
    if kind is None:
        return f"*{count_noun(number, 'card')}* in all boxes"
    return f"*{count_noun(number, kind.spec.singular, kind.spec.plural)}*"


def _explain_scale(kind: Kind | None) -> str:
    bottom, top = (kind.spec.scale_bottom, kind.spec.scale_top) if kind else ("bottom of its box", "top")
    return f"React to each card with a number: :one: {bottom} … :five: {top}."


def _build_card_links(facts: RoundFacts, entries: Sequence[Entry], max_cards: int) -> list[Block]:
    """Return links to cards by box. The boxes share `max_cards` and the characters equally."""
    boxes = {kind: [entry for entry in entries if entry.kind is kind] for kind in Kind}
    boxes = {kind: box for kind, box in boxes.items() if box}
    max_cards_per_box = max(1, max_cards // max(1, len(boxes)))
    blocks: list[Block] = []
    for kind, box in boxes.items():
        lines = [f"{kind.spec.icon} *{capitalize(kind.spec.plural)}*"] if len(boxes) > 1 else []
        lines += [_format_card_link(facts, entry) for entry in box[:max_cards_per_box]]
        if len(box) > max_cards_per_box:
            lines.append(f"_…and {len(box) - max_cards_per_box} more_")
        blocks += pack_sections(lines, MAX_LINKS_CHARACTERS // len(boxes))
    return blocks


def _format_card_link(facts: RoundFacts, entry: Entry) -> str:
    text, link = escape(truncate(entry.text, MAX_TEXT_CHARACTERS)), facts.card_links.get(entry.id)
    return f"• {text} <{link}|vote>" if link else f"• {text} ({describe_missing_card(facts.canvas_info)})"


def _build_buttons(canvas_id: int, round_: Round) -> Block | None:
    confirm = ConfirmObject(
        title="Close the vote now?",
        text=PlainTextObject(text="Nobody is asked any more, and the result is posted to the channel."),
        confirm="Close it",
        deny="Go on voting",
    )
    close = ButtonElement(text="Close now", action_id=CLOSE_ACTION_ID, value=str(round_.id), confirm=confirm)
    return actions_block(_build_vote_now_button(canvas_id, round_), close)


def _build_vote_now_button(canvas_id: int, round_: Round) -> ButtonElement:
    return build_vote_button(canvas_id, round_.kind or ALL_BOXES, label="Vote now", style="primary")
