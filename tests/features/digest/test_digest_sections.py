"""The sections of a digest: all of them are in it, each says what it is about."""

import pkgutil
from datetime import UTC, datetime

from bot.features.digest import sections
from bot.features.digest.model import DigestFacts
from bot.features.digest.sections import SECTIONS, changed_entries, new_entries, ranking_moves
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Canvas, Entry
from bot.store.model import CanvasInfo

NOW = datetime(2026, 10, 12, 7, tzinfo=UTC)
INFO = CanvasInfo(1, "C1", "Reports", "shops", "U1", "UTC", NOW, "1.0")


def build_metrics(*entries: Entry) -> CanvasMetrics:
    return compute_metrics(Canvas(1, "C1", "Reports", "shops", "U1", "UTC", NOW, entries))


def build_entry(entry_id: int, text: str, kind: Kind = Kind.PAIN, *votes: int) -> Entry:
    return Entry(entry_id, kind, text, "U1", NOW, votes={f"U{n}": level for n, level in enumerate(votes)})


def build_facts(metrics: CanvasMetrics, previous: CanvasMetrics | None) -> DigestFacts:
    return DigestFacts(INFO, metrics, previous, [])


def test_every_section_module_is_listed() -> None:
    names = {module.name for module in pkgutil.iter_modules(sections.__path__, f"{sections.__name__}.")}
    assert {module.__name__ for module in SECTIONS} == names


def test_the_first_digest_has_no_section_about_changes() -> None:
    facts = build_facts(build_metrics(build_entry(1, "slow", Kind.PAIN, 5)), None)
    titles = [section.title for module in SECTIONS if (section := module.build_section(facts)).lines]
    assert titles == ["Gaps"]


def test_moves_are_listed_with_the_widest_first_and_without_what_is_new_to_a_box() -> None:
    before = build_metrics(
        build_entry(1, "a", Kind.PAIN, 5),
        build_entry(2, "b", Kind.PAIN, 4),
        build_entry(3, "c", Kind.PAIN, 3),
        build_entry(4, "d", Kind.JOB, 3),
    )
    metrics = build_metrics(
        build_entry(1, "a", Kind.PAIN, 2),
        build_entry(2, "b", Kind.PAIN, 4),
        build_entry(3, "c", Kind.PAIN, 3),
        build_entry(4, "d", Kind.PAIN, 1),
    )
    lines = ranking_moves.build_section(build_facts(metrics, before)).lines
    assert lines == ["• pain “a”: 1 → 3", "• pain “b”: 2 → 1", "• pain “c”: 3 → 2"]


def test_new_entries_are_listed_in_order_of_creation() -> None:
    before = build_metrics(build_entry(1, "a"))
    metrics = build_metrics(build_entry(1, "a"), build_entry(2, "b"), build_entry(3, "<c>", Kind.JOB))
    lines = new_entries.build_section(build_facts(metrics, before)).lines
    assert lines == ["• pain “b”", "• job “&lt;c&gt;”"]


def test_entries_that_were_edited_moved_or_deleted_are_listed_as_they_were_and_are() -> None:
    long = "x" * 80
    texts = ["a", "b", "c", "<", long]
    before = build_metrics(*(build_entry(number, text) for number, text in enumerate(texts, start=1)))
    metrics = build_metrics(
        build_entry(1, "a!"), build_entry(2, "b", Kind.GAIN), build_entry(3, "c"), build_entry(5, f"{long}!")
    )
    assert changed_entries.build_section(build_facts(metrics, before)).lines == [
        "• pain “a” → pain “a!”",
        "• pain “b” → gain “b”",
        "• Deleted or merged: pain “&lt;”",
        f"• Edited: pain “{'x' * 59}…”",
    ]
