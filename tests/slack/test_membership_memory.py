"""What is remembered of who is in which channel, and what ends it."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.slack.membership_memory import MAX_AGE, MembershipMemory

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TEAM, CHANNEL = "T1", "C1"


@pytest.fixture
def memory() -> MembershipMemory:
    """A memory in which Ana and Ben were seen in a channel now."""
    memory = MembershipMemory()
    memory.remember(TEAM, CHANNEL, ["ANA", "BEN"], NOW)
    return memory


def remembers(memory: MembershipMemory, user_id: str, at: datetime = NOW) -> bool:
    return memory.is_remembered(TEAM, CHANNEL, user_id, at)


@pytest.mark.parametrize(
    ("team_id", "channel_id", "user_id", "after", "expected"),
    [
        (TEAM, CHANNEL, "ANA", timedelta(0), True),
        (TEAM, CHANNEL, "ANA", MAX_AGE - SECOND, True),
        (TEAM, CHANNEL, "ANA", MAX_AGE, False),
        (TEAM, CHANNEL, "CLEO", timedelta(0), False),
        (TEAM, "C2", "ANA", timedelta(0), False),
        ("T2", CHANNEL, "ANA", timedelta(0), False),
    ],
)
def test_a_membership_is_remembered_for_a_minute_in_its_channel_and_workspace(
    memory: MembershipMemory, team_id: str, channel_id: str, user_id: str, after: timedelta, expected: bool
) -> None:
    assert memory.is_remembered(team_id, channel_id, user_id, NOW + after) is expected


def test_who_leaves_is_forgotten_at_once_and_the_others_are_not(memory: MembershipMemory) -> None:
    memory.forget_member(TEAM, CHANNEL, "ANA", NOW)
    assert (remembers(memory, "ANA"), remembers(memory, "BEN")) == (False, True)


def test_an_answer_from_before_somebody_left_does_not_bring_them_back(memory: MembershipMemory) -> None:
    """Slack was asked before the member left, and its answer arrives after the event."""
    memory.forget_member(TEAM, CHANNEL, "ANA", NOW + SECOND)
    memory.remember(TEAM, CHANNEL, ["ANA", "BEN"], NOW)
    assert not remembers(memory, "ANA", NOW + SECOND)


def test_a_join_that_is_delivered_after_the_leave_does_not_bring_them_back(memory: MembershipMemory) -> None:
    memory.forget_member(TEAM, CHANNEL, "ANA", NOW + 2 * SECOND)
    memory.remember(TEAM, CHANNEL, ["ANA"], NOW + SECOND)
    assert not remembers(memory, "ANA", NOW + 2 * SECOND)


def test_who_comes_back_is_remembered_again(memory: MembershipMemory) -> None:
    memory.forget_member(TEAM, CHANNEL, "ANA", NOW + SECOND)
    memory.remember(TEAM, CHANNEL, ["ANA"], NOW + 2 * SECOND)
    assert remembers(memory, "ANA", NOW + 2 * SECOND)


def test_a_channel_that_the_bot_leaves_is_forgotten(memory: MembershipMemory) -> None:
    memory.remember(TEAM, "C2", ["ANA"], NOW)
    memory.forget_channel(TEAM, CHANNEL, NOW + SECOND)
    memory.remember(TEAM, CHANNEL, ["BEN"], NOW)  # an answer from before
    assert (remembers(memory, "ANA"), remembers(memory, "BEN")) == (False, False)
    assert memory.is_remembered(TEAM, "C2", "ANA", NOW)


def test_an_older_answer_does_not_shorten_a_newer_memory(memory: MembershipMemory) -> None:
    memory.remember(TEAM, CHANNEL, ["ANA"], NOW - 50 * SECOND)
    assert remembers(memory, "ANA", NOW + 50 * SECOND)


def test_the_memory_has_a_limit(memory: MembershipMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.slack.membership_memory.MAX_REMEMBERED", 3)
    memory.remember(TEAM, "C2", ["CLEO", "DORA"], NOW)
    memory.remember(TEAM, "C3", ["EVE"], NOW)
    assert [remembers(memory, "ANA"), memory.is_remembered(TEAM, "C3", "EVE", NOW)] == [False, True]
