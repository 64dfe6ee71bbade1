"""Names are remembered for a minute, and forgotten when there are too many."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.slack import name_memory
from bot.slack.name_memory import MAX_NAME_AGE, NameMemory

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def test_a_name_is_remembered_for_a_minute_in_its_workspace() -> None:
    names = NameMemory()
    names.remember("T1", "C1", "product", NOW)
    names.remember("T1", "C2", None, NOW)
    before_end = NOW + MAX_NAME_AGE - timedelta(microseconds=1)
    assert names.find_name("T1", "C1", before_end) == "product"
    assert names.find_name("T1", "C2", before_end) is None
    for team_id, moment in (("T1", NOW + MAX_NAME_AGE), ("T2", NOW)):
        with pytest.raises(KeyError):
            names.find_name(team_id, "C1", moment)


def test_all_names_are_forgotten_before_they_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name_memory, "MAX_NAMES", 2)
    names = NameMemory()
    for name in ("one", "two", "three"):
        names.remember("T1", name, name, NOW)
    assert names.find_name("T1", "three", NOW) == "three"
    with pytest.raises(KeyError):
        names.find_name("T1", "one", NOW)
