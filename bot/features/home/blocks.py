"""What the menu and App Home look like. Pure."""

from datetime import datetime

from bot.features.fit.blocks import format_shares, format_some_entries
from bot.features.fit.next_step import build_next_step, format_next_step
from bot.features.home.model import ALL, Overview, Standing, digest_day
from bot.features.rounds.model import Round
from bot.method.coach import find_next_step
from bot.method.formatting import format_percent, format_points
from bot.method.hints import Hint
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics
from bot.method.model import Entry
from bot.method.summary import describe_counts, describe_verdict
from bot.slack.blockkit.builders import (
    Block,
    Message,
    View,
    actions_block,
    action_button,
    divider_block,
    header_block,
    build_message,
    build_modal,
    context_note,
    command_button,
    section_block,
)
from bot.slack.blockkit.text import count_noun, escape, join_words, truncate
from bot.slack.outgoing.dialogs import build_home_view as view
from bot.store.model import CanvasInfo
from bot.times.clock import zone_or_utc

VALUE_MAPS = "value_maps"  # callback id
FIRST = 3  # unvoted entries of a canvas that Home names
OTHERS = 5
HOW_TO_START = "`/valuemap new NAME for SEGMENT`"


def menu(head: CanvasInfo, now: CanvasMetrics, hint: Hint | None) -> Message:
    """Where a channel stands, the one next best step, one hint at most, and the rest."""
    next_ = find_next_step(now)
    return build_message(
        f"{escape(head.title)}: {describe_verdict(now.fit)} {describe_counts(now.fit)}. Next: {format_next_step(next_)}",
        header_block(head.title),
        section_block(f"{describe_verdict(now.fit)}\n{describe_counts(now.fit)}\n{format_shares(now.fit)}"),
        context_note(_boxes(now)),
        *build_next_step(head, next_),
        _hint(head, hint) if hint else None,
        actions_block(
            command_button("Add", "add", head.id),
            command_button("Show", "show", head.id),
            command_button("Rank", "rank", head.id),
            command_button("Review", "review", head.id),
            command_button("Fit", "fit", head.id),
            command_button("Digest", "digest", head.id),
            command_button("Export", "export json", head.id),
            command_button("Help", "help"),
        ),
    )


def _hint(head: CanvasInfo, hint: Hint) -> Block:
    """A common mistake, which can be dismissed for good."""
    says = f":mag: *Worth a look:* {hint.text}\n{format_some_entries(hint.entries, 3)}"
    return section_block(says, action_button("Dismiss", "dismiss", f"{head.id}:{hint.rule}"))


def home(shown: Overview, now: datetime) -> View:
    """App Home: the canvases of the channels that a member is in, and what waits for them."""
    return view(_all(shown, now), shown.page)


def dialog(shown: Overview, now: datetime) -> View:
    """The same in a dialog, for whoever is somewhere else."""
    return build_modal(VALUE_MAPS, "Value maps", _all(shown, now), private_metadata={"maps": shown.page})


def _all(shown: Overview, now: datetime) -> list[Block]:
    if not shown.canvases:
        nothing = (
            "None of your channels has a canvas yet. Invite me into your team's channel and type "
            f"{HOW_TO_START} there."
        )
        return [header_block("Your value maps"), section_block(nothing)]
    blocks = [
        header_block("Your value maps"),
        section_block(_waiting(shown)),
        *(block for standing in shown.standings for block in (divider_block(), *_canvas(standing, now))),
        divider_block(),
        _pager(shown),
        context_note(f"Another one begins in its channel: {HOW_TO_START}"),
    ]
    return [block for block in blocks if block is not None]


def _waiting(shown: Overview) -> str:
    """What waits for a member, on all pages."""
    waits = [
        *([f"*{count_noun(shown.unvoted, 'card')}* to vote on"] if shown.unvoted else []),
        *([f"*{count_noun(shown.unreviewed, 'offer')}* to review"] if shown.unreviewed else []),
    ]
    on = f" on {count_noun(shown.canvases, 'canvas', 'canvases')}" if shown.canvases > 1 else ""
    if not waits:
        return f"Nothing waits for you{on}: you have voted on and reviewed everything."
    return f"You have {join_words(waits)}{on}."


