"""What the fit, the fit review and the reasons for a figure look like. Pure."""

from collections.abc import Collection, Iterable

from slack_sdk.models.blocks import InputBlock, Option, OptionGroup, StaticMultiSelectElement

from bot.canvas.model import Head
from bot.fit.model import Stop
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
    option,
    packed,
    run,
    section,
)
from bot.kit.errors import Refusal
from bot.kit.forms import Form
from bot.kit.text import count, cut, esc, listed
from bot.method.coach import Step, next_step
from bot.method.figures import Figures
from bot.method.fit import Fit, Need
from bot.method.kinds import ABOUT, NEEDS, Kind
from bot.method.model import Entry, Mark
from bot.method.said import counts, verdict
from bot.method.shown import decimals, percent

REVIEW = "review"  # callback id
STRONG, PARTIAL = "strong", "partial"  # blocks, with the offer and the page after a colon


def fit(head: Head, figures: Figures) -> Message:
    """The fit as it is now: verdict and counts first, a missed must-have before any percentage."""
    now = figures.fit
    missed = [need for need in now.gaps if need.ranked.must_have]
    words = [verdict(now), counts(now), *(must_have_line(need) for need in missed[:10]), shares(now)]
    return message(
        "\n".join([f"Fit of {esc(head.title)}", *words]),
        header(f"Fit: {head.title}"),
        section(f"*{verdict(now)}*\n{counts(now)}"),
        *packed([must_have_line(need) for need in missed], 2500),
        section(shares(now)),
        *gap_blocks(now.gaps),
        *loose_ends(figures),
        divider(),
        *step(head, next_step(figures)),
        actions(run("Review", "review", head.id), run("Rank", "rank", head.id), run("Show", "show", head.id)),
    )


def shares(now: Fit) -> str:
    each = ", ".join(f"{ABOUT[kind].plural} {percent(now.shares[kind])}" for kind in NEEDS)
    return f"Fit {percent(now.all)} ({each})"


def must_have_line(need: Need) -> str:
    entry = need.ranked.entry
    return f":star: Not addressed: {ABOUT[entry.kind].word} “{esc(entry.text)}”"


def gap_line(need: Need) -> str:
    entry = need.ranked.entry
    must_have = " :star:" if need.ranked.must_have else ""
    return (
        f"{ABOUT[entry.kind].word} “{esc(entry.text)}”{must_have}: score {decimals(need.ranked.score)}, "
        f"coverage {decimals(need.coverage)}"
    )


def gap_blocks(gaps: Collection[Need], most: int = 10) -> list[Block]:
    if not gaps:
        return []
    lines = [f"{place}. {gap_line(need)}" for place, need in enumerate(gaps, start=1)]
    more = [f"_…and {len(gaps) - most} more_"] if len(gaps) > most else []
    return packed(["*Gaps*", *lines[:most], *more], 6000)


def loose_ends(figures: Figures) -> list[Block]:
    """Offers that fit nothing yet or are over-rated, and products that nothing names."""
    groups = (
        ("Fits nothing yet", [offer.ranked.entry for offer in figures.fits_nothing]),
        ("Over-rated: ranked high, fits little", [offer.ranked.entry for offer in figures.over_rated]),
        ("Not reviewed yet", [offer.ranked.entry for offer in figures.unreviewed]),
        ("Named by no offer", [place.entry for place in figures.undelivered]),
    )
    lines = [f"*{title}:* {some(entries)}" for title, entries in groups if entries]
    return packed(lines, 2800)


def some(entries: Collection[Entry], most: int = 5) -> str:
    """Return a few texts of many: “a”, “b” and 3 more."""
    shown = [f"“{esc(cut(entry.text, 80))}”" for entry in list(entries)[:most]]
    more = len(entries) - len(shown)
    return listed([*shown, f"{more} more"]) if more else listed(shown)


def step(head: Head, next_: Step) -> list[Block]:
    """The one next best step, with the button that does it."""
    words = f"{next_.do} {ABOUT[next_.kind].word}" if next_.kind and next_.do in {"add", "rank"} else next_.do
    label = {"add": "Add", "rank": "Rank", "review": "Review", "fit": "See the fit"}[next_.do]
    accessory = run(label, words, head.id, style="primary")
    return [section(f":point_right: *Next:* {step_words(next_)}", accessory)]


