"""Random canvases for Hypothesis, and what an export and an import make of one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from bot.emoji_names import replace_emoji_codes
from bot.features.imports.parsed import ParseResult
from bot.features.imports.plan import plan_import
from bot.method.kinds import NEED_KINDS, OFFER_KINDS, OTHER, Kind
from bot.method.model import (
    NO_ENTRY,
    AssumptionTest,
    Bound,
    Canvas,
    Choice,
    Decision,
    Entry,
    Evidence,
    Grade,
    Mark,
    Outcome,
    Result,
    Review,
    Terms,
)
from bot.method.numbers import MAX_DECIMALS, MAX_NUMBER, check_number
from bot.slack.blockkit.text import sanitize
from tests.method.build import STARTED_AT, build_canvas, build_entry

MEMBERS = ("U0AB1", "U0AB2", "WXYZ9", "U777")
HOSTILE_TEXTS = (
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
    "x: 4.20 ★ · evidenced",
    "x: 4.20 ★ · ✗ not addressed · refuted",
    "x · refuted",
    "Evidence",
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
# A file has characters in place of Slack's codes of emoji, so no text has a code: it would change.
texts = st.sampled_from(HOSTILE_TEXTS) | _ANY.map(sanitize).map(replace_emoji_codes).filter(bool)
numbers = st.decimals(-MAX_NUMBER, MAX_NUMBER, places=MAX_DECIMALS).map(check_number)
votes = st.dictionaries(st.sampled_from(MEMBERS), st.integers(1, 5))


@st.composite
def canvases(draw: st.DrawFn, *, allow_duplicates: bool = True, with_evidence: bool = False) -> Canvas:
    """Return a random canvas; with `allow_duplicates` entries of one box may have the same text."""
    kinds = draw(st.lists(st.sampled_from(Kind), min_size=1, max_size=12))
    entries = [draw(entries_of_kind(key, kind)) for key, kind in enumerate(kinds, start=1)]
    if not allow_duplicates:
        entries = list({(each.kind, each.text.casefold()): each for each in reversed(entries)}.values())[::-1]
    products = [each.id for each in entries if each.kind is Kind.PRODUCT]
    entries = [
        replace(each, delivered_by=tuple(sorted(draw(st.sets(st.sampled_from(products))))))
        if each.kind.is_offer and products
        else each
        for each in entries
    ]
    canvas = build_canvas(entries, draw(reviews_of(entries)))
    items = draw(st.lists(items_of(entries), max_size=4)) if with_evidence else []
    tests = draw(st.lists(tests_of(entries), max_size=3)) if with_evidence else []
    return replace(
        canvas,
        evidence=tuple(replace(item, id=key) for key, item in enumerate(items, start=1)),
        tests=tuple(replace(test, id=key) for key, test in enumerate(tests, start=1)),
    )


@st.composite
def items_of(draw: st.DrawFn, entries: list[Entry]) -> Evidence:
    """Return an item of evidence for and against some entries, or of none."""
    linked = draw(st.lists(st.sampled_from([each.id for each in entries]), max_size=4, unique=True))
    split = draw(st.integers(0, len(linked)))
    grade, count = draw(st.sampled_from(Grade)), draw(st.integers(1, 10**9))
    day, quote, source = STARTED_AT.date(), draw(texts), draw(texts)
    return Evidence(1, quote, source, grade, count, day, tuple(linked[:split]), tuple(linked[split:]))


@st.composite
def tests_of(draw: st.DrawFn, entries: list[Entry]) -> AssumptionTest:
    """Return a test of an entry, or of one that was deleted, with or without a result and a decision."""
    terms = Terms(
        draw(texts),
        draw(texts),
        draw(st.sampled_from(Bound)),
        draw(numbers),
        draw(texts),
        STARTED_AT.date(),
        draw(st.sampled_from(MEMBERS)),
    )
    result = Result(
        draw(numbers),
        draw(st.integers(1, 10**9)),
        draw(st.sampled_from(Grade)),
        draw(texts),
        draw(st.sampled_from(Outcome)),
        STARTED_AT,
    )
    decision = Decision(
        draw(st.sampled_from(Choice)), draw(texts), draw(st.sampled_from(MEMBERS)), STARTED_AT
    )
    has_result, has_decision = draw(st.sampled_from([(False, False), (True, False), (True, True)]))
    return AssumptionTest(
        1,
        draw(st.sampled_from([NO_ENTRY, *(each.id for each in entries)])),
        draw(texts),
        terms,
        "U0AB1",
        STARTED_AT,
        (),
        result if has_result else None,
        decision if has_decision else None,
    )


@st.composite
def entries_of_kind(draw: st.DrawFn, key: int, kind: Kind) -> Entry:
    made = build_entry(key, kind, draw(votes), draw(texts))
    category = draw(st.none() | st.sampled_from([*kind.spec.categories, OTHER]))
    return replace(made, author_id=draw(st.sampled_from(MEMBERS)), category=category)


@st.composite
def reviews_of(draw: st.DrawFn, entries: list[Entry]) -> list[Review]:
    offers = [each.id for each in entries if each.kind in OFFER_KINDS]
    needs = [each.id for each in entries if each.kind in NEED_KINDS]
    if not offers:
        return []
    marks = st.dictionaries(st.sampled_from(needs), st.sampled_from(Mark)) if needs else st.just({})
    pairs = st.tuples(st.sampled_from(offers), st.sampled_from(MEMBERS))
    given = draw(st.dictionaries(pairs, marks, max_size=8))
    return [Review(offer, member, dict(each)) for (offer, member), each in sorted(given.items())]


def import_into(result: ParseResult, canvas_entries: tuple[Entry, ...] = (), first_id: int = 101) -> Canvas:
    """Return the canvas after an import, as the store would have it."""
    plan = plan_import(result, build_canvas(canvas_entries))
    assert plan.errors == ()
    new = plan.new_entries
    ids = {**plan.existing_ids, **{index: key for key, index in enumerate(new, start=first_id)}}
    products: dict[int, list[int]] = {}
    for offer, product in sorted(plan.resolve_deliveries(ids)):
        products.setdefault(offer, []).append(product)
    added = [
        Entry(
            ids[index],
            parsed.kind,
            parsed.text,
            parsed.author_id or "U0",
            parsed.created_at or STARTED_AT,
            parsed.category,
            tuple(products.get(ids[index], ())),
            parsed.votes,
        )
        for index, parsed in new.items()
    ]
    reviews = [
        Review(ids[each.offer_index], each.user_id, {ids[need]: mark for need, mark in each.marks.items()})
        for each in plan.reviews
    ]
    tests = [
        AssumptionTest(
            number,
            NO_ENTRY if each.entry_index is None else ids[each.entry_index],
            each.belief,
            each.terms,
            "U0AB1",
            STARTED_AT,
            (),
            each.result,
            each.decision,
        )
        for number, each in enumerate(plan.tests, start=1)
    ]
    evidence = [
        Evidence(
            number,
            each.quote,
            each.source,
            each.grade,
            each.count,
            each.day,
            tuple(ids[index] for index in each.supports),
            tuple(ids[index] for index in each.contradicts),
            each.link,
            each.recorder_id or "",
        )
        for number, each in enumerate(plan.evidence, start=1)
    ]
    canvas = build_canvas([*canvas_entries, *added], reviews)
    return replace(canvas, evidence=tuple(evidence), tests=tuple(tests))


def number_entries(exported: Mapping[str, Any]) -> dict[str, Any]:
    """Return an export with the indexes of entries in place of their ids, and with sorted reviews.

    Two exports of the same content are then equal, although an import gives new ids.
    """
    indexes = {each["id"]: index for index, each in enumerate(exported["entries"])}
    return {
        "entries": [
            {
                **each,
                "id": indexes[each["id"]],
                "delivered_by": [indexes[product] for product in each["delivered_by"]],
            }
            for each in exported["entries"]
        ],
        "reviews": sorted(
            (
                indexes[each["offer"]],
                each["member"],
                sorted((indexes[key], mark) for key, mark in each["marks"].items()),
            )
            for each in exported["reviews"]
        ),
        "evidence": [
            {
                **each,
                "supports": [indexes[key] for key in each["supports"]],
                "contradicts": [indexes[key] for key in each["contradicts"]],
            }
            for each in exported["evidence"]
        ],
        "tests": [{**each, "entry": each["entry"] and indexes[each["entry"]]} for each in exported["tests"]],
        "fit": {**exported["fit"], "gaps": [indexes[key] for key in exported["fit"]["gaps"]]},
    }
