"""Which texts count as the same entry, and which do not."""

from datetime import UTC, datetime

import pytest

from bot.demo.workshop import load_example
from bot.features.entries.duplicates import find_similar
from bot.method.kinds import Kind
from bot.method.model import Entry

NOW = datetime(2026, 10, 12, tzinfo=UTC)


def build_entry(text: str, kind: Kind = Kind.PAIN, key: int = 1) -> Entry:
    return Entry(key, kind, text, "U1", NOW)


@pytest.mark.parametrize(
    ("existing", "new"),
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
def test_the_same_text_with_small_differences_is_similar(existing: str, new: str) -> None:
    similar = find_similar(Kind.PAIN, new, [build_entry("something else", key=2), build_entry(existing)])
    assert similar == build_entry(existing)


@pytest.mark.parametrize(
    ("existing", "new"),
    [
        ("Waiting takes an hour", "Waiting costs money"),
        ("Takes 2 hours", "Takes 3 hours"),
        ("Too slow", "Too dear"),
        ("Reports come late", "Reports come twice"),
        ("a", "b"),
    ],
)
def test_different_texts_are_not_similar(existing: str, new: str) -> None:
    assert find_similar(Kind.PAIN, new, [build_entry(existing)]) is None


def test_only_entries_of_the_same_box_count_and_the_most_similar_is_returned() -> None:
    gain = build_entry("Waiting takes an hour", Kind.GAIN)
    assert find_similar(Kind.PAIN, "Waiting takes an hour", [gain]) is None
    first, second = build_entry("Waiting takes an hours"), build_entry("Waiting takes an hour", key=2)
    other_wording = build_entry("Waiting took an hour", key=3)
    assert find_similar(Kind.PAIN, "waiting takes an hour", [other_wording, second]) == second
    assert find_similar(Kind.PAIN, "waiting takes an hour", [first, second]) == first  # the older of equals


def test_the_example_workshop_has_no_similar_entries() -> None:
    entries = [build_entry(e["text"], Kind(e["kind"]), n) for n, e in enumerate(load_example()["entries"])]
    for one in entries:
        assert find_similar(one.kind, one.text, [other for other in entries if other is not one]) is None
