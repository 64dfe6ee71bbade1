from dataclasses import replace

from hypothesis import given, settings, strategies as st
from tests.picture.examples import build_example_metrics, build_metrics

from bot.method.metrics import compute_metrics
from bot.picture.alt_text import MOST, build_alt_text


def test_it_says_the_essentials() -> None:
    said = build_alt_text(build_example_metrics())
    assert len(said) <= MOST
    assert "Fit is not achieved: 5 of 13 must-haves not addressed." in said
    assert "Important jobs addressed 4/5 · extreme pains relieved 2/4 · essential gains created 2/4." in said
    assert "Jobs (10): first “Join in a simple conversation at the in-laws' dinner table”." in said
    assert "Gaps: “A phone call with the grandparents" in said
    assert said.endswith("and 11 more.")


def test_an_empty_canvas_says_so() -> None:
    assert "Products & services: none yet." in build_alt_text(build_metrics(0))
    assert "Gaps" not in build_alt_text(build_metrics(0))


@settings(deadline=None)
@given(st.text(max_size=500), st.text(max_size=500))
def test_it_is_never_too_long(name: str, text: str) -> None:
    made = build_metrics(60, text).canvas
    assert len(build_alt_text(compute_metrics(replace(made, name=name * 3, segment=name * 3)))) <= MOST
