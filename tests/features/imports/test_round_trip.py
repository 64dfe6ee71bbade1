"""A canvas that is exported and imported again is the same, whatever its texts are."""

import json
from typing import Any

from hypothesis import given

from bot.features.exports.csv_format import to_csv
from bot.features.exports.json_format import to_json
from bot.features.exports.markdown_format import to_markdown
from bot.features.imports.missing import LeftOut
from bot.features.imports.parsing import parse_content
from bot.features.imports.plan import plan_import
from bot.method.kinds import Kind
from bot.method.metrics import compute_metrics
from bot.method.model import Canvas, Entry
from tests.features.imports.canvas_strategies import canvases, import_into, number_entries


def export_json(whole: Canvas) -> dict[str, Any]:
    exported: dict[str, Any] = json.loads(to_json(compute_metrics(whole)))
    return exported


def list_by_rank(whole: Canvas) -> list[tuple[Kind, str, str | None]]:
    """Return the content of each entry in the order of boxes and ranks, which CSV and Markdown have."""
    boxes = compute_metrics(whole).boxes
    return [(kind, each.entry.text, each.entry.category) for kind in Kind for each in boxes[kind]]


def list_in_order(entries: tuple[Entry, ...]) -> list[tuple[Kind, str, str | None]]:
    return [(each.kind, each.text, each.category) for each in entries]


def list_deliveries(whole: Canvas) -> set[tuple[str, str, str]]:
    texts = {each.id: each.text for each in whole.entries}
    return {(each.kind, each.text, texts[product]) for each in whole.entries for product in each.delivered_by}


@given(canvases())
def test_json_loses_nothing_and_gives_the_same_metrics(whole: Canvas) -> None:
    imported = import_into(parse_content(to_json(compute_metrics(whole)).encode()))
    assert number_entries(export_json(imported)) == number_entries(export_json(whole))


@given(canvases(with_evidence=True))
def test_no_id_stands_twice_in_a_json_file(whole: Canvas) -> None:
    exported = export_json(whole)
    ids = [each["id"] for key in ("entries", "evidence", "tests") for each in exported[key]]
    assert len({*ids}) == len(ids)


@given(canvases(with_evidence=True))
def test_json_loses_no_evidence_and_no_test(whole: Canvas) -> None:
    imported = import_into(parse_content(to_json(compute_metrics(whole)).encode()))
    before, after = number_entries(export_json(whole)), number_entries(export_json(imported))
    assert after["evidence"] == before["evidence"]
    assert after["tests"] == before["tests"]


@given(canvases(with_evidence=True))
def test_a_json_file_that_was_imported_has_nothing_more_to_add(whole: Canvas) -> None:
    result = parse_content(to_json(compute_metrics(whole)).encode())
    plan = plan_import(result, import_into(result))
    assert (plan.adds_something, plan.is_ready, plan.left_out) == (False, False, LeftOut())


@given(canvases(allow_duplicates=False, with_evidence=True))
def test_csv_keeps_entries_categories_and_deliveries(whole: Canvas) -> None:
    imported = import_into(parse_content(to_csv(compute_metrics(whole)).encode()))
    assert list_in_order(imported.entries) == list_by_rank(whole)
    assert list_deliveries(imported) == list_deliveries(whole)


@given(canvases(allow_duplicates=False, with_evidence=True))
def test_markdown_keeps_entries_and_categories(whole: Canvas) -> None:
    imported = import_into(parse_content(to_markdown(compute_metrics(whole)).encode()))
    assert list_in_order(imported.entries) == list_by_rank(whole)


@given(canvases())
def test_entries_that_the_canvas_has_stay_as_they_are(whole: Canvas) -> None:
    result = parse_content(to_json(compute_metrics(whole)).encode())
    assert import_into(result, whole.entries).entries == whole.entries
