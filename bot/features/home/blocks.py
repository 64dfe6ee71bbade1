"""Build the menu of a channel, and the overview of a member's canvases as App Home and as a dialog. Pure."""

from datetime import datetime

from slack_sdk.models.blocks import ButtonElement

from bot.features.fit.blocks import format_shares, format_some_entries
from bot.features.fit.next_step import build_next_step, format_next_step
from bot.features.home.model import CanvasStatus, Overview, name_digest
from bot.features.rounds.model import Round
from bot.features.votes.blocks import build_vote_button
from bot.features.votes.model import ALL_BOXES
from bot.method.assumption_tests import list_overdue_tests
from bot.method.evidence import EvidenceState
from bot.method.formatting import format_percent, round_percent
from bot.method.hints import Hint
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics
from bot.method.next_step import find_next_step
from bot.method.summary import describe_must_have_counts, describe_must_have_total, describe_verdict
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
    divider_block,
    header_block,
    overflow_menu,
    section_block,
)
from bot.slack.blockkit.text import capitalize, count_noun, escape, join_words
from bot.slack.outgoing.dialogs import build_home_view
from bot.slack.scopes import describe_lacking_scope
from bot.store.model import CanvasInfo
from bot.times.clock import zone_or_utc

MESSAGES_SCOPE = "im:history"
VALUE_MAPS = "value_maps"  # callback id
MAX_OVERDUE = 2  # tests that are named
MAX_HINT_ENTRIES = 3
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
    """Return App Home: what waits for the member, and the canvases of the member's channels.

    Without `reads_messages`, it says that the bot does not see what is written in its direct message.
    """
    note = context_note(
        "I can't read what you write to me under *Messages*, but `/valuemap` works there: "
        f"{describe_lacking_scope([MESSAGES_SCOPE])}."
    )
    admin_menu = overflow_menu("forget", [("Delete all data of this workspace…", "all")])
    return build_message(
        "Your value maps",
        *_build_overview_blocks(overview, now),
        section_block(f"Start one in another channel: {START_COMMAND}", admin_menu),
        None if reads_messages else note,
    )


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


def _build_overview_blocks(overview: Overview, now: datetime) -> list[Block | None]:
    if not overview.canvas_count:
        text = (
            "None of your channels has a canvas in use. Invite me into your team's channel and start one "
            "there, or restore an archived one with `/valuemap canvases`."
        )
        return [header_block("Your value maps"), section_block(text)]
    has_several = overview.canvas_count > 1
    return [
        header_block("Your value maps"),
        section_block(_describe_open_work(overview)),
        _build_work_buttons(overview),
        *(
            block
            for status in overview.statuses
            for block in (divider_block(), *_build_status(status, now, shows_work=has_several))
        ),
        _build_page_buttons(overview),
    ]


def _describe_open_work(overview: Overview) -> str:
    """Return how many cards and offers wait for the member on all pages."""
    work = _count_work(overview.unvoted_count, overview.unreviewed_count)
    if not work:
        return "Nothing waits for you."
    place = f" on your {overview.canvas_count} canvases" if overview.canvas_count > 1 else ""
    return f"*For you{place}:* {work}"


def _count_work(vote_count: int, review_count: int) -> str:
    """Return "4 cards to vote on · 5 offers to review", without what there is none of."""
    counts = ((vote_count, "card", "to vote on"), (review_count, "offer", "to review"))
    return " · ".join(f"{count_noun(number, noun)} {words}" for number, noun, words in counts if number)


def _build_work_buttons(overview: Overview) -> Block | None:
    """Return the buttons to the first open vote and the first open review of the page."""
    with_votes = next((status for status in overview.statuses if status.unvoted_entries), None)
    with_reviews = next((status for status in overview.statuses if status.unreviewed_offers), None)
    return actions_block(
        _build_status_vote_button(with_votes, style="primary") if with_votes else None,
        command_button("Review", "review", with_reviews.canvas_info.id) if with_reviews else None,
    )


def _build_status_vote_button(status: CanvasStatus, style: str | None = None) -> ButtonElement:
    """Return the button to the votes of the open round, or else to all votes."""
    open_round = status.open_round if status.unvoted_count_in_round else None
    scope = (open_round.kind if open_round else None) or ALL_BOXES
    return build_vote_button(status.canvas_info.id, scope, style=style)


