"""The example canvas keeps its format and shows what the method can say.

The figures are worked out here from the method's page alone, so that they check the bot's own.
"""

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from importlib.resources import files
from itertools import pairwise
from math import log2, prod
from typing import TypedDict, cast
from zoneinfo import ZoneInfo

import pytest


class Header(TypedDict):
    name: str
    segment: str
    created_at: str
    time_zone: str


class Member(TypedDict):
    name: str
    time_zone: str


class Entry(TypedDict):
    id: str
    kind: str
    text: str
    category: str
    author: str
    created_at: str
    delivered_by: list[str]
    votes: dict[str, int]


class Review(TypedDict):
    offer: str
    member: str
    marks: dict[str, float]


class Evidence(TypedDict):
    id: str
    source: str
    grade: str
    n: int
    quote: str
    link: str
    at: str
    by: str
    supports: list[str]
    contradicts: list[str]


class Criterion(TypedDict):
    op: str
    value: int
    unit: str


class Result(TypedDict):
    value: int
    n: int
    grade: str
    quote: str
    outcome: str
    at: str


class Decision(TypedDict):
    what: str
    reason: str
    by: str
    at: str


class Assumption(TypedDict):
    id: str
    entry: str
    believe: str
    check: str
    measure: str
    right_if: Criterion
    until: str
    owner: str
    result: Result | None
    decision: Decision | None


class Example(TypedDict):
    format: str
    canvas: Header
    members: dict[str, Member]
    entries: list[Entry]
    reviews: list[Review]
    evidence: list[Evidence]
    tests: list[Assumption]


CATEGORIES = {
    "job": {"functional", "social", "emotional", "supporting"},
    "pain": {"undesired outcome", "obstacle", "risk"},
    "gain": {"required", "expected", "desired", "unexpected"},
    "product": {"physical/tangible", "intangible", "digital", "financial"},
    "pain_reliever": {
        "produces savings",
        "makes customers feel better",
        "eliminates risk",
        "eliminates obstacles",
        "makes things easier",
    },
    "gain_creator": {
        "produces unexpected outcomes",
        "outperforms current solutions",
        "creates positive social consequences",
        "fulfils a dream",
        "makes work or life easier",
    },
}
NEEDS = ("job", "pain", "gain")
OFFERS = ("pain_reliever", "gain_creator")

EXAMPLE = cast("Example", json.loads(files("bot.demo").joinpath("canvas.json").read_text(encoding="utf-8")))
MEMBERS = EXAMPLE["members"]
ENTRIES = EXAMPLE["entries"]
REVIEWS = EXAMPLE["reviews"]
BY_ID = {entry["id"]: entry for entry in ENTRIES}


def of(*kinds: str) -> list[Entry]:
    return [entry for entry in ENTRIES if entry["kind"] in kinds]


# The figures, from method.md


def score(entry: Entry) -> Fraction | None:
    """Return the score; an entry without votes has none."""
    if not entry["votes"]:
        return None
    return Fraction(3 * 2 + sum(entry["votes"].values()), 2 + len(entry["votes"]))


def weight(entry: Entry) -> Fraction:
    """Return the weight; an entry without votes counts nowhere, like one of the weight 0."""
    return ((score(entry) or 1) - 1) / Fraction(4)


def must_have(entry: Entry) -> bool:
    return (score(entry) or 0) >= 4 and len(entry["votes"]) >= 3


def rank(entry: Entry) -> int:
    """Return the rank of an entry that has votes."""
    place = (score(entry) or 0, len(entry["votes"]))
    return 1 + sum((score(other) or 0, len(other["votes"])) > place for other in of(entry["kind"]))


def divisive(entry: Entry) -> bool:
    levels = list(entry["votes"].values())
    n = len(levels)
    if n < 2:
        return False
    mean = sum(levels) / n
    return 1 + sum(log2(1 - abs(level - mean) / 4) for level in levels) / n < 0.5


def strength(offer: Entry, need: Entry) -> Fraction:
    marks = [review["marks"].get(need["id"], 0) for review in REVIEWS if review["offer"] == offer["id"]]
    return sum(map(Fraction, marks), Fraction(0)) / len(marks) if marks else Fraction(0)


def coverage(need: Entry) -> Fraction:
    return 1 - prod((1 - strength(offer, need) for offer in of(*OFFERS)), start=Fraction(1))


def addressed(need: Entry) -> bool:
    return coverage(need) >= Fraction(1, 2)


def fit(*kinds: str) -> Fraction:
    needs = of(*kinds)
    return sum(weight(need) * coverage(need) for need in needs) / sum(map(weight, needs), Fraction(0))


