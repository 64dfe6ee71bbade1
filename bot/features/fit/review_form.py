"""What the fit review looks like, stop by stop, and what was marked in it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from slack_sdk.models.blocks import (
    ButtonElement,
    Option,
    OptionGroup,
    StaticMultiSelectElement,
)

from bot.features.fit.blocks import must_have_line, shares, some
from bot.features.fit.model import Comparison, Difference, Place, Stop, Walk, differences, without
from bot.features.fit.next_step import step
from bot.method.coach import next_step
from bot.method.fit import Fit, Need
from bot.method.formatting import decimals, percent
from bot.method.kinds import ABOUT, NEEDS, Kind, review_questions
from bot.method.metrics import Figures
from bot.method.model import Mark
from bot.method.ranking import Ranked
from bot.method.summary import counts, verdict
from bot.slack.blockkit.builders import (
    Block,
    View,
    actions,
    button,
    divider,
    field,
    modal,
    note,
    option,
    packed,
    section,
)
from bot.slack.blockkit.forms import Form
from bot.slack.blockkit.text import capital, count, cut, esc, listed, whole
from bot.slack.errors import Refusal
from bot.store.model import CanvasInfo

REVIEW = "review"  # callback id
STRONG, PARTIAL = "strong", "partial"  # blocks, with the offer and the page after a colon
CELLS = 10  # of the bar that shows how far one is
NAMES = 3  # of the others who reviewed an offer, before the rest is counted
SHOWN = 3  # differences at a time

Names = Mapping[str, str]


def review_form(
    head: CanvasInfo, now: Figures, walk: Walk, stop: Stop, saved: Sequence[Block] = (), warning: str = ""
) -> View:
    """One stop of the fit review; above it what was just saved, or a warning."""
    before = _before(stop)
    return modal(
        REVIEW,
        "Fit review",
        [
            section(f":warning: {warning}") if warning else None,
            *saved,
            note(_progress(stop)),
            *_offer(stop, now),
            note(before) if before else None,
            _marks(stop, STRONG, "Fits strongly", Mark.STRONG, "It clearly does something for these."),
            _marks(stop, PARTIAL, "Fits partly", Mark.PARTIAL, "It does something, but not all."),
            note("★ is a must-have. What you leave unmarked counts as 0."),
            actions(
                None if stop.first else button("‹ Back", "review_step:back", "back"),
                button("Skip ›", "review_step:skip", "skip"),
                button("Fits nothing", "review_step:nothing", "nothing") if stop.page == 0 else None,
            ),
        ],
        about={
            "channel": head.channel_id,
            "canvas": head.id,
            "offer": stop.entry.id,
            "page": stop.page,
            "until": [str(stop.until[0]), *stop.until[1:]] if stop.until else None,
            "again": walk.again,
        },
        submit="Save and finish" if stop.last else "Save and next",
        close="Stop",
    )


def until(about: Mapping[str, Any]) -> Place | None:
    """Return where the needs of a review form end, among all needs; None where they are the last."""
    if not about.get("until"):
        return None
    score, kind, need = about["until"]
    return Fraction(score), int(kind), int(need)


def _progress(stop: Stop) -> str:
    cells = min(stop.offers, CELLS)
    full = cells * (stop.offers - stop.left) // stop.offers
    left = f"{stop.left} left" if stop.left else "all reviewed"
    part = f" · needs, part {stop.page + 1} of {stop.pages}" if stop.pages > 1 else ""
    return f"*Offer {stop.number} of {stop.offers}* · {'●' * full}{'○' * (cells - full)} · {left}{part}"


def _offer(stop: Stop, now: Figures) -> list[Block]:
    """The offer in hand: what it says, how it is delivered and ranked, and what to ask of it."""
    entry, about = stop.entry, ABOUT[stop.entry.kind]
    category = f" · {esc(entry.category)}" if entry.category else ""
    products = [now.ranked[product].entry for product in entry.delivered_by if product in now.ranked]
    delivered = f"Delivered by {some(products, 3)} · " if products else ""
    asked = "\n".join(f"• {question}" for question in review_questions(entry.kind, entry.category, entry.id))
    return [
        section(f"{about.icon} *{capital(about.word)}*{category}\n{esc(entry.text)}"),
        note(f"{delivered}{_rank(stop.offer.ranked, len(now.boxes[entry.kind]))}"),
        section(f"{_question(entry.kind)}\n{asked}"),
    ]


def _rank(place: Ranked, of: int) -> str:
    if not place.votes:
        return "not ranked yet"
    return f"rank {place.rank} of {of}, score {decimals(place.score)}, {count(place.votes, 'vote')}"


def _question(kind: Kind) -> str:
    pains, gains = ABOUT[Kind.PAIN].plural, ABOUT[Kind.GAIN].plural
    first, besides = (pains, gains) if kind is Kind.PAIN_RELIEVER else (gains, pains)
    return f"What does it really fit: which {first}, how much of them, and which jobs and {besides} besides?"


def _before(stop: Stop) -> str:
    if stop.own is None:
        return ""
    marked = "your marks are filled in" if stop.marks else "you said that it fits nothing"
    saved = "You saved the parts before this one" if stop.page else "You reviewed this before"
    return f":pencil2: {saved}: {marked}."


def _marks(stop: Stop, block: str, label: str, mark: Mark, hint: str) -> Block:
    marked = [need for need in stop.needs if stop.marks.get(need.ranked.entry.id) is mark]
    groups = [
        OptionGroup(label=capital(ABOUT[kind].plural), options=[_need_option(stop, need) for need in needs])
        for kind in NEEDS
        if (needs := [need for need in stop.needs if need.ranked.entry.kind is kind])
    ]
    element = StaticMultiSelectElement(
        action_id=block,
        placeholder="No need",
        option_groups=groups,
        initial_options=[_need_option(stop, need) for need in marked] or None,
    )
    return field(f"{block}:{stop.entry.id}:{stop.page}", label, element, hint=hint, optional=True)


def _need_option(stop: Stop, need: Need) -> Option:
    """Return a need as an option; its number tells needs apart whose first words are the same."""
    star = "★ " if need.ranked.must_have else ""
    entry = need.ranked.entry
    return option(f"{star}{stop.numbers[entry.id]}. {entry.text}", str(entry.id))


def read_marks(form: Form) -> dict[int, Mark]:
    """Return the marks of a review form; raise Refusal where a need has two."""
    partial = _ids(form.choices(form.block_named(PARTIAL)))
    strong = _ids(form.choices(form.block_named(STRONG)))
    if partial & strong:
        raise Refusal("A need is marked strongly and partly: keep it in one of the two.")
    return dict.fromkeys(partial, Mark.PARTIAL) | dict.fromkeys(strong, Mark.STRONG)


def asked(view: Mapping[str, Any]) -> set[int]:
    """Return the needs that a review form shows: more or others may be there by now."""
    elements = [block.get("element") or {} for block in view["blocks"] if block["type"] == "input"]
    groups = [group for element in elements for group in element.get("option_groups") or ()]
    return _ids(each["value"] for group in groups for each in group["options"])


def _ids(values: Iterable[str]) -> set[int]:
    """Return the entries that options name."""
    return {need for value in values if (need := whole(value)) is not None}


def saved(comparison: Comparison, names: Names) -> list[Block]:
    """What was just saved, who else reviewed it, and where the marks differ.

    The others' marks are told as totals, from two others on: the total of a single one would be their marks.
    """
    nothing = "" if comparison.own.marks else " fits nothing"
    says = f":white_check_mark: *Saved: “{esc(cut(comparison.offer.text, 60))}”{nothing}.*"
    told = _told(comparison)
    return [
        section(f"{says} {_others(comparison, names)}"),
        *([note("\n".join(told))] if told else []),
        divider(),
    ]


def _others(comparison: Comparison, names: Names) -> str:
    if not comparison.others:
        return "You are the first to review it."
    known = sorted(esc(names.get(member, "somebody")) for member in comparison.others)
    more = len(known) - NAMES
    who = listed([*known[:NAMES], count(more, "other", "others")] if more > 0 else known)
    if not comparison.with_totals:
        return f"{who} reviewed it, too. Where you differ I say from two others on."
    differ = "You differ on:" if comparison.differences else "You mark it much as they do."
    return f"{who} reviewed it, too. {differ}"


def _told(comparison: Comparison) -> list[str]:
    if not comparison.with_totals:
        return []
    lines = [f"• {_difference(each)}" for each in comparison.differences[:SHOWN]]
    more = len(comparison.differences) - SHOWN
    return [*lines, f"_…and {more} more_"] if more > 0 else lines


def _difference(difference: Difference) -> str:
    """Return "pain “waiting”: you strong, others 1 strong, 2 nothing"."""
    entry = difference.need.entry
    star = ":star: " if difference.need.must_have else ""
    need = f"{star}{ABOUT[entry.kind].word} “{esc(cut(entry.text, 60))}”"
    return f"{need}: you {_named(difference.own)}, {_totals(difference.others)}"


def _totals(others: Mapping[Mark | None, int]) -> str:
    told = [(others[mark], _named(mark)) for mark in (Mark.STRONG, Mark.PARTIAL, None) if others.get(mark)]
    if len(told) == 1:
        return f"all {told[0][0]} others {told[0][1]}"
    return f"others {', '.join(f'{number} {mark}' for number, mark in told)}"


def _named(mark: Mark | None) -> str:
    return mark.name.lower() if mark else "nothing"


def review_done(
    head: CanvasInfo, now: Figures, walk: Walk, member: str, said: Sequence[Block] = (), warning: str = ""
) -> View:
    """The end: the verdict, what this member's reviews changed, where they differ, what next."""
    missed = [must_have_line(need) for need in now.fit.gaps if need.ranked.must_have]
    return modal(
        "done",
        "Fit review",
        [
            section(f":warning: {warning}") if warning else None,
            *said,
            *_reviewed(head, walk),
            section(f"*{verdict(now.fit)}*\n{counts(now.fit)}"),
            *packed(missed, 1500),
            section(f"{shares(now.fit)}\n{_effect(without(now, member), now.fit)}"),
            *_differences(head, differences(now, member)),
            divider(),
            *step(head, next_step(now)),
        ],
        about={"channel": head.channel_id, "canvas": head.id},
    )


