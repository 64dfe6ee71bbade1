"""An entry is found by its text, by some of its words, or by a similar spelling."""

import pytest

from bot.features.fit.matching import match_entries
from bot.method.kinds import Kind
from bot.slack.blockkit.text import escape
from bot.slack.errors import UserError
from tests.method.build import build_entry

TEXTS = ("Waiting for Reports", "Reports", "Dear software", "Nobody answers the phone")
ENTRIES = [build_entry(number, Kind.PAIN, {}, text) for number, text in enumerate(TEXTS)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("REPORTS ", [1]),  # the whole text, and not the other one with that word
        ("report", [0, 1]),
        ("reports waiting", [0]),
        ("WAIT", [0]),
        ("Deer softwear", [2]),
        ("nobdy ansers the fone", [3]),
    ],
)
def test_the_whole_text_is_before_all_words_and_these_before_similar_ones(
    words: str, found: list[int]
) -> None:
    assert [entry.id for entry in match_entries(words, ENTRIES)] == found


@pytest.mark.parametrize("words", ["software phone", "weather", "<weather>"])
def test_without_a_match_the_words_are_quoted_in_the_refusal(words: str) -> None:
    with pytest.raises(UserError) as caught:
        match_entries(words, ENTRIES)
    assert caught.value.text == f"No entry contains “{escape(words)}”. `/valuemap show` has all entries."


def test_the_most_similar_entry_comes_first() -> None:
    texts = ("reprots of teh weak", "reports of teh week")
    entries = [build_entry(number, Kind.PAIN, {}, text) for number, text in enumerate(texts)]
    assert [entry.id for entry in match_entries("reports of the week!", entries)] == [1, 0]
