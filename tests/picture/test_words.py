from dataclasses import replace

from hypothesis import given, settings, strategies as st

from bot.method.metrics import figures
from bot.picture.alt_text import MOST, alt
from tests.picture.drawn import example, many


def test_it_says_the_essentials() -> None:
    said = alt(example())
    assert len(said) <= MOST
    assert "Fit is not achieved: 5 of 13 must-haves not addressed." in said
    assert "Important jobs addressed 4/5 · extreme pains relieved 2/4 · essential gains created 2/4." in said
    assert "Jobs (10): first “Join in a simple conversation at the in-laws' dinner table”." in said
    assert "Gaps: “A phone call with the grandparents" in said
    assert said.endswith("and 11 more.")


def test_an_empty_canvas_says_so() -> None:
    assert "Products & services: none yet." in alt(many(0))
    assert "Gaps" not in alt(many(0))


@settings(deadline=None)
@given(st.text(max_size=500), st.text(max_size=500))
def test_it_is_never_too_long(name: str, text: str) -> None:
    made = many(60, text).canvas
    assert len(alt(figures(replace(made, name=name * 3, segment=name * 3)))) <= MOST