def relevance(offer: Entry) -> Fraction:
    return 1 - prod((1 - weight(need) * strength(offer, need) for need in of(*NEEDS)), start=Fraction(1))


def over_rated(offer: Entry) -> bool:
    box = [other for other in of(offer["kind"]) if other["votes"]]
    better = sum(relevance(other) > relevance(offer) for other in box)
    return 3 * rank(offer) <= len(box) and 3 * better >= 2 * len(box)


# The format


def test_it_is_a_valuemap_without_figures() -> None:
    assert EXAMPLE["format"] == "valuemap/1"
    assert set(EXAMPLE) == set(Example.__annotations__)
    assert set(EXAMPLE["canvas"]) == set(Header.__annotations__)
    for entry in ENTRIES:
        assert set(entry) == set(Entry.__annotations__), entry["id"]
    for review in REVIEWS:
        assert set(review) == set(Review.__annotations__), review
    for item in EXAMPLE["evidence"]:
        assert set(item) == set(Evidence.__annotations__), item["id"]
    for test in EXAMPLE["tests"]:
        assert set(test) == set(Assumption.__annotations__), test["id"]


def test_eight_members_in_known_and_diverse_time_zones() -> None:
    assert len(MEMBERS) == 8
    assert len({member["name"] for member in MEMBERS.values()}) == 8
    assert len({ZoneInfo(member["time_zone"]) for member in MEMBERS.values()}) >= 6
    assert EXAMPLE["canvas"]["time_zone"] in {member["time_zone"] for member in MEMBERS.values()}


def test_ids_are_unique() -> None:
    assert len(BY_ID) == len(ENTRIES)


def test_every_box_is_well_filled() -> None:
    boxes = Counter(entry["kind"] for entry in ENTRIES)
    assert set(boxes) == set(CATEGORIES)
    assert len(ENTRIES) >= 44
    assert min(boxes.values()) >= 7


def test_categories_are_the_methods_words() -> None:
    for entry in ENTRIES:
        assert entry["category"] in CATEGORIES[entry["kind"]], entry["id"]


@pytest.mark.parametrize("kind", NEEDS)
def test_needs_use_every_category_of_their_box(kind: str) -> None:
    assert {entry["category"] for entry in of(kind)} == CATEGORIES[kind]


def test_texts_are_short_and_differ() -> None:
    for entry in ENTRIES:
        text = entry["text"]
        assert 0 < len(text) <= 120, entry["id"]
        assert text == " ".join(text.split()), entry["id"]
        assert not text.endswith("."), entry["id"]
    assert len({entry["text"].casefold() for entry in ENTRIES}) == len(ENTRIES)


def test_entries_stand_in_order_of_creation_in_utc() -> None:
    times = [
        datetime.fromisoformat(text)
        for text in (EXAMPLE["canvas"]["created_at"], *(entry["created_at"] for entry in ENTRIES))
    ]
    assert all(time.utcoffset() == timedelta(0) for time in times)
    assert all(earlier < later for earlier, later in pairwise(times))
    assert times[-1] < datetime(2026, 4, 1, tzinfo=UTC)


def test_authors_voters_and_reviewers_are_members() -> None:
    for entry in ENTRIES:
        assert entry["author"] in MEMBERS, entry["id"]
        assert set(entry["votes"]) <= set(MEMBERS), entry["id"]
    assert {review["member"] for review in REVIEWS} == set(MEMBERS)


def test_votes_are_levels() -> None:
    levels = [level for entry in ENTRIES for level in entry["votes"].values()]
    assert {type(level) for level in levels} == {int}
    assert set(levels) == {1, 2, 3, 4, 5}


def test_offers_alone_name_products_and_each_names_one() -> None:
    for entry in ENTRIES:
        products = entry["delivered_by"]
        assert bool(products) == (entry["kind"] in OFFERS), entry["id"]
        assert len(set(products)) == len(products), entry["id"]
        assert all(BY_ID[product]["kind"] == "product" for product in products), entry["id"]


def test_reviews_mark_needs_for_offers() -> None:
    for review in REVIEWS:
        assert BY_ID[review["offer"]]["kind"] in OFFERS, review
        for need, mark in review["marks"].items():
            assert BY_ID[need]["kind"] in NEEDS, review
            assert mark in {1, 0.5}, review


def test_a_member_reviews_an_offer_once() -> None:
    pairs = Counter((review["offer"], review["member"]) for review in REVIEWS)
    assert set(pairs.values()) == {1}