def _reviewed(head: CanvasInfo, walk: Walk) -> list[Block]:
    """Return how far the member is, with a way to the first offer that was skipped."""
    if not walk.offers:
        return [section("There is no offer left to review: the last one was deleted meanwhile.")]
    if not walk.open:
        says = f"You have reviewed all {count(len(walk.offers), 'offer')}. Thank you!"
        return [section(f":tada: {says}")]
    done, first = len(walk.offers) - len(walk.open), walk.open[0].ranked.entry
    says = f"You have reviewed {done} of {count(len(walk.offers), 'offer')}."
    left = f"Left: {some([offer.ranked.entry for offer in walk.open], 3)}."
    return [section(f"{says} {left}", review_at("Go on", head, first.id, "primary"))]


def _effect(before: Fit, after: Fit) -> str:
    """Return what a member's reviews change, in the share and in the must-haves."""
    addressed = [sum(each.addressed for each in fit.must_haves.values()) for fit in (before, after)]
    if (before.all, addressed[0]) == (after.all, addressed[1]):
        return "Your reviews leave the fit as it is without them."
    total = sum(each.total for each in after.must_haves.values())
    must_haves = f", must-haves addressed {addressed[0]} → {addressed[1]} of {total}"
    if addressed[0] == addressed[1]:
        must_haves = ""
    return f"What your reviews change: fit {percent(before.all)} → {percent(after.all)}{must_haves}."


def _differences(head: CanvasInfo, found: Sequence[Difference]) -> list[Block]:
    """Return where a member differs most from the others, over all offers, with a way back to each."""
    if not found:
        return []
    lines = [
        section(
            f"“{esc(cut(each.offer.text, 80))}” for {_difference(each)}",
            review_at("Look again", head, each.offer.id),
        )
        for each in found[:SHOWN]
    ]
    return [divider(), section("*Worth talking about:* where you differ most from the others"), *lines]


def review_at(label: str, head: CanvasInfo, offer: int, style: str | None = None) -> ButtonElement:
    """Return a button that opens the review at an offer."""
    return button(label, "review_at", f"{head.id}:{offer}", style)
