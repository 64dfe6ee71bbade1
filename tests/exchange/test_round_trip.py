"""What is exported and imported again is the same, whatever the texts are."""

import json
from typing import Any

from hypothesis import given

from bot.features.exports.json_format import to_json
from bot.features.exports.tables import to_csv, to_md
from bot.features.imports.reading import read
from bot.method.kinds import Kind
from bot.method.metrics import figures
from bot.method.model import Canvas, Entry
from tests.exchange.imported import canvases, taken_in, without_ids


def exported(of: Canvas) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(to_json(figures(of)))
    return said


def of_kind(of: Canvas) -> list[tuple[Kind, str, str | None]]:
    """Return what each entry says, in the order of boxes and ranks, which is that of csv and md."""
    boxes = figures(of).boxes
    return [(kind, each.entry.text, each.entry.category) for kind in Kind for each in boxes[kind]]


def said(entries: tuple[Entry, ...]) -> list[tuple[Kind, str, str | None]]:
    return [(each.kind, each.text, each.category) for each in entries]


@given(canvases())
def test_json_loses_nothing_and_every_figure_is_the_same(whole: Canvas) -> None:
    again = taken_in(read(to_json(figures(whole)).encode()))
    assert without_ids(exported(again)) == without_ids(exported(whole))


@given(canvases(twins=False))
def test_csv_keeps_entries_categories_and_what_delivers_them(whole: Canvas) -> None:
    again = taken_in(read(to_csv(figures(whole)).encode()))
    assert said(again.entries) == of_kind(whole)
    assert deliveries(again) == deliveries(whole)


def deliveries(of: Canvas) -> set[tuple[str, str, str]]:
    texts = {each.id: each.text for each in of.entries}
    return {(each.kind, each.text, texts[product]) for each in of.entries for product in each.delivered_by}


@given(canvases(twins=False))
def test_md_keeps_entries_and_categories(whole: Canvas) -> None:
    again = taken_in(read(to_md(figures(whole)).encode()))
    assert said(again.entries) == of_kind(whole)


@given(canvases())
def test_what_is_there_already_is_left_as_it_is(whole: Canvas) -> None:
    assert taken_in(read(to_json(figures(whole)).encode()), whole.entries).entries == whole.entries
