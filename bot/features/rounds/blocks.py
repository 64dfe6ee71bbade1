"""What voting rounds look like. Pure."""

from collections.abc import Sequence
from datetime import datetime

from slack_sdk.models.blocks import ButtonElement, ConfirmObject, PlainTextObject

from bot.features.fit.next_step import step
from bot.features.ranking.table import one_box
from bot.features.rounds.model import MOST, Facts, Round
from bot.features.rounds.outcome import Move, Outcome, recall
from bot.method.coach import next_step
from bot.method.formatting import decimals
from bot.method.kinds import ABOUT, Kind
from bot.method.model import Entry
from bot.method.ranking import Ranked
from bot.slack.blockkit.builders import (
    Block,
    Message,
    Newest,
    actions,
    header,
    message,
    note,
    packed,
    run,
    section,
)
from bot.slack.blockkit.text import capital, count, cut, esc

CLOSE = "close_round"  # action id
LINKS = 24  # in a call, shared among the boxes; a longer one would be a wall in the channel
TOP = 5
ROOM = 7000  # characters of links
WORDS = 120  # characters of an entry's text
TABLE = 2500  # characters of a result's table


def call(facts: Facts) -> Message:
    """Calls the channel to vote, says how, and how far it is."""
    round_, title = facts.round, esc(facts.head.title)
    asks = f"{esc(facts.starter)} asks everyone to vote on {_asked(facts)} of *{title}* until {round_.until}."
    progress = f"*{facts.turnout('have voted', 'has voted')}*"
    if facts.thorough:
        progress += f", {facts.thorough} on every card"
    return message(
        f"Vote on {round_.box}: {asks} {progress}.",
        header(f"Vote: {round_.box}"),
        section(asks),
        *_links(facts, facts.entries, LINKS),
        note(f"{_how(round_.kind)} The highest of your numbers counts, also one from before this round."),
        section(progress),
        _buttons(facts.head.id, round_),
    )


def call_closed(facts: Facts) -> Message:
    """What the call becomes: no longer a call, but the way to the result."""
    tells = f": see <{facts.result}|the result>" if facts.result else "; the result comes in a moment"
    says = (
        f"The vote on {facts.round.box} of *{esc(facts.head.title)}* is closed. "
        f"{facts.turnout('took part', 'took part')}{tells}."
    )
    return message(says, header(f"Vote: {facts.round.box}"), section(says))


def call_resting(round_: Round) -> Message:
    """What the call becomes while the canvas is archived: it may come back before the deadline."""
    says = f"The vote on {round_.box} rests, since its canvas is archived: `/valuemap canvases` restores it."
    return message(says, note(says))


def call_without_result(round_: Round) -> Message:
    """What the call becomes where the canvas is gone."""
    says = f"The vote on {round_.box} is over without a result: its canvas was archived or deleted."
    return message(says, note(says))


def opened(round_: Round, *, deadline_said: bool, crowd: bool) -> Message:
    """The answer to whoever opened the round; a crowd is too many members to be reminded."""
    says = f"The vote on {round_.box} is open until {round_.until}, and I call the channel now."
    hints = [
        ""
        if deadline_said
        else "Without an end a round lasts until tomorrow at 17:00: type for example "
        f"`/valuemap vote {round_.box if round_.kind else 'all'} until friday 17:00` for another.",
        f"In a channel with more than {MOST} members nobody is reminded." if crowd else "",
    ]
    hint = " ".join(filter(None, hints))
    return message(f"{says} {hint}".strip(), section(says), note(hint) if hint else None)


def is_open(facts: Facts, now: datetime) -> Message:
    """The answer where a round is open already."""
    round_ = facts.round
    where = f" <{facts.call}|Its call> is in the channel." if facts.call else ""
    says = (
        f"A vote on {round_.box} of *{esc(facts.head.title)}* is open already, started by "
        f"{esc(facts.starter)}: until {round_.until}, {round_.left(now)}; "
        f"{facts.turnout('have voted', 'has voted')}.{where}"
    )
    return message(says, section(says), _buttons(facts.head.id, round_))


def closing(round_: Round) -> Message:
    return message(f"The vote on {round_.box} is closed. I read the cards once more and post the result.")


def reminder(facts: Facts, member: str) -> Message:
    """To one member who takes no part yet."""
    round_, unvoted = facts.round, facts.unvoted(member)
    call_ = f"<{facts.call}|the vote>" if facts.call else "the vote"
    says = (
        f"In <#{facts.head.channel_id}> {call_} on {round_.box} of *{esc(facts.head.title)}* ends "
        f"{round_.until}, and you have not voted yet: {count(len(unvoted), 'card')} left."
    )
    return message(
        says,
        section(says),
        *_links(facts, unvoted, 2 * TOP),
        note(f"{_how(round_.kind)} This is the only reminder of this round."),
        actions(run("What I have not voted on", round_.rank, facts.head.id, style="primary")),
    )


