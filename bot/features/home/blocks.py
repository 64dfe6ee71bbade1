"""What the menu and App Home look like. Pure."""

from datetime import datetime

from bot.features.fit.blocks import shares, some
from bot.features.fit.next_step import step, step_words
from bot.features.home.model import ALL, Overview, Standing, digest_day
from bot.features.rounds.model import Round
from bot.method.coach import next_step
from bot.method.formatting import percent, points
from bot.method.hints import Mistake
from bot.method.kinds import ABOUT, Kind
from bot.method.metrics import Figures
from bot.method.model import Entry
from bot.method.summary import counts, verdict
from bot.slack.blockkit.builders import (
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
from bot.slack.blockkit.text import count, cut, esc, listed
from bot.slack.outgoing.dialogs import home as view
from bot.store.model import CanvasInfo
from bot.times.clock import zone_named

VALUE_MAPS = "value_maps"  # callback id
FIRST = 3  # unvoted entries of a canvas that Home names
OTHERS = 5
HOW_TO_START = "`/valuemap new NAME for SEGMENT`"


def menu(head: CanvasInfo, now: Figures, hint: Mistake | None) -> Message:
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


def _hint(head: CanvasInfo, hint: Mistake) -> Block:
    """A common mistake, which can be dismissed for good."""
    says = f":mag: *Worth a look:* {hint.says}\n{some(hint.entries, 3)}"
    return section(says, button("Dismiss", "dismiss", f"{head.id}:{hint.rule}"))


def home(shown: Overview, now: datetime) -> View:
    """App Home: the canvases of the channels that a member is in, and what waits for them."""
    return view(_all(shown, now), shown.page)


def dialog(shown: Overview, now: datetime) -> View:
    """The same in a dialog, for whoever is somewhere else."""
    return modal(VALUE_MAPS, "Value maps", _all(shown, now), about={"maps": shown.page})


def _all(shown: Overview, now: datetime) -> list[Block]:
    if not shown.canvases:
        nothing = (
            "None of your channels has a canvas yet. Invite me into your team's channel and type "
            f"{HOW_TO_START} there."
        )
        return [header("Your value maps"), section(nothing)]
    blocks = [
        header("Your value maps"),
        section(_waiting(shown)),
        *(block for standing in shown.standings for block in (divider(), *_canvas(standing, now))),
        divider(),
        _pager(shown),
        note(f"Another one begins in its channel: {HOW_TO_START}"),
    ]
    return [block for block in blocks if block is not None]


def _waiting(shown: Overview) -> str:
    """What waits for a member, on all pages."""
    waits = [
        *([f"*{count(shown.unvoted, 'card')}* to vote on"] if shown.unvoted else []),
        *([f"*{count(shown.unreviewed, 'offer')}* to review"] if shown.unreviewed else []),
    ]
    on = f" on {count(shown.canvases, 'canvas', 'canvases')}" if shown.canvases > 1 else ""
    if not waits:
        return f"Nothing waits for you{on}: you have voted on and reviewed everything."
    return f"You have {listed(waits)}{on}."


def _pager(shown: Overview) -> Block | None:
    page, pages = shown.page, shown.pages
    return actions(
        button(f"‹ Page {page}", "maps:back", str(page - 1)) if page else None,
        button(f"Page {page + 2} of {pages} ›", "maps:on", str(page + 1)) if page + 1 < pages else None,
    )


def _canvas(standing: Standing, now: datetime) -> list[Block | None]:
    head, figures = standing.head, standing.now
    return [
        section(
            f"*{esc(head.title)}* in <#{head.channel_id}>\n*{verdict(figures.fit)}*\n{counts(figures.fit)}\n"
            f"{_moved(standing, now)}"
        ),
        note(_boxes(figures)),
        note(_others(standing)) if standing.others else None,
        *_waits(standing),
        *step(head, next_step(figures)),
        actions(
            run("Add", "add", head.id),
            run("Show", "show", head.id),
            run("Rank", "rank", head.id),
            run("Review", "review", head.id),
            run("Fit", "fit", head.id),
        ),
    ]


def _moved(standing: Standing, now: datetime) -> str:
    """The shares, with what became of the fit since the last digest."""
    fit, told = standing.now.fit, standing.told
    if told is None or told.share is None or fit.all is None:
        return shares(fit)
    change = points(fit.all - told.share)
    arrow = {"+": "↗", "-": "↘"}.get(change[0], "→")
    since = digest_day(told.at, now.astimezone(zone_named(standing.head.time_zone)))
    return shares(fit).replace(percent(fit.all), f"*{percent(fit.all)}* {arrow} {change} since {since}", 1)


def _waits(standing: Standing) -> list[Block | None]:
    """What a member can do at once: vote on what the round is on, on the rest, and review."""
    head, vote, unvoted, unreviewed = standing.head, standing.vote, standing.unvoted, standing.unreviewed
    rest = len(unvoted) - standing.left
    blocks = [_round(standing, vote) if vote else None]
    if rest:
        says = (
            f":ballot_box_with_ballot: *{count(rest, 'more card' if standing.left else 'card')}* to vote on"
        )
        blocks.append(section(says, button("Vote one by one", "walk", f"{head.id}:{ALL}")))
    blocks += [_unvoted(head, entry) for entry in unvoted[:FIRST]]
    if unreviewed:
        first = esc(cut(unreviewed[0].ranked.entry.text, 120))
        says = f":mag: *{count(len(unreviewed), 'offer')}* to review, first “{first}”"
        blocks.append(section(says, run("Review them", "review", head.id)))
    if standing.now.ranked and not standing.waits:
        blocks.append(note(":white_check_mark: Nothing waits for you here."))
    return blocks


def _unvoted(head: CanvasInfo, entry: Entry) -> Block:
    about = ABOUT[entry.kind]
    return section(
        f"{about.icon} {esc(cut(entry.text, 200))}", button("Vote", "look", f"{head.id}:{entry.id}")
    )


def _round(standing: Standing, vote: Round) -> Block:
    says = f":bell: Vote on {vote.box}, open until {vote.until}: "
    if not standing.left:
        return section(f"{says}you have voted on every card.")
    scope = vote.kind or ALL
    return section(
        f"{says}{count(standing.left, 'card')} left for you.",
        button("What is left", "walk", f"{standing.head.id}:{scope}", style="primary"),
    )


def _others(standing: Standing) -> str:
    titles = [f"*{esc(title)}*" for title in standing.others[:OTHERS]]
    more = len(standing.others) - OTHERS
    return (
        f"Also in <#{standing.head.channel_id}>: {listed([*titles, *([f'{more} more'] if more > 0 else [])])}"
    )


def _boxes(now: Figures) -> str:
    return " · ".join(
        f"{ABOUT[kind].icon} {len(now.boxes[kind])} "
        f"{ABOUT[kind].word if len(now.boxes[kind]) == 1 else ABOUT[kind].plural}"
        for kind in Kind
    )
