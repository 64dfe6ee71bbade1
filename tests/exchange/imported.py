"""Random canvases as a store holds them, and what becomes of one that is exported and imported again."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from bot.features.imports.parsed import Reading
from bot.features.imports.plan import plan
from bot.method.kinds import ABOUT, NEEDS, OFFERS, OTHER, Kind
from bot.method.model import Canvas, Entry, Mark, Review
from bot.slack.blockkit.text import clean
from tests.method.build import STARTED, canvas, entry

MEMBERS = ("U0AB1", "U0AB2", "WXYZ9", "U777")
HOSTILE = (
    "=1+1",
    "'=1+1",
    "''@SUM(A1)",
    "＝1",
    '"quoted", with "" and comma',
    "a|b",
    "a\\|b\\",
    "|",
    "\\",
    "x *(risk)*",
    "x *(risk)*: 4.20 ★",
    "cost: 3.00",
    "not ranked yet: not ranked yet",
    "1. first",
    "- dash",
    "# Jobs",
    "*nothing yet*",
    "pain: in disguise",
    "a; b",
    "<b>&amp;</b> [link](x)",
    "عربي \u200fكتابة\u200f",
    "👩‍👩‍👧‍👦 emoji",
    "漢字；かな",
    '{"format": "valuemap/1"}',
)
_ANY = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
texts = st.sampled_from(HOSTILE) | _ANY.map(clean).filter(bool)
votes = st.dictionaries(st.sampled_from(MEMBERS), st.integers(1, 5))


@st.composite
def canvases(draw: st.DrawFn, *, twins: bool = True) -> Canvas:
    """A canvas as a store holds it; `twins`: entries of a box may say the same."""
    kinds = draw(st.lists(st.sampled_from(Kind), min_size=1, max_size=12))
    entries = [draw(entries_of(key, kind)) for key, kind in enumerate(kinds, start=1)]
    if not twins:
        entries = list({(each.kind, each.text.casefold()): each for each in reversed(entries)}.values())[::-1]
    products = [each.id for each in entries if each.kind is Kind.PRODUCT]
    entries = [
        replace(each, delivered_by=tuple(sorted(draw(st.sets(st.sampled_from(products))))))
        if each.kind.is_offer and products
        else each
        for each in entries
    ]
    return canvas(entries, draw(reviews(entries)))


@st.composite
def entries_of(draw: st.DrawFn, key: int, kind: Kind) -> Entry:
    made = entry(key, kind, draw(votes), draw(texts))
    category = draw(st.none() | st.sampled_from([*ABOUT[kind].categories, OTHER]))
    return replace(made, author=draw(st.sampled_from(MEMBERS)), category=category)


@st.composite
def reviews(draw: st.DrawFn, entries: list[Entry]) -> list[Review]:
    offers = [each.id for each in entries if each.kind in OFFERS]
    needs = [each.id for each in entries if each.kind in NEEDS]
    if not offers:
        return []
    marks = st.dictionaries(st.sampled_from(needs), st.sampled_from(Mark)) if needs else st.just({})
    pairs = st.tuples(st.sampled_from(offers), st.sampled_from(MEMBERS))
    given = draw(st.dictionaries(pairs, marks, max_size=8))
    return [Review(offer, member, dict(each)) for (offer, member), each in sorted(given.items())]


def taken_in(reading: Reading, there: tuple[Entry, ...] = (), first: int = 101) -> Canvas:
    """Return the canvas that becomes of another by an import, as the store would have it."""
    wanted = plan(reading, there)
    assert wanted.wrong == ()
    new = wanted.new
    ids = {**wanted.known, **{place: key for key, place in enumerate(new, start=first)}}
    products: dict[int, list[int]] = {}
    for offer, product in sorted(wanted.deliveries(ids)):
        products.setdefault(offer, []).append(product)
    added = [
        Entry(
            ids[place],
            found.kind,
            found.text,
            found.author or "U0",
            found.created_at or STARTED,
            found.category,
            tuple(products.get(ids[place], ())),
            found.votes,
        )
        for place, found in new.items()
    ]
    given = [
        Review(ids[each.offer], each.member, {ids[need]: mark for need, mark in each.marks.items()})
        for each in wanted.reviews
    ]
    return canvas([*there, *added], given)


def without_ids(exported: Mapping[str, Any]) -> dict[str, Any]:
    """Return an export whose ids are the entries' places in it, and whose order tells nothing else."""
    places = {each["id"]: place for place, each in enumerate(exported["entries"])}
    return {
        "entries": [
            {
                **each,
                "id": places[each["id"]],
                "delivered_by": [places[product] for product in each["delivered_by"]],
            }
            for each in exported["entries"]
        ],
        "reviews": sorted(
            (
                places[each["offer"]],
                each["member"],
                sorted((places[key], mark) for key, mark in each["marks"].items()),
            )
            for each in exported["reviews"]
        ),
        "fit": {**exported["fit"], "gaps": [places[key] for key in exported["fit"]["gaps"]]},
    }