def _build_page_buttons(overview: Overview) -> Block | None:
    page, page_count = overview.page, overview.page_count
    next_label = f"Page {page + 2} of {page_count} ›"
    return actions_block(
        action_button(f"‹ Page {page}", "maps:back", str(page - 1)) if page else None,
        action_button(next_label, "maps:on", str(page + 1)) if page + 1 < page_count else None,
    )


def _build_status(status: CanvasStatus, now: datetime, *, shows_work: bool) -> list[Block | None]:
    """Return a canvas: its must-haves, its trend and what is open, the next step, and its buttons."""
    canvas_info = status.canvas_info
    work = _count_work(len(status.unvoted_entries), len(status.unreviewed_offers)) if shows_work else ""
    lines = [
        f"*{escape(canvas_info.title)}* in <#{canvas_info.channel_id}>",
        f"{describe_must_have_total(status.metrics.fit)} · {_describe_change(status, now)}",
        f"For you: {work}" if work else "",
        _describe_round(status.open_round, status.unvoted_count_in_round) if status.open_round else "",
        _describe_overdue_tests(status, now),
        _describe_alarms(status.metrics),
        _format_other_titles(status) if status.other_titles else "",
    ]
    return [
        section_block("\n".join(filter(None, lines)), command_button("Open", "show", canvas_info.id)),
        *build_next_step(canvas_info, find_next_step(status.metrics)),
        actions_block(
            _build_status_vote_button(status) if status.metrics.ranked else None,
            command_button("Add", "add", canvas_info.id),
            command_button("Rank", "rank", canvas_info.id),
            command_button("Review", "review", canvas_info.id),
            command_button("Fit", "fit", canvas_info.id),
            command_button("Tests", "test", canvas_info.id) if status.metrics.canvas.tests else None,
            command_button("All canvases", "canvases", canvas_info.id) if status.other_titles else None,
        ),
    ]


def _describe_change(status: CanvasStatus, now: datetime) -> str:
    """Return the overall fit, and in words how it changed since the last digest."""
    share, last_digest = status.metrics.fit.overall, status.last_digest
    if share is None:
        return "nothing to fit yet"
    fit = f"fit {format_percent(share)}"
    if last_digest is None or last_digest.share is None:
        return fit
    points = round_percent(share) - round_percent(last_digest.share)
    digest_name = name_digest(last_digest.sent_at, now.astimezone(zone_or_utc(status.canvas_info.time_zone)))
    if not points:
        return f"{fit}, as in {digest_name}"
    return f"{fit}, {'up' if points > 0 else 'down'} {abs(points)} since {digest_name}"


def _describe_round(open_round: Round, unvoted_count: int) -> str:
    left = f"{count_noun(unvoted_count, 'card')} left for you" if unvoted_count else "you have voted"
    return f":bell: {capitalize(open_round.name)} until {open_round.deadline_text}: {left}"


def _describe_overdue_tests(status: CanvasStatus, now: datetime) -> str:
    """Return the tests of the member whose results are missing, in one line; "" without any."""
    today = now.astimezone(zone_or_utc(status.canvas_info.time_zone)).date()
    overdue = [
        status.metrics.ranked[test.entry_id].entry
        for test in list_overdue_tests(status.metrics, today)
        if test.terms.owner_id == status.user_id
    ]
    return f":test_tube: Record what you saw: {format_some_entries(overdue, MAX_OVERDUE)}" if overdue else ""


def _describe_alarms(metrics: CanvasMetrics) -> str:
    """Return what evidence says against the votes in one line; "" where it says nothing."""
    if not metrics.canvas.evidence:
        return ""
    evidence = metrics.evidence
    refuted_ids = {
        entry_id for entry_id, shown in evidence.entries.items() if shown.state is EvidenceState.REFUTED
    }
    against = [each for each in evidence.alarms_against if each.entry.id not in refuted_ids]
    counts = (
        (len(refuted_ids), "refuted"),
        (len(against), "voted up, evidence against"),
        (len(evidence.overlooked), "overlooked"),
    )
    alarms = " · ".join(f"{number} {words}" for number, words in counts if number)
    return f":mag: Evidence: {alarms}" if alarms else ""


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
