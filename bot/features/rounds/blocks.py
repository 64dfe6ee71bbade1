"""What a voting round looks like until its result: call, answers and reminder. Pure."""

from datetime import datetime

from slack_sdk.models.blocks import ButtonElement, ConfirmObject, PlainTextObject

from bot.features.channels.blocks import explain_missing_messages
from bot.features.rounds.model import MAX_COUNTED_MEMBERS, Round, RoundFacts
from bot.features.votes.blocks import build_vote_button
from bot.slack.blockkit.builders import (
    Block,
    Enhanced,
    Message,
    action_button,
    actions_block,
    build_message,
    context_note,
    folded_block,
    pack_sections,
    section_block,
)
from bot.slack.blockkit.text import capitalize, count_noun, escape, truncate
from bot.store.model import CanvasInfo

CLOSE_ACTION_ID = "close_round"
TAKE_BACK_ACTION_ID = "take_back_round"
SEALED_NOTE = "Sealed: nobody sees scores or votes before the end, and numbers on cards do not count."
SECONDS_PER_CARD = 7  # an estimate: read an entry and press a number
MAX_TITLE_CHARACTERS = 100  # of the canvas, in the call
MAX_LINKED_CARDS = 24
MAX_LINK_CHARACTERS = 80  # of an entry
MAX_LINKS_CHARACTERS = 6000


def build_announcement(facts: RoundFacts) -> Message:
    """Return the call: who asks the channel to vote, on what, until when, and how many have voted."""
    round_, canvas_info = facts.round, facts.canvas_info
    title = escape(truncate(canvas_info.title, MAX_TITLE_CHARACTERS))
    vote = "vote in private" if round_.is_sealed else "vote"
    request = (
        f"{escape(facts.starter_name)} asks you to {vote} on {_count_cards(facts)} by {round_.deadline_text}"
    )
    turnout = facts.describe_turnout("have voted", "has voted")
    shows_complete = facts.complete_voters and not round_.is_sealed
    complete = f", {facts.complete_voters} of them on every card" if shows_complete else ""
    link = next((facts.card_links[entry.id] for entry in facts.entries if entry.id in facts.card_links), "")
    cards = f"<{link}|the cards>" if link else "the cards"
    return build_message(
        f"{request}: {round_.box_name} of {title}. {turnout}{complete}.",
        section_block(
            f"*{request}* · {_estimate_time(len(facts.entries))}\n"
            f"{title} · {round_.box_name} · *{turnout}*{complete}"
        ),
        build_call_buttons(canvas_info.id, round_),
        context_note(
            SEALED_NOTE if round_.is_sealed else f"Or react on {cards}. Votes from before still count."
        ),
        None if round_.is_sealed else _build_card_links(facts),
    )


def _build_card_links(facts: RoundFacts) -> Enhanced | None:
    """Return links to the first cards, folded; where Slack cannot fold, the first link has to do."""
    linked = [entry for entry in facts.entries if entry.id in facts.card_links]
    lines = [
        f"• <{facts.card_links[entry.id]}|{escape(truncate(entry.text, MAX_LINK_CHARACTERS))}>"
        for entry in linked[:MAX_LINKED_CARDS]
    ]
    hidden = len(linked) - len(lines)
    more = [f"_…and {hidden} more_"] if hidden > 0 else []
    if not lines:
        return None
    links = pack_sections([*lines, *more], MAX_LINKS_CHARACTERS)
    return Enhanced(folded_block("Links to the cards", links).blocks)


def build_closed_announcement(facts: RoundFacts) -> Message:
    """Return the call of a closed round, with a link to its result."""
    result_note = (
        f": see <{facts.result_link}|the result>" if facts.result_link else "; the result comes in a moment"
    )
    text = (
        f"The {facts.name} of *{escape(facts.canvas_info.title)}* is closed. "
        f"{facts.describe_turnout('took part', 'took part')}{result_note}."
    )
    return build_message(text, section_block(text))


def build_paused_announcement(round_: Round) -> Message:
    """Return the announcement while the canvas is archived: it may come back before the deadline."""
    text = f"The {round_.name} rests, since its canvas is archived: `/valuemap canvases` restores it."
    return build_message(text, context_note(text))


def build_announcement_without_result(round_: Round) -> Message:
    """Return the announcement of a closed round whose canvas or entry was archived or deleted."""
    gone = "its entry or its canvas" if round_.entry_id else "its canvas"
    text = f"The {round_.name} is over without a result: {gone} was archived or deleted."
    return build_message(text, context_note(text))


