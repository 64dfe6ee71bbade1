"""What the menu and App Home look like. Pure."""

from collections.abc import Mapping, Sequence

from bot.canvas.model import Head
from bot.fit.blocks import shares, some, step, step_words
from bot.kit.blocks import (
    Block,
    Message,
    View,
    actions,
    button,
    divider,
    header,
    message,
    modal,
    note,
    run,
    section,
)
from bot.kit.text import count, esc
from bot.method.coach import next_step
from bot.method.figures import Figures
from bot.method.kinds import ABOUT, Kind
from bot.method.mistakes import Mistake
from bot.method.said import counts, verdict
from bot.rounds.model import Round

Rounds = Mapping[int, Round]  # the open ones, by canvas
MOST = 12  # canvases on one page: each takes up to seven of a view's hundred blocks


def menu(head: Head, now: Figures, hint: Mistake | None) -> Message:
    """Where a channel stands, the one next best step, one hint at most, and the rest."""
    next_ = next_step(now)
    return message(
        f"{esc(head.title)}: {verdict(now.fit)} {counts(now.fit)}. Next: {step_words(next_)}",
        header(head.title),
        section(f"{verdict(now.fit)}\n{counts(now.fit)}\n{shares(now.fit)}"),
        note(_boxes(now)),
        *step(head, next_),
        _hint(head, hint) if hint else None,
        actions(
            run("Add", "add", head.id),
            run("Show", "show", head.id),
            run("Rank", "rank", head.id),
            run("Review", "review", head.id),
            run("Fit", "fit", head.id),
            run("Digest", "digest", head.id),
            run("Export", "export json", head.id),
            run("Help", "help"),
        ),
    )


def _hint(head: Head, hint: Mistake) -> Block:
    """A common mistake, which can be dismissed for good."""
    says = f":mag: *Worth a look:* {hint.says}\n{some(hint.entries, 3)}"
    return section(says, button("Dismiss", "dismiss", f"{head.id}:{hint.rule}"))


def home(canvases: Sequence[tuple[Head, Figures]], member: str, rounds: Rounds) -> View:
    """App Home: the canvases of the channels that a member is in, and what waits for them."""
    return {"type": "home", "blocks": _all(canvases, member, rounds)}


def dialog(canvases: Sequence[tuple[Head, Figures]], member: str, rounds: Rounds) -> View:
    """The same in a dialog, for whoever is somewhere else."""
    return modal("value_maps", "Value maps", _all(canvases, member, rounds), about={})


def _all(canvases: Sequence[tuple[Head, Figures]], member: str, rounds: Rounds) -> list[Block]:
    blocks: list[Block | None] = [header("Your value maps")]
    if not canvases:
        blocks.append(
            section(
                "None of your channels has a canvas yet. Invite me into your team's channel and type "
                "`/valuemap new NAME for SEGMENT` there."
            )
        )
    for head, now in canvases[:MOST]:
        blocks += [divider(), *_canvas(head, now, member, rounds.get(head.id))]
    if len(canvases) > MOST:
        blocks.append(note(f"…and {len(canvases) - MOST} more, in their channels."))
    return [block for block in blocks if block is not None]


def _canvas(head: Head, now: Figures, member: str, vote: Round | None) -> list[Block | None]:
    reviewed = {review.offer for review in now.canvas.reviews if review.member == member}
    unvoted = sum(member not in place.entry.votes for place in now.ranked.values())
    unreviewed = len(now.offers.keys() - reviewed)
    waits = (
        f"{count(unvoted, 'card')} to vote on, {count(unreviewed, 'offer')} to review"
        if unvoted or unreviewed
        else "nothing: you have voted on and reviewed everything"
    )
    return [
        section(f"*{esc(head.title)}* in <#{head.channel}>\n{verdict(now.fit)}\n{counts(now.fit)}"),
        section(f"{shares(now.fit)}\nWaits for you: {waits}."),
        _vote(head, now, member, vote) if vote else None,
        note(_boxes(now)),
        actions(
            run("Add", "add", head.id),
            run("Vote", "rank", head.id),
            run("Review", "review", head.id),
            run("Fit", "fit", head.id),
        ),
    ]


def _vote(head: Head, now: Figures, member: str, vote: Round) -> Block:
    left = sum(vote.covers(entry) and member not in entry.votes for entry in now.canvas.entries)
    says = f":ballot_box_with_ballot: Vote on {vote.box}, open until {vote.until}: "
    if not left:
        return section(f"{says}you have voted on every card.")
    return section(f"{says}{count(left, 'card')} left for you.", run("What is left", vote.rank, head.id))


def _boxes(now: Figures) -> str:
    return " · ".join(
        f"{ABOUT[kind].icon} {len(now.boxes[kind])} "
        f"{ABOUT[kind].word if len(now.boxes[kind]) == 1 else ABOUT[kind].plural}"
        for kind in Kind
    )
