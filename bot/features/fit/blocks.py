"""What the fit looks like. Pure."""

from collections.abc import Collection, Iterable

from bot.features.fit.next_step import step
from bot.method.coach import next_step, to_test
from bot.method.fit import Fit, Need
from bot.method.formatting import decimals, percent
from bot.method.kinds import ABOUT, NEEDS
from bot.method.metrics import Figures
from bot.method.model import Entry
from bot.method.summary import counts, verdict
from bot.slack.blockkit.builders import (
    Block,
    Message,
    actions,
    button,
    divider,
    header,
    message,
    note,
    packed,
    run,
    section,
)
from bot.slack.blockkit.text import count, cut, esc, listed
from bot.store.model import CanvasInfo


def fit(head: CanvasInfo, figures: Figures) -> Message:
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
        section(f"*What to test:* {some(to_test(figures))}") if now.achieved else None,
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
