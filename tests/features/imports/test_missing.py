"""What a file has and a canvas lacks: missing evidence is added, and what stays out is counted."""

from dataclasses import replace

from bot.features.imports.missing import LeftOut
from bot.features.imports.parsed import ParsedEntry, ParsedEvidence, ParsedReview, ParsedTest, ParseResult
from bot.features.imports.plan import plan_import
from bot.method.kinds import Kind
from bot.method.model import Canvas, Evidence, Grade, Mark, Review
from tests.method.build import STARTED_AT, build_canvas, build_entry, build_result, build_terms, build_test

SLOW = ParsedEntry("Entry 1", Kind.PAIN, "slow")
DEAR = ParsedEntry("Entry 2", Kind.PAIN, "dear")


def build_item(supports: tuple[int, ...] = (), contradicts: tuple[int, ...] = ()) -> ParsedEvidence:
    day = STARTED_AT.date()
    return ParsedEvidence("I wait", "Customer 7", Grade.TOLD, 1, day, "", None, supports, contradicts)


def build_stored_item(*supports: int) -> Evidence:
    return Evidence(1, "i  wait", "customer 7", Grade.TOLD, 1, STARTED_AT.date(), supports, ())


def build_known(*items: Evidence) -> Canvas:
    """Return a canvas with the pain “slow” and these items."""
    return replace(build_canvas([build_entry(5, Kind.PAIN, {}, "slow")]), evidence=items)


def test_an_item_without_entries_comes_once() -> None:
    result = ParseResult((SLOW,), evidence=(build_item(),))
    for canvas in (build_canvas(()), build_known()):
        assert plan_import(result, canvas).evidence == (build_item(),)
    again = plan_import(result, build_known(build_stored_item()))
    assert (again.evidence, again.is_ready) == ((), False)


def test_missing_evidence_of_known_entries_stays_out_unless_the_file_has_evidence_alone() -> None:
    result = ParseResult((SLOW,), evidence=(build_item((0,)),))
    other = replace(build_stored_item(5), count=2)
    for canvas in (build_known(), build_known(other)):
        plan = plan_import(result, canvas)
        assert (plan.evidence, plan.is_ready, plan.left_out) == ((), False, LeftOut(evidence=1))
        alone = plan_import(replace(result, is_evidence_alone=True), canvas)
        assert (alone.evidence, alone.is_ready, alone.left_out) == ((build_item((0,)),), True, LeftOut())
    assert plan_import(result, build_known(build_stored_item(5))).left_out == LeftOut()


def test_an_item_that_is_known_comes_for_new_entries_alone() -> None:
    for item, expected in (
        (build_item((0, 1)), [build_item((1,))]),
        (build_item((0,), (1,)), [build_item((), (1,))]),
        (build_item((0,)), []),
    ):
        plan = plan_import(ParseResult((SLOW, DEAR), evidence=(item,)), build_known(build_stored_item(5)))
        assert plan.evidence == tuple(expected)


def test_votes_that_the_canvas_has_are_not_left_out_and_others_of_known_entries_are() -> None:
    slow = replace(SLOW, votes={"U1": 5, "U2": 4, "U3": 1})
    result = ParseResult((slow, replace(DEAR, votes={"U1": 2})))
    for votes, left_out in (
        ({}, 3),
        ({"U1": 5}, 2),
        ({"U1": 4, "U2": 5}, 3),
        ({"U1": 5, "U2": 4, "U3": 1, "U4": 2}, 0),
    ):
        known = build_canvas([build_entry(5, Kind.PAIN, votes, "Slow")])
        assert plan_import(result, known).left_out == LeftOut(votes=left_out)
    assert plan_import(result, build_canvas(())).left_out == LeftOut()


def test_each_of_two_entries_with_one_text_has_its_votes_on_the_canvas() -> None:
    result = ParseResult((replace(SLOW, votes={"U1": 5}), replace(SLOW, votes={"U1": 2})))
    twins = [build_entry(5, Kind.PAIN, {"U1": 5}, "slow"), build_entry(6, Kind.PAIN, {"U1": 2}, "slow")]
    assert plan_import(result, build_canvas(twins)).left_out == LeftOut()


def test_reviews_of_known_offers_are_left_out_unless_the_canvas_has_the_same_marks() -> None:
    robot = ParsedEntry("Entry 3", Kind.PAIN_RELIEVER, "robot")
    result = ParseResult((SLOW, DEAR, robot), (ParsedReview(2, "U1", {0: Mark.STRONG}),))
    entries = [build_entry(5, Kind.PAIN, {}, "slow"), build_entry(6, Kind.PAIN_RELIEVER, {}, "robot")]
    for user_id, marks, left_out in (
        ("U1", {5: Mark.STRONG}, 0),
        ("U1", {5: Mark.PARTIAL}, 1),
        ("U1", {}, 1),
        ("U2", {5: Mark.STRONG}, 1),
    ):
        known = build_canvas(entries, [Review(6, user_id, marks)])
        assert plan_import(result, known).left_out == LeftOut(reviews=left_out)
    assert plan_import(result, build_canvas(())).left_out == LeftOut()


def test_tests_of_known_entries_are_left_out_unless_the_canvas_has_them() -> None:
    parsed = ParsedTest(0, "it is slow", build_terms())
    result = ParseResult((SLOW,), tests=(parsed, replace(parsed, entry_index=None)))
    known = build_known()
    assert plan_import(result, known).left_out == LeftOut(tests=1)
    assert plan_import(result, replace(known, tests=(build_test(1, 5),))).left_out == LeftOut()
    with_result = replace(known, tests=(build_test(1, 5, result=build_result()),))
    assert plan_import(result, with_result).left_out == LeftOut(tests=1)


def test_nothing_is_counted_while_a_file_has_errors_and_entries_are_missing() -> None:
    review, test = ParsedReview(1, "U1", {2: Mark.STRONG}), ParsedTest(2, "it is slow", build_terms())
    result = ParseResult((replace(SLOW, votes={"U1": 5}),), (review,), tests=(test,), errors=("no",))
    assert plan_import(result, build_known()).left_out == LeftOut()
