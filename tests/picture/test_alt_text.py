from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings, strategies as st

from bot.method.kinds import Kind
from bot.method.metrics import compute_metrics
from bot.method.model import Seal
from bot.picture.alt_text import MAX_ALT_TEXT_LENGTH, build_alt_text
from tests.picture.examples import add_evidence, build_example_metrics, build_metrics


def test_the_alt_text_has_verdict_counts_first_entries_and_gaps() -> None:
    text = build_alt_text(build_example_metrics())
    assert len(text) <= MAX_ALT_TEXT_LENGTH
    assert "Fit is not achieved: 8 of 13 must-haves addressed." in text
    assert "Important jobs addressed 4/5 · extreme pains relieved 2/4 · essential gains created 2/4." in text
    assert "Jobs (10): first “Join in a simple conversation at the in-laws' dinner table”." in text
    gaps = text.rpartition("\n")[2]
    assert gaps.startswith("Gaps: “A phone call with the grandparents")
    assert gaps.endswith("and 9 more.")
    assert gaps.count("” partly addressed") == 3


def test_the_alt_text_counts_the_states_of_evidence_before_the_gaps() -> None:
    text = build_alt_text(add_evidence(build_example_metrics()))
    assert len(text) <= MAX_ALT_TEXT_LENGTH
    counts = "11 refuted, 11 evidenced, 11 contested, 11 some evidence, 12 assumed"
    assert f"\nEvidence: {counts}.\nGaps: “" in text
    assert text.endswith("and 9 more.")


def test_the_alt_text_of_an_empty_canvas_says_that_boxes_are_empty() -> None:
    assert "Products & services: none yet." in build_alt_text(build_metrics(0))
    assert "Gaps" not in build_alt_text(build_metrics(0))


def test_a_box_without_scores_says_what_holds_for_all_its_entries() -> None:
    entries = build_metrics(12).canvas.entries
    pains = [entry for entry in entries if entry.kind is Kind.PAIN]

    def read_pains(*ends: datetime | None) -> str:
        states = dict(zip((entry.id for entry in pains), ends, strict=True))
        changed = [
            replace(entry, votes={}, seal=Seal(1, end))
            if (end := states.get(entry.id))
            else replace(entry, votes={})
            for entry in entries
        ]
        text = build_alt_text(compute_metrics(replace(build_metrics(12).canvas, entries=tuple(changed))))
        return next(line for line in text.splitlines() if line.startswith("Pains"))

    first, last = datetime(2026, 12, 4, 17, tzinfo=UTC), datetime(2026, 12, 9, 17, tzinfo=UTC)
    assert read_pains(None, None).startswith("Pains (2): waiting for votes, such as “")
    assert read_pains(first, first).startswith("Pains (2): sealed until Fri 4 Dec 17:00 (UTC), such as “")
    assert read_pains(last, first).startswith(
        "Pains (2): 1 sealed until Fri 4 Dec 17:00 (UTC) and 1 longer, such"
    )
    for ends in ((first, None), (None, first)):
        assert read_pains(*ends).startswith("Pains (2): sealed or waiting for votes, such as “")


@settings(deadline=None)
@given(st.text(max_size=500), st.text(max_size=500))
def test_the_alt_text_is_never_longer_than_slack_takes(name: str, entry_text: str) -> None:
    canvas = build_metrics(60, entry_text).canvas
    assert (
        len(build_alt_text(compute_metrics(replace(canvas, name=name * 3, segment=name * 3))))
        <= MAX_ALT_TEXT_LENGTH
    )
