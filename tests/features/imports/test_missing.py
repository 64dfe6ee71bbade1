"""What a file has and a canvas lacks: evidence is added where it is missing, and only there."""

from dataclasses import replace

from bot.features.imports.parsed import ParsedEntry, ParsedEvidence, ParseResult
from bot.features.imports.plan import plan_import
from bot.method.kinds import Kind
from bot.method.model import Canvas, Evidence, Grade
from tests.method.build import STARTED_AT, build_canvas, build_entry

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


def test_missing_evidence_comes_to_known_entries() -> None:
    result = ParseResult((SLOW,), evidence=(build_item((0,)),))
    plan = plan_import(result, build_known())
    assert (plan.evidence, plan.is_ready) == ((build_item((0,)),), True)
    other = replace(build_stored_item(5), count=2)
    assert plan_import(result, build_known(other)).evidence == (build_item((0,)),)


def test_an_item_that_is_known_comes_for_new_entries_alone() -> None:
    for item, expected in (
        (build_item((0, 1)), [build_item((1,))]),
        (build_item((0,), (1,)), [build_item((), (1,))]),
        (build_item((0,)), []),
    ):
        plan = plan_import(ParseResult((SLOW, DEAR), evidence=(item,)), build_known(build_stored_item(5)))
        assert plan.evidence == tuple(expected)