def step_words(next_: Step) -> str:
    return next_.says.format(esc(cut(next_.entry, 120)))


def review_form(head: Head, stop: Stop, *, again: bool) -> View:
    """One stop of the fit review."""
    entry = stop.entry
    of_page = f" · needs, part {stop.page + 1} of {stop.pages}" if stop.pages > 1 else ""
    last = stop.number == stop.offers and stop.page + 1 == stop.pages
    return modal(
        REVIEW,
        "Fit review",
        [
            note(f"Offer {stop.number} of {stop.offers} · you have reviewed {stop.reviewed}{of_page}"),
            section(f"{ABOUT[entry.kind].icon} *{ABOUT[entry.kind].word}*\n{esc(entry.text)}"),
            note(_question(entry.kind)),
            _marks(stop, STRONG, "Fits strongly", Mark.STRONG, "It clearly does something for these."),
            _marks(stop, PARTIAL, "Fits partly", Mark.PARTIAL, "It does something, but not all."),
            note("What you leave unmarked counts as 0. Leave both empty if it fits nothing."),
            actions(
                button("‹ Back", "review_step:back", "back"),
                button("Skip ›", "review_step:skip", "skip"),
                button("Fits nothing", "review_step:nothing", "nothing"),
            ),
        ],
        about={
            "channel": head.channel,
            "canvas": head.id,
            "offer": entry.id,
            "page": stop.page,
            "again": again,
        },
        submit="Save and finish" if last else "Save and next",
        close="Stop",
    )


def _question(kind: Kind) -> str:
    served = (
        "take away, and how much of it" if kind is Kind.PAIN_RELIEVER else "create or serve, and how much"
    )
    return f"Which jobs, pains and gains does it really {served}?"


def _marks(stop: Stop, block: str, label: str, mark: Mark, hint: str) -> Block:
    marked = [need for need in stop.needs if stop.marks.get(need.ranked.entry.id) is mark]
    groups = [
        OptionGroup(label=ABOUT[kind].plural.capitalize(), options=[_need_option(need) for need in needs])
        for kind in NEEDS
        if (needs := [need for need in stop.needs if need.ranked.entry.kind is kind])
    ]
    element = StaticMultiSelectElement(
        action_id=block,
        placeholder="No need",
        option_groups=groups,
        initial_options=[_need_option(need) for need in marked] or None,
    )
    made: Block = InputBlock(
        block_id=f"{block}:{stop.entry.id}:{stop.page}",
        label=label,
        element=element,
        hint=hint,
        optional=True,
    ).to_dict()
    return made


def _need_option(need: Need) -> Option:
    star = "★ " if need.ranked.must_have else ""
    return option(star + need.ranked.entry.text, str(need.ranked.entry.id))


def read_marks(form: Form) -> dict[int, Mark]:
    """Return the marks of a review form; raise Refusal where a need has two."""
    partial = {int(need) for need in form.choices(form.block_named(PARTIAL))}
    strong = {int(need) for need in form.choices(form.block_named(STRONG))}
    if partial & strong:
        raise Refusal("A need is marked strongly and partly: keep it in one of the two.")
    return dict.fromkeys(partial, Mark.PARTIAL) | dict.fromkeys(strong, Mark.STRONG)


def review_done(head: Head, figures: Figures, offers: int) -> View:
    now = figures.fit
    return modal(
        "done",
        "Fit review",
        [
            section(f":white_check_mark: You have reviewed all {count(offers, 'offer')}. Thank you!"),
            section(f"*{verdict(now)}*\n{counts(now)}"),
            *packed([must_have_line(need) for need in now.gaps if need.ranked.must_have], 2500),
            section(shares(now)),
            *gap_blocks(now.gaps, 3),
        ],
        about={"channel": head.channel, "canvas": head.id},
    )


def choose(entries: Iterable[Entry], words: str) -> Message:
    """Ask which of several entries is meant."""
    found = list(entries)
    says = f"{count(len(found), 'entry', 'entries')} could be “{esc(cut(words, 60))}”. Which one do you mean?"
    return message(
        says,
        section(says),
        *(
            section(
                f"{ABOUT[entry.kind].icon} {ABOUT[entry.kind].word}: {esc(entry.text)}",
                button("Why?", "why", str(entry.id)),
            )
            for entry in found[:10]
        ),
        note("If it is none of these, type a few more of its words.") if len(found) > 10 else None,
    )
