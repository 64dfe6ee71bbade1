"""Build the menu of a channel, and the overview of a member's canvases as App Home and as a dialog. Pure."""

from datetime import datetime

from bot.features.digest.chart import build_trend_chart, describe_trend
from bot.features.fit.blocks import format_shares, format_some_entries
from bot.features.fit.next_step import build_next_step, format_next_step
from bot.features.home.model import CanvasStatus, Overview, name_digest
from bot.features.ranking.table import build_ranking_table
from bot.features.rounds.model import Round
from bot.features.votes.blocks import build_vote_button
from bot.features.votes.model import ALL_BOXES
from bot.method.formatting import format_percent, format_points, round_percent
from bot.method.hints import Hint
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics
from bot.method.next_step import find_next_step
from bot.method.summary import describe_must_have_counts, describe_verdict
from bot.slack.blockkit.builders import (
    Block,
    Enhanced,
    Message,
    View,
    action_button,
    actions_block,
    build_message,
    build_modal,
    command_button,
    context_note,
    divider_block,
    header_block,
    section_block,
)
from bot.slack.blockkit.text import count_noun, escape, join_words, truncate
from bot.slack.outgoing.dialogs import build_home_view
from bot.slack.scopes import describe_lacking_scope
from bot.store.model import CanvasInfo
from bot.times.clock import zone_or_utc

MESSAGES_SCOPE = "im:history"
VALUE_MAPS = "value_maps"  # callback id
MAX_HINT_ENTRIES = 3
MAX_RANKINGS = 1  # on Home, as in a message
MAX_OTHER_TITLES = 5
START_COMMAND = "`/valuemap new NAME for SEGMENT`"


def build_menu(canvas_info: CanvasInfo, metrics: CanvasMetrics, hint: Hint | None) -> Message:
    """Return the state of a canvas, the next step, at most one hint, and buttons for the commands."""
    step = find_next_step(metrics)
    verdict, counts = describe_verdict(metrics.fit), describe_must_have_counts(metrics.fit)
    return build_message(
        f"{escape(canvas_info.title)}: {verdict} {counts}. Next: {format_next_step(step)}",
        header_block(canvas_info.title),
        section_block(f"{verdict}\n{counts}\n{format_shares(metrics.fit)}"),
        context_note(_format_box_sizes(metrics)),
        *build_next_step(canvas_info, step),
        _build_hint(canvas_info, hint) if hint else None,
        actions_block(
            command_button("Add", "add", canvas_info.id),
            command_button("Show", "show", canvas_info.id),
            build_vote_button(canvas_info.id),
            command_button("Rank", "rank", canvas_info.id),
            command_button("Review", "review", canvas_info.id),
            command_button("Fit", "fit", canvas_info.id),
            command_button("Digest", "digest", canvas_info.id),
            command_button("Export", "export json", canvas_info.id),
            command_button("Help", "help"),
        ),
    )


def build_home(overview: Overview, now: datetime, *, reads_messages: bool = True) -> Message:
    """Return App Home: the canvases of a member's channels, and the member's open votes and reviews.

    Without `reads_messages`, it says that the bot does not see what is written in its direct message.
    """
    note = context_note(
        "I can't read what you write to me under *Messages*, but `/valuemap` works there: "
        f"{describe_lacking_scope([MESSAGES_SCOPE])}."
    )
    blocks = _build_overview_blocks(overview, now)
    return build_message("Your value maps", *blocks, None if reads_messages else note)


def build_home_notice(text: str, page: int) -> View:
    """Return App Home with the reason why it shows no canvases now, and a button that tries again."""
    retry_button = actions_block(action_button("Try again", "maps:again", str(page)))
    return build_home_view([section_block(text), *([retry_button] if retry_button else [])], page)


def build_value_maps_dialog(overview: Overview, now: datetime) -> View:
    """Return the content of App Home as a dialog, for the global shortcut. Slack shows no charts in it."""
    blocks = build_message("Your value maps", *_build_overview_blocks(overview, now)).plain_blocks
    return build_modal(VALUE_MAPS, "Value maps", blocks, private_metadata={"maps": overview.page})


def _build_hint(canvas_info: CanvasInfo, hint: Hint) -> Block:
    entries = format_some_entries(hint.entries, MAX_HINT_ENTRIES)
    return section_block(
        f":mag: *Worth a look:* {hint.text}\n{entries}",
        action_button("Dismiss", "dismiss", f"{canvas_info.id}:{hint.rule}"),
    )


def _build_overview_blocks(overview: Overview, now: datetime) -> list[Block | Enhanced | None]:
    if not overview.canvas_count:
        text = (
            "None of your channels has a canvas yet. Invite me into your team's channel and type "
            f"{START_COMMAND} there."
        )
        return [header_block("Your value maps"), section_block(text)]
    return [
        header_block("Your value maps"),
        section_block(_describe_open_work(overview)),
        *(
            block
            for position, status in enumerate(overview.statuses)
            for block in (
                divider_block(),
                *_build_status(status, now),
                _build_ranking(status) if position < MAX_RANKINGS else None,
            )
        ),
        divider_block(),
        _build_page_buttons(overview),
        context_note(f"Another one begins in its channel: {START_COMMAND}"),
    ]