def _pager(shown: Overview) -> Block | None:
    page, pages = shown.page, shown.pages
    return actions_block(
        action_button(f"‹ Page {page}", "maps:back", str(page - 1)) if page else None,
        action_button(f"Page {page + 2} of {pages} ›", "maps:on", str(page + 1)) if page + 1 < pages else None,
    )


def _canvas(standing: Standing, now: datetime) -> list[Block | None]:
    head, figures = standing.head, standing.now
    return [
        section_block(
            f"*{escape(head.title)}* in <#{head.channel_id}>\n*{describe_verdict(figures.fit)}*\n{describe_counts(figures.fit)}\n"
            f"{_moved(standing, now)}"
        ),
        context_note(_boxes(figures)),
        context_note(_others(standing)) if standing.others else None,
        *_waits(standing),
        *build_next_step(head, find_next_step(figures)),
        actions_block(
            command_button("Add", "add", head.id),
            command_button("Show", "show", head.id),
            command_button("Rank", "rank", head.id),
            command_button("Review", "review", head.id),
            command_button("Fit", "fit", head.id),
        ),
    ]


def _moved(standing: Standing, now: datetime) -> str:
    """The shares, with what became of the fit since the last digest."""
    fit, told = standing.now.fit, standing.told
    if told is None or told.share is None or fit.overall is None:
        return format_shares(fit)
    change = format_points(fit.overall - told.share)
    arrow = {"+": "↗", "-": "↘"}.get(change[0], "→")
    since = digest_day(told.at, now.astimezone(zone_or_utc(standing.head.time_zone)))
    return format_shares(fit).replace(format_percent(fit.overall), f"*{format_percent(fit.overall)}* {arrow} {change} since {since}", 1)


def _waits(standing: Standing) -> list[Block | None]:
    """What a member can do at once: vote on what the round is on, on the rest, and review."""
    head, vote, unvoted, unreviewed = standing.head, standing.vote, standing.unvoted, standing.unreviewed
    rest = len(unvoted) - standing.left
    blocks = [_round(standing, vote) if vote else None]
    if rest:
        says = (
            f":ballot_box_with_ballot: *{count_noun(rest, 'more card' if standing.left else 'card')}* to vote on"
        )
        blocks.append(section_block(says, action_button("Vote one by one", "walk", f"{head.id}:{ALL}")))
    blocks += [_unvoted(head, entry) for entry in unvoted[:FIRST]]
    if unreviewed:
        first = escape(truncate(unreviewed[0].ranked.entry.text, 120))
        says = f":mag: *{count_noun(len(unreviewed), 'offer')}* to review, first “{first}”"
        blocks.append(section_block(says, command_button("Review them", "review", head.id)))
    if standing.now.ranked and not standing.waits:
        blocks.append(context_note(":white_check_mark: Nothing waits for you here."))
    return blocks


def _unvoted(head: CanvasInfo, entry: Entry) -> Block:
    about = entry.kind.spec
    return section_block(
        f"{about.icon} {escape(truncate(entry.text, 200))}", action_button("Vote", "look", f"{head.id}:{entry.id}")
    )


def _round(standing: Standing, vote: Round) -> Block:
    says = f":bell: Vote on {vote.box_name}, open until {vote.deadline_text}: "
    if not standing.left:
        return section_block(f"{says}you have voted on every card.")
    scope = vote.kind or ALL
    return section_block(
        f"{says}{count_noun(standing.left, 'card')} left for you.",
        action_button("What is left", "walk", f"{standing.head.id}:{scope}", style="primary"),
    )


def _others(standing: Standing) -> str:
    titles = [f"*{escape(title)}*" for title in standing.others[:OTHERS]]
    more = len(standing.others) - OTHERS
    return (
        f"Also in <#{standing.head.channel_id}>: {join_words([*titles, *([f'{more} more'] if more > 0 else [])])}"
    )


def _boxes(now: CanvasMetrics) -> str:
    return " · ".join(
        f"{kind.spec.icon} {len(now.boxes[kind])} "
        f"{kind.spec.singular if len(now.boxes[kind]) == 1 else kind.spec.plural}"
        for kind in Kind
    )
