"""What a fit digest and its schedule look like. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from slack_sdk.models.blocks import PlainTextInputElement, StaticSelectElement, TimePickerElement

from bot.features.digest import changes, chart
from bot.features.fit.blocks import gap_line, must_have_line, shares, some
from bot.features.fit.next_step import step, step_words
from bot.method.coach import next_step
from bot.method.fit import Fit
from bot.method.formatting import percent, points
from bot.method.metrics import Figures
from bot.method.summary import counts, verdict
from bot.slack.blockkit.builders import (
    Block,
    Message,
    View,
    actions,
    field,
    header,
    message,
    modal,
    note,
    option,
    packed,
    run,
    section,
)
from bot.slack.blockkit.forms import Form
from bot.slack.blockkit.text import cut, esc
from bot.store.model import CanvasInfo
from bot.times.clock import DAY_NAMES, DAYS
from bot.times.schedules import Schedule

SCHEDULE = "schedule"  # callback id
QUIET_PAUSE = 4
MOST = 5


@dataclass(frozen=True, slots=True)
class Facts:
    """What a digest tells of."""

    head: CanvasInfo
    now: Figures
    before: Figures | None  # as the last digest told; None for the first
    trend: Sequence[tuple[str, Fit]]  # day and fit of earlier digests and of now, oldest first
    late_for: str = ""  # when it was planned, where it comes late


def digest(facts: Facts) -> Message:
    """The digest: verdict and counts, the fit and what changed it, gaps, moves, what is new, what next."""
    now, head = facts.now, facts.head
    missed = [must_have_line(need) for need in now.fit.gaps if need.ranked.must_have]
    next_ = next_step(now)
    words = [verdict(now.fit), counts(now.fit), *missed[:3], _shares(facts), f"Next: {step_words(next_)}"]
    return message(
        "\n".join([f"Fit digest: {esc(head.title)}", *words]),
        header(f"Fit digest: {head.title}"),
        note(f"Planned for {facts.late_for}; late because I was not running.") if facts.late_for else None,
        section(f"*{verdict(now.fit)}*\n{counts(now.fit)}"),
        *packed(missed, 1200),
        section(f"{_shares(facts)}{_trend(facts)}"),
        chart.trend(facts.trend),
        *_sections(facts),
        *step(head, next_),
        actions(
            run("Review", "review", head.id),
            run("Vote", "rank", head.id),
            run("Show", "show", head.id),
            run("Schedule", "digest", head.id),
        ),
    )


def quiet(head: CanvasInfo, in_a_row: int) -> Message:
    """One short line: nothing happened."""
    says = f"*{esc(head.title)}*: nothing happened since the last digest."
    if in_a_row < QUIET_PAUSE:
        return message(says)
    says += f" That was the {in_a_row}th in a row, so I pause the digest."
    return message(says, section(says), actions(run("Go on", "digest on", head.id)))


def _shares(facts: Facts) -> str:
    now = facts.now.fit.all
    before = facts.before.fit.all if facts.before else None
    if now is None or before is None:
        return shares(facts.now.fit)
    change = (
        f"{points(now - before)} points since the last digest" if now != before else "as in the last digest"
    )
    return f"{shares(facts.now.fit)}, {change}"


def _trend(facts: Facts) -> str:
    known = [fit.all for _, fit in facts.trend if fit.all is not None]
    return f"\nTrend: {' → '.join(percent(share) for share in known)}" if len(known) > 1 else ""


def _sections(facts: Facts) -> list[Block]:
    now = facts.now
    groups: list[tuple[str, list[str]]] = [
        ("Gaps", [f"{n}. {gap_line(need)}" for n, need in enumerate(now.fit.gaps[:3], start=1)]),
        ("What divides the team", [f"• {changes.named(place.entry, 120)}" for place in now.divisive]),
    ]
    if now.fits_nothing:
        groups.append(("Fits nothing yet", [some([offer.ranked.entry for offer in now.fits_nothing])]))
    if facts.before is not None:
        before = facts.before
        caused = [changes.line(change) for change in changes.causes(before.canvas, now)]
        moves = [f"• {changes.named(m.entry, 120)}: {m.before} → {m.now}" for m in changes.moved(before, now)]
        new = [f"• {changes.named(entry, 120)}" for entry in changes.added(before.canvas, now.canvas)]
        groups[:0] = [("What changed the fit", caused)]
        groups += [("Moved in the ranking", moves), ("New", new)]
    return [block for title, lines in groups if lines for block in _group(title, lines)]


def _group(title: str, lines: list[str]) -> list[Block]:
    more = [f"_…and {len(lines) - MOST} more_"] if len(lines) > MOST else []
    return packed([f"*{title}*", *(cut(line, 900) for line in lines[:MOST]), *more], 1500)


def planned(head: CanvasInfo, words: str, next_at: datetime | None) -> Message:
    """What is set, and when it comes next."""
    if next_at is None:
        says = f"The digest of *{esc(head.title)}* is off."
    else:
        stamp = int(next_at.timestamp())
        when = f"<!date^{stamp}^{{date_short_pretty}} {{time}}|{next_at:%Y-%m-%d %H:%M} UTC>"
        says = f"The digest of *{esc(head.title)}* comes {words}, next {when}."
    return message(
        says,
        section(says),
        actions(
            run("Change", "digest change", head.id),
            run("Now", "digest now", head.id),
            run("Off", "digest off", head.id) if next_at else run("On", "digest on", head.id),
        ),
    )


def form(head: CanvasInfo, schedule: Schedule) -> View:
    """The form that changes the schedule."""
    often = {"daily": "Every day", "weekdays": "Every weekday", "monthly 1": "On the first of each month"}
    often |= {f"weekly {day}": f"Every {name}" for day, name in zip(DAYS, DAY_NAMES, strict=True)}
    chosen = f"{schedule.every} {schedule.on}" if schedule.on is not None else str(schedule.every)
    often.setdefault(chosen, schedule.in_words().partition(" at ")[0].capitalize())
    select = StaticSelectElement(
        action_id="often",
        options=[option(label, value) for value, label in often.items()],
        initial_option=option(often[chosen], chosen),
    )
    clock = TimePickerElement(action_id="at", initial_time=f"{schedule.at:%H:%M}")
    zone = PlainTextInputElement(action_id="zone", initial_value=schedule.time_zone, max_length=60)
    return modal(
        SCHEDULE,
        "Digest schedule",
        [
            field("often", "How often", select),
            field("at", "At", clock),
            field("zone", "Time zone", zone, hint="Such as Europe/Berlin"),
        ],
        about={"channel": head.channel_id, "canvas": head.id},
        submit="Save",
    )


def read_form(filled: Form) -> str:
    """Return the schedule as words."""
    return f"{filled.choice('often')} {filled.time('at')} {filled.text('zone').strip().replace(' ', '_')}"


def sent_soon(head: CanvasInfo) -> Message:
    return message(f"The digest of *{esc(head.title)}* is on its way into the channel.")
