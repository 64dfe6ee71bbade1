"""What is taken for the same entry, and what is not."""

from datetime import UTC, datetime

import pytest

from bot.demo.workshop import load
from bot.features.entries.duplicates import close_to
from bot.method.kinds import Kind
from bot.method.model import Entry

NOW = datetime(2026, 10, 12, tzinfo=UTC)


def entry(text: str, kind: Kind = Kind.PAIN, key: int = 1) -> Entry:
    return Entry(key, kind, text, "U1", NOW)


@pytest.mark.parametrize(
    ("there", "new"),
    [
        ("Waiting takes an hour", "waiting takes an hour"),
        ("Waiting takes an hour", "Waiting takes an hour!"),
        ("Waiting takes an hour", "An hour waiting takes"),
        ("Reports are wrong", "Report are wrong"),
        ("Figures are missing in the morning", "figure are missing in the mornings"),
        ("Too many categories", "too many category"),
        ("Warteschlangen an der Kasse", "Warteschlange an der Kasse"),
        ("数字が朝に足りない", "数字が朝に足りない。"),
    ],
)
def test_the_same_in_other_words_is_close(there: str, new: str) -> None:
    found = close_to(Kind.PAIN, new, [entry("something else", key=2), entry(there)])
    assert found == entry(there)


@pytest.mark.parametrize(
    ("there", "new"),
    [
        ("Waiting takes an hour", "Waiting costs money"),
        ("Takes 2 hours", "Takes 3 hours"),
        ("Too slow", "Too dear"),
        ("Reports come late", "Reports come twice"),
        ("a", "b"),
    ],
)
def test_what_differs_is_not_close(there: str, new: str) -> None:
    assert close_to(Kind.PAIN, new, [entry(there)]) is None


def test_another_box_does_not_count_and_of_several_the_closest_is_meant() -> None:
    gain = entry("Waiting takes an hour", Kind.GAIN)
    assert close_to(Kind.PAIN, "Waiting takes an hour", [gain]) is None
    near, same = entry("Waiting takes an hours"), entry("Waiting takes an hour", key=2)
    further = entry("Waiting took an hour", key=3)
    assert close_to(Kind.PAIN, "waiting takes an hour", [further, same]) == same
    assert close_to(Kind.PAIN, "waiting takes an hour", [near, same]) == near  # the older of equals


def test_the_example_has_no_two_that_are_taken_for_the_same() -> None:
    entries = [entry(e["text"], Kind(e["kind"]), n) for n, e in enumerate(load()["entries"])]
    for one in entries:
        assert close_to(one.kind, one.text, [other for other in entries if other is not one]) is None