def test_evidence_has_a_named_source_and_is_about_known_entries() -> None:
    items = EXAMPLE["evidence"]
    assert 6 <= len(items) <= 10
    assert len({item["id"] for item in items}) == len(items)
    for item in items:
        assert item["by"] in MEMBERS, item["id"]
        assert 0 < len(item["quote"]) <= 200, item["id"]
        assert 0 < len(item["source"]) <= 80, item["id"]
        assert not {*item["supports"]} & {*item["contradicts"]}, item["id"]
        assert item["supports"], item["id"]
        assert {*item["supports"], *item["contradicts"]} <= {*BY_ID}, item["id"]
    assert {item["grade"] for item in items} == {"said", "told", "did", "paid"}
    assert any(item["contradicts"] for item in items)


def test_one_test_runs_and_one_has_its_result_its_evidence_and_a_decision() -> None:
    done, running = EXAMPLE["tests"]
    for test in (done, running):
        assert test["believe"] == BY_ID[test["entry"]]["text"]
        assert test["owner"] in MEMBERS
    assert (running["result"], running["decision"]) == (None, None)
    result, decision = done["result"], done["decision"]
    assert result
    assert decision
    assert (result["outcome"] == "met") == (result["value"] >= done["right_if"]["value"])
    assert decision["by"] in MEMBERS
    item = EXAMPLE["evidence"][-1]
    assert (item["source"], item["quote"]) == (f"Test: {done['check']}", result["quote"])
    assert (item["grade"], item["n"], item["by"]) == (result["grade"], result["n"], done["owner"])
    assert item["supports"] == [done["entry"]]


# What it shows


def test_every_offer_is_reviewed_by_three_or_more() -> None:
    reviewers: defaultdict[str, set[str]] = defaultdict(set)
    for review in REVIEWS:
        reviewers[review["offer"]].add(review["member"])
    for offer in of(*OFFERS):
        assert len(reviewers[offer["id"]]) >= 3, offer["id"]


def test_some_say_that_an_offer_fits_nothing_where_others_see_a_fit() -> None:
    empty = {review["offer"] for review in REVIEWS if not review["marks"]}
    marked = {review["offer"] for review in REVIEWS if review["marks"]}
    assert empty & marked


def test_all_members_voted_and_none_on_everything() -> None:
    votes = Counter(member for entry in ENTRIES for member in entry["votes"])
    assert set(votes) == set(MEMBERS)
    assert all(len(ENTRIES) // 2 < count < len(ENTRIES) for count in votes.values()), votes


def test_a_few_entries_are_divisive_and_a_couple_not_voted_on() -> None:
    assert 3 <= sum(map(divisive, ENTRIES)) <= 6
    assert sum(not entry["votes"] for entry in ENTRIES) == 2


@pytest.mark.parametrize("kind", NEEDS)
def test_each_box_of_needs_has_several_must_haves_some_addressed_and_some_not(kind: str) -> None:
    must_haves = [need for need in of(kind) if must_have(need)]
    assert len(must_haves) >= 3
    assert {addressed(need) for need in must_haves} == {True, False}


def test_the_honest_gaps_are_about_speaking_with_real_people() -> None:
    gaps = [need for need in of(*NEEDS) if must_have(need) and not addressed(need)]
    gaps.sort(key=lambda need: weight(need) * (1 - coverage(need)), reverse=True)
    assert [need["id"] for need in gaps] == [
        "gain-call",
        "pain-nobody",
        "pain-too-fast",
        "job-dinner",
        "gain-understood",
    ]


def test_the_fit_is_middling_and_not_achieved() -> None:
    assert Fraction(55, 100) <= fit(*NEEDS) <= Fraction(75, 100)
    assert all(Fraction(1, 2) < fit(kind) < Fraction(3, 4) for kind in NEEDS)
    assert not all(addressed(need) for need in of(*NEEDS) if must_have(need))


def test_one_product_is_undelivered() -> None:
    named = {product for offer in of(*OFFERS) for product in offer["delivered_by"]}
    assert [product["id"] for product in of("product") if product["id"] not in named] == ["product-test"]


def test_one_offer_fits_nothing_yet() -> None:
    fitting = {offer["id"] for offer in of(*OFFERS) if any(strength(offer, need) for need in of(*NEEDS))}
    assert [offer["id"] for offer in of(*OFFERS) if offer["id"] not in fitting] == ["creator-costumes"]


def test_one_offer_is_over_rated() -> None:
    assert [offer["id"] for offer in of(*OFFERS) if over_rated(offer)] == ["creator-leagues"]