def build_opened_answer(
    canvas_info: CanvasInfo, round_: Round, *, has_typed_deadline: bool, is_large_channel: bool
) -> Message:
    """Return the answer to the member who opened a round, with a button that takes it back.

    In a large channel nobody is reminded.
    """
    text = f"{capitalize(round_.name)} open until {round_.deadline_text}. I've told the channel."
    if explanation := explain_missing_messages(canvas_info):
        text = (
            f"The {round_.name} is open until {round_.deadline_text}, but its call is not in the "
            f"channel. {explanation}"
        )
    hints = []
    if not has_typed_deadline:
        box = f"{round_.box_name if round_.kind else 'all'}{' sealed' if round_.is_sealed else ''}"
        hints.append(
            "Without an end a round lasts until tomorrow at 17:00: type for example "
            f"`/valuemap vote {box} until friday 17:00` for another."
        )
    if is_large_channel:
        hints.append(f"In a channel with more than {MAX_COUNTED_MEMBERS} members nobody is reminded.")
    hint = " ".join(hints)
    return build_message(
        f"{text} {hint}".strip(),
        section_block(text, action_button("Take it back", TAKE_BACK_ACTION_ID, str(round_.id))),
        context_note(hint) if hint else None,
    )


def build_taken_back_answer(round_: Round) -> Message:
    """Return the answer to the member who took a round back."""
    return build_message(f"The {round_.name} is taken back: I delete its call from the channel.")


def build_open_already_answer(facts: RoundFacts, now: datetime) -> Message:
    """Return the answer to the member who wants to open a round while another is open."""
    round_ = facts.round
    call_note = f" <{facts.announcement_link}|Its call> is in the channel." if facts.announcement_link else ""
    explanation = explain_missing_messages(facts.canvas_info)
    if explanation and not facts.announcement_link:
        call_note = f" Its call is not in the channel. {explanation}"
    text = (
        f"A {round_.name} of *{escape(facts.canvas_info.title)}* is open already, started by "
        f"{escape(facts.starter_name)}: until {round_.deadline_text}, {round_.describe_time_left(now)}; "
        f"{facts.describe_turnout('have voted', 'has voted')}.{call_note}"
    )
    return build_message(text, section_block(text), build_call_buttons(facts.canvas_info.id, round_))


def build_closing_answer(round_: Round, canvas_info: CanvasInfo) -> Message:
    """Return the answer to the member who closed a round."""
    if explanation := explain_missing_messages(canvas_info):
        return build_message(
            f"The {round_.name} is closed, but its result cannot be in the channel yet: "
            f"`/valuemap {round_.rank_command}` shows it. {explanation}"
        )
    return build_message(f"The {round_.name} is closed. I read the cards once more and post the result.")


def build_reminder(facts: RoundFacts, user_id: str) -> Message:
    """Return the direct message to one member who has not voted."""
    round_, canvas_info = facts.round, facts.canvas_info
    left = len(facts.list_unvoted(user_id))
    unvoted = "on all of it" if left < len(facts.entries) else "yet"
    name = facts.name
    if facts.announcement_link:
        name = name.replace("vote", f"<{facts.announcement_link}|vote>", 1)
    text = (
        f"The {name} of *{escape(canvas_info.title)}* in <#{canvas_info.channel_id}> "
        f"ends {round_.deadline_text}, and you have not voted {unvoted}: "
        f"{count_noun(left, 'card')} left, {_estimate_time(left)}."
    )
    return build_message(
        text,
        section_block(text),
        actions_block(_build_vote_now_button(canvas_info.id, round_)),
        context_note("This is the only reminder of this round."),
    )


def _count_cards(facts: RoundFacts) -> str:
    number, kind = len(facts.entries), facts.round.kind
    return count_noun(number, kind.spec.singular, kind.spec.plural) if kind else count_noun(number, "card")


def _estimate_time(card_count: int) -> str:
    """Return about how long it takes to vote on so many cards: "about 3 min"."""
    return f"about {max(1, round(card_count * SECONDS_PER_CARD / 60))} min"


def build_call_buttons(canvas_id: int, round_: Round) -> Block | None:
    """Return the buttons of a call: vote, and end the vote."""
    confirm = ConfirmObject(
        title="End the vote now?",
        text=PlainTextObject(text="Nobody is asked any more, and the result is posted to the channel."),
        confirm="End it",
        deny="Go on voting",
    )
    close = ButtonElement(text="End vote", action_id=CLOSE_ACTION_ID, value=str(round_.id), confirm=confirm)
    return actions_block(_build_vote_now_button(canvas_id, round_), close)


def _build_vote_now_button(canvas_id: int, round_: Round) -> ButtonElement:
    label = "Vote in private" if round_.is_sealed else "Vote now"
    return build_vote_button(canvas_id, round_.scope, label=label, style="primary")
