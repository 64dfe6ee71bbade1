import pytest
from hypothesis import given, strategies as st

from bot.method.votes import NUMBER_REACTIONS, TimedVote, merge_votes, read_level


@pytest.mark.parametrize(
    ("reaction", "level"), [("one", 1), ("two", 2), ("three", 3), ("four", 4), ("five", 5)]
)
def test_five_number_reactions_are_votes(reaction: str, level: int) -> None:
    assert read_level(reaction) == level


def test_the_reactions_are_ordered_from_the_bottom_to_the_top_of_the_scale() -> None:
    assert [read_level(reaction) for reaction in NUMBER_REACTIONS] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("tone", range(2, 7))
def test_a_skin_tone_changes_no_vote(tone: int) -> None:
    assert read_level(f"five::skin-tone-{tone}") == 5
    assert read_level(f"+1::skin-tone-{tone}") is None


@pytest.mark.parametrize("reaction", ["", "zero", "six", "ten", "1", "keycap_1", "1️⃣", ":one:", "One", "one_"])
def test_reactions_with_similar_names_are_no_votes(reaction: str) -> None:
    assert read_level(reaction) is None


@given(st.text().filter(lambda name: name.partition("::")[0] not in NUMBER_REACTIONS))
def test_any_other_emoji_is_no_vote(reaction: str) -> None:
    assert read_level(reaction) is None


def test_of_votes_on_merged_entries_the_later_counts_and_at_equal_times_the_higher() -> None:
    low_late, high_early, other = TimedVote(1, 20), TimedVote(5, 10), TimedVote(3, 10)
    for votes in ([low_late, high_early], [high_early, low_late]):
        assert merge_votes([{"U1": vote} for vote in votes]) == {"U1": low_late}
    for votes in ([high_early, other], [other, high_early]):
        assert merge_votes([{"U1": vote} for vote in votes]) == {"U1": high_early}
    assert merge_votes([{"U1": other}, {}, {"U2": low_late}]) == {"U1": other, "U2": low_late}