def result(facts: Facts, outcome: Outcome) -> Message:
    """What came of the vote."""
    round_, head, next_ = facts.round, facts.head, next_step(facts.now)
    early = f" {esc(facts.starter)} closed the vote early." if round_.closed_by else ""
    turnout = f"*{facts.turnout('took part', 'took part')}.*{early}"
    tops = [block for kind in round_.kinds if facts.now.boxes[kind] for block in _top(facts, kind)]
    groups = [(title, lines) for title, lines in _groups(outcome) if lines]
    words = [f"{title}: {', '.join(line.removeprefix('• ') for line in lines)}" for title, lines in groups]
    return message(
        "\n".join([f"Result of the vote on {round_.box}: {esc(head.title)}. {turnout}", *words]),
        header(f"Result of the vote: {round_.box}"),
        note(f"Planned for {round_.until}; late because I was not running.") if round_.was_late else None,
        section(f"*{esc(head.title)}*\n{turnout}"),
        *tops,
        *(block for title, lines in groups for block in _group(title, lines)),
        None if tops else section("There is nothing left to rank."),
        note("All ranks are as they were when the vote opened.") if outcome.steady else None,
        *step(head, next_),
        actions(
            run("Ranking", round_.rank, head.id), run("Review", "review", head.id), run("Fit", "fit", head.id)
        ),
    )


def _asked(facts: Facts) -> str:
    number, kind = len(facts.entries), facts.round.kind
    if kind is None:
        return f"*{count(number, 'card')}* in all boxes"
    return f"*{number} {ABOUT[kind].word if number == 1 else ABOUT[kind].plural}*"


def _how(kind: Kind | None) -> str:
    bottom, top = (ABOUT[kind].bottom, ABOUT[kind].top) if kind else ("bottom of its box", "top")
    return f"React to each card with a number: :one: {bottom} … :five: {top}."


def _links(facts: Facts, entries: Sequence[Entry], most: int) -> list[Block]:
    """Links to cards, box by box, each with its share of the lines."""
    boxes = {kind: [entry for entry in entries if entry.kind is kind] for kind in Kind}
    boxes = {kind: box for kind, box in boxes.items() if box}
    share = max(1, most // max(1, len(boxes)))
    blocks: list[Block] = []
    for kind, box in boxes.items():
        lines = [f"{ABOUT[kind].icon} *{capital(ABOUT[kind].plural)}*"] if len(boxes) > 1 else []
        lines += [_link(entry, facts.cards.get(entry.id)) for entry in box[:share]]
        if len(box) > share:
            lines.append(f"_…and {len(box) - share} more_")
        blocks += packed(lines, ROOM // len(boxes))
    return blocks


def _link(entry: Entry, link: str | None) -> str:
    text = esc(cut(entry.text, WORDS))
    return f"• {text} <{link}|vote>" if link else f"• {text} (its card is on its way)"


def _buttons(canvas: int, round_: Round) -> Block | None:
    confirm = ConfirmObject(
        title="Close the vote now?",
        text=PlainTextObject(text="Nobody is asked any more, and the result is posted to the channel."),
        confirm="Close it",
        deny="Go on voting",
    )
    return actions(
        run("What I have not voted on", round_.rank, canvas, style="primary"),
        ButtonElement(text="Close now", action_id=CLOSE, value=str(round_.id), confirm=confirm),
    )


def _top(facts: Facts, kind: Kind) -> Sequence[Block | Newest]:
    """The head of a box's ranking; as a table that pages where the round is on this box alone."""
    box, round_ = facts.now.boxes[kind], facts.round
    title = f"{ABOUT[kind].icon} *{capital(ABOUT[kind].plural)}*"
    if not any(place.votes for place in box):
        return packed([title, "_nobody has voted on them yet_"], 1000)
    shown = box[: TOP if round_.kind else TOP - 2]
    more = [f"_…and {len(box) - len(shown)} more_"] if len(box) > len(shown) else []
    words = packed([title, *(_place(place) for place in shown), *more], 1000)
    if not round_.kind:
        return words
    before = {entry: was.rank for entry, was in recall(round_.opening).items() if was.votes}
    return [Newest(one_box(kind, box, TABLE, round_.rank, TOP, before), tuple(words))]


def _place(place: Ranked) -> str:
    named = f"{place.rank}. {esc(cut(place.entry.text, WORDS))}"
    if not place.votes:
        return f"{named} — not ranked yet"
    must_have = " :star:" if place.must_have else ""
    return f"{named} — *{decimals(place.score)}*{must_have}, {count(place.votes, 'vote')}"


def _groups(outcome: Outcome) -> list[tuple[str, list[str]]]:
    return [
        (":arrow_up: Rose", [_moved(move) for move in outcome.rose]),
        (":arrow_down: Fell", [_moved(move) for move in outcome.fell]),
        (
            ":star: New must-haves",
            [f"• {_named(p.entry.kind, p.entry.text)}" for p in outcome.new_must_haves],
        ),
        ("No must-have any more", [f"• {_named(*one)}" for one in outcome.lost_must_haves]),
        (
            ":left_right_arrow: Divides the team: talk about it",
            [f"• {_named(p.entry.kind, p.entry.text)}" for p in outcome.divisive],
        ),
        ("Added during the vote", [f"• {_named(p.entry.kind, p.entry.text)}" for p in outcome.added]),
        ("Deleted or moved during the vote", [f"• {_named(*one)}" for one in outcome.gone]),
    ]


def _group(title: str, lines: list[str]) -> list[Block]:
    more = [f"_…and {len(lines) - TOP} more_"] if len(lines) > TOP else []
    return packed([f"*{title}*", *lines[:TOP], *more], 1200)


def _moved(move: Move) -> str:
    entry = move.place.entry
    return f"• {_named(entry.kind, entry.text)}: {move.before} → {move.place.rank}"


def _named(kind: Kind, text: str) -> str:
    return f"{ABOUT[kind].word} “{esc(cut(text, WORDS))}”"
