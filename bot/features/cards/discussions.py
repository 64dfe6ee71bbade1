"""The reasons of a discussion and its result as text. Pure."""

from collections.abc import Mapping

from bot.method.discussions import Direction, Discussion, DiscussionResult, Reason
from bot.method.formatting import format_levels, format_shift
from bot.slack.blockkit.text import escape
from bot.times.clock import format_day, format_moment, zone_or_utc

MAX_SHOWN_REASONS = 10  # for each direction


def list_reasons(discussion: Discussion, names: Mapping[str, str]) -> list[str]:
    """Return the reasons for higher and for lower as lines of mrkdwn; nothing if nobody was asked.

    `names` are the names of users by id, of which only those are shown whose author wants it.
    """
    if not discussion.reasons:
        return []
    return [line for direction in Direction for line in _list_for_direction(discussion, direction, names)]


def describe_reasons_end(discussion: Discussion) -> str:
    """Return until when reasons are asked for, as mrkdwn."""
    return format_moment(discussion.reasons_until.astimezone(zone_or_utc(discussion.time_zone)))


def format_start_day(discussion: Discussion) -> str:
    """Return the day on which a discussion started, by its starter's clock: "2 Nov 2026"."""
    return format_day(discussion.started_at.astimezone(zone_or_utc(discussion.time_zone)).date())


def count_reasons(discussion: Discussion) -> str:
    """Return "2 for higher, 1 for lower"."""
    return ", ".join(f"{len(discussion.list_reasons(each))} for {each}" for each in Direction)


def describe_result(result: DiscussionResult) -> str:
    """Return "settled: one 5, one 1 → one 4, one 3 · shift +0.50 of the 2 who voted both times: 1 up, …"."""
    verdict = describe_verdict(result).rstrip(":.").lower()
    return f"{verdict}: {describe_votes(result)} · {describe_shift(result)}"


def describe_votes(result: DiscussionResult) -> str:
    """Return "one 5, one 1 → one 4, one 3"."""
    before, after = format_levels(result.levels_before), format_levels(result.levels_after)
    return f"{before or 'no votes'} → {after or 'no votes'}"


def describe_verdict(result: DiscussionResult) -> str:
    """Return whether the team agrees after a discussion: "Settled:", "Still divided, test it:"."""
    if result.is_settled:
        return "Settled:"
    return "Still divided, test it:" if result.is_divided else "Too few votes to say:"


def describe_shift(result: DiscussionResult) -> str:
    """Return "shift +0.50 of the 2 who voted both times: 1 up, 1 down, 0 stayed"."""
    if result.shift is None:
        return "no shift, since nobody voted both times"
    number = result.moved_up + result.moved_down + result.stayed
    moves = f"{result.moved_up} up, {result.moved_down} down, {result.stayed} stayed"
    return f"shift {format_shift(result.shift)} of the {number} who voted both times: {moves}"


def _list_for_direction(discussion: Discussion, direction: Direction, names: Mapping[str, str]) -> list[str]:
    reasons = discussion.list_reasons(direction)
    if not reasons:
        return [f"*For {direction}:* nobody gave a reason"]
    hidden = len(reasons) - MAX_SHOWN_REASONS
    more = [f"_…and {hidden} more_"] if hidden > 0 else []
    return [
        f"*For {direction}:*",
        *(_format_reason(reason, names) for reason in reasons[:MAX_SHOWN_REASONS]),
        *more,
    ]


def _format_reason(reason: Reason, names: Mapping[str, str]) -> str:
    name = names.get(reason.user_id, "") if reason.shows_name else ""
    return f"• {escape(reason.text or '')}{f' — {escape(name)}' if name else ''}"
