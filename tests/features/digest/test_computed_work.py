"""How much a digest computes, counted: what changed, and nothing twice."""

from datetime import UTC, datetime, timedelta
from threading import current_thread, main_thread
from typing import Any

import pytest

from bot.features.digest import blocks, causes, facts
from bot.features.digest.facts import build_facts
from bot.features.digest.model import MAX_TREND_DIGESTS, Digest, ReportedFit
from bot.features.digest.snapshot import dump_reported_fit, take_snapshot
from bot.method.kinds import NEED_KINDS, OFFER_KINDS, Kind
from bot.method.metrics import CanvasMetrics
from bot.method.model import Mark
from bot.store.model import CanvasInfo
from tests.conftest import World
from tests.method.build import CanvasBuilder

NOW = datetime(2026, 10, 12, 7, tzinfo=UTC)
INFO = CanvasInfo(1, "C1", "Reports", "shops", "U1", "UTC", NOW, "1.0")
MARKS_OF_OFFER = 3


class Calls:
    """Calls a function and counts how often."""

    def __init__(self, function: Any) -> None:
        self._function = function
        self.count = 0

    def __call__(self, *args: Any) -> Any:
        self.count += 1
        return self._function(*args)


def count_calls(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> Calls:
    calls = Calls(getattr(module, name))
    monkeypatch.setattr(module, name, calls)
    return calls


def build_canvas(entries: int, changed: int) -> CanvasMetrics:
    """Return a canvas on which so many entries, the first ones, have other votes or other marks."""
    builder, kinds = CanvasBuilder(), [*Kind]
    for position in range(entries):
        builder.add(kinds[position % 6], 4 if position < changed else 2)
    needs = [entry.id for entry in builder.entries if entry.kind in NEED_KINDS]
    for place, entry in enumerate(builder.entries):
        if entry.kind in OFFER_KINDS:
            mark = Mark.STRONG if place < changed else Mark.PARTIAL
            marked = [needs[(place + step) % len(needs)] for step in range(MARKS_OF_OFFER)]
            builder.review(entry.id, dict.fromkeys(marked, mark))
    return builder.compute_metrics()


@pytest.mark.parametrize("entries", [60, 600])
@pytest.mark.parametrize("changed", [0, 6, 60])
def test_a_change_computes_the_coverage_of_the_needs_that_it_touches(
    monkeypatch: pytest.MonkeyPatch, entries: int, changed: int
) -> None:
    before, after = build_canvas(entries, 0), build_canvas(entries, changed)
    computed = count_calls(monkeypatch, causes, "combine_shares")
    causes.find_causes(before, after)
    assert computed.count == MARKS_OF_OFFER * changed // 3, "two of six entries are offers"


def test_the_figures_of_two_canvases_are_computed_however_many_digests_there_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    canvases = [build_canvas(12, changed).canvas for changed in range(MAX_TREND_DIGESTS + 1)]
    reported = [dump_reported_fit(ReportedFit.of(build_canvas(12, each).fit)) for each in range(8)]
    sent = [
        Digest(
            each,
            1,
            f"2026-10-0{each}T09:00",
            NOW,
            NOW - timedelta(days=each),
            False,
            take_snapshot(canvases[-1], NOW.date()) if each == 1 else None,
            reported[each - 1],
        )
        for each in range(1, MAX_TREND_DIGESTS + 1)
    ]
    computed = count_calls(monkeypatch, facts, "compute_metrics")
    found = build_facts(INFO, canvases[0], sent, NOW, None)
    assert computed.count == 2
    assert [day for day, _ in found.trend] == [f"{day} Oct" for day in range(4, 13)]
    assert found.previous_metrics is not None


async def test_a_digest_is_composed_beside_the_event_loop(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []

    def compose(*args: Any) -> Any:
        threads.append(current_thread())
        return compose_digest(*args)

    compose_digest = blocks.compose_digest
    monkeypatch.setattr(blocks, "compose_digest", compose)
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    await ana.type_text(channel, "/valuemap digest now")
    assert len(threads) == 1
    assert main_thread() not in threads