def _describe_open_work(overview: Overview) -> str:
    """Return how many votes and reviews are open for the member on all pages."""
    open_work = [
        *([f"*{count_noun(overview.unvoted_count, 'card')}* to vote on"] if overview.unvoted_count else []),
        *(
            [f"*{count_noun(overview.unreviewed_count, 'offer')}* to review"]
            if overview.unreviewed_count
            else []
        ),
    ]
    canvases = count_noun(overview.canvas_count, "canvas", "canvases")
    location = f" on {canvases}" if overview.canvas_count > 1 else ""
    if not open_work:
        return f"Nothing waits for you{location}: you have voted on and reviewed everything."
    return f"You have {join_words(open_work)}{location}."


def _build_page_buttons(overview: Overview) -> Block | None:
    page, page_count = overview.page, overview.page_count
    next_label = f"Page {page + 2} of {page_count} ›"
    return actions_block(
        action_button(f"‹ Page {page}", "maps:back", str(page - 1)) if page else None,
        action_button(next_label, "maps:on", str(page + 1)) if page + 1 < page_count else None,
    )


def _build_status(status: CanvasStatus, now: datetime) -> list[Block | Enhanced | None]:
    canvas_info, fit = status.canvas_info, status.metrics.fit
    return [
        section_block(
            f"*{escape(canvas_info.title)}* in <#{canvas_info.channel_id}>\n"
            f"*{describe_verdict(fit)}*\n{describe_must_have_counts(fit)}\n{_format_change(status, now)}"
            f"{describe_trend(status.trend)}"
        ),
        build_trend_chart(status.trend),
        context_note(_format_box_sizes(status.metrics)),
        context_note(_format_other_titles(status)) if status.other_titles else None,
        *_build_open_work(status),
        *build_next_step(canvas_info, find_next_step(status.metrics)),
        actions_block(
            command_button("Add", "add", canvas_info.id),
            command_button("Show", "show", canvas_info.id),
            command_button("Rank", "rank", canvas_info.id),
            command_button("Review", "review", canvas_info.id),
            command_button("Fit", "fit", canvas_info.id),
            command_button("All canvases", "canvases", canvas_info.id) if status.other_titles else None,
        ),
    ]


def _build_ranking(status: CanvasStatus) -> Enhanced | None:
    """Return the ranking of a canvas as a table. Where Slack has no tables, the button *Rank* shows it."""
    boxes = {kind: box for kind, box in status.metrics.boxes.items() if box}
    return Enhanced(build_ranking_table(boxes).blocks) if boxes else None


def _format_change(status: CanvasStatus, now: datetime) -> str:
    """Return the shares with the change of the overall fit since the last digest."""
    fit, last_digest = status.metrics.fit, status.last_digest
    shares, overall = format_shares(fit), format_percent(fit.overall)
    if last_digest is None or last_digest.share is None or fit.overall is None:
        return shares
    change = format_points(round_percent(fit.overall) - round_percent(last_digest.share))
    arrow = {"+": "↗", "−": "↘"}.get(change[0], "→")  # "±0" is neither
    digest_name = name_digest(last_digest.sent_at, now.astimezone(zone_or_utc(status.canvas_info.time_zone)))
    return shares.replace(overall, f"*{overall}* {arrow} {change} since {digest_name}", 1)


def _build_open_work(status: CanvasStatus) -> list[Block | None]:
    """Return the member's open work: votes in the open round, other votes, and reviews."""
    canvas_info, unvoted, unreviewed = status.canvas_info, status.unvoted_entries, status.unreviewed_offers
    unvoted_outside_round = len(unvoted) - status.unvoted_count_in_round
    blocks = [_build_round(status, status.open_round) if status.open_round else None]
    if unvoted_outside_round:
        cards = count_noun(unvoted_outside_round, "more card" if status.unvoted_count_in_round else "card")
        button = build_vote_button(canvas_info.id, style="primary")
        blocks.append(section_block(f":ballot_box_with_ballot: *{cards}* to vote on", button))
    if unreviewed:
        first = escape(truncate(unreviewed[0].ranked.entry.text, 120))
        text = f":mag: *{count_noun(len(unreviewed), 'offer')}* to review, first “{first}”"
        blocks.append(section_block(text, command_button("Review them", "review", canvas_info.id)))
    if status.metrics.ranked and not status.has_open_work:
        blocks.append(context_note(":white_check_mark: Nothing waits for you here."))
    return blocks


def _build_round(status: CanvasStatus, open_round: Round) -> Block:
    text = f":bell: Vote on {open_round.box_name}, open until {open_round.deadline_text}: "
    if not status.unvoted_count_in_round:
        return section_block(f"{text}you have voted on every card.")
    scope = open_round.kind or ALL_BOXES
    return section_block(
        f"{text}{count_noun(status.unvoted_count_in_round, 'card')} left for you.",
        build_vote_button(status.canvas_info.id, scope, style="primary"),
    )


def _format_other_titles(status: CanvasStatus) -> str:
    titles = [f"*{escape(title)}*" for title in status.other_titles[:MAX_OTHER_TITLES]]
    more = len(status.other_titles) - MAX_OTHER_TITLES
    listed = join_words([*titles, *([f"{more} more"] if more > 0 else [])])
    return f"Also in <#{status.canvas_info.channel_id}>: {listed}"


def _format_box_sizes(metrics: CanvasMetrics) -> str:
    """Return for example ":dart: 2 jobs · :warning: 1 pain" for all boxes."""
    return " · ".join(
        f"{kind.spec.icon} {count_noun(len(metrics.boxes[kind]), kind.spec.singular, kind.spec.plural)}"
        for kind in Kind
    )
