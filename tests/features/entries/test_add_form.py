"""The form of a new entry: the text first, one question in it, the canvas named among several."""

from typing import Any

import pytest

from bot.fake_slack.blockkit import check_view
from bot.features.entries.forms import build_add_form
from bot.method.kinds import Kind
from bot.store.model import CanvasInfo
from tests.method.build import STARTED_AT

CANVAS_INFO = CanvasInfo(1, "C1", "Reports", "small shops", "U1", "UTC", STARTED_AT, None)


def list_fields(kind: Kind | None, form_version: int = 0) -> list[dict[str, Any]]:
    view = build_add_form(CANVAS_INFO, kind, [], form_version)
    check_view(view)
    return [block for block in view["blocks"] if block["type"] == "input"]


@pytest.mark.parametrize("kind", [*Kind, None])
def test_the_text_comes_first_with_the_focus_in_it(kind: Kind | None) -> None:
    first, second, *_ = list_fields(kind)
    element = first["element"]
    assert (element["type"], element["multiline"], element["focus_on_load"]) == (
        "plain_text_input",
        True,
        True,
    )
    assert second["block_id"] == "kind"
    assert ("initial_option" in second["element"]) is (kind is not None)
    assert "paste a list" in first["hint"]["text"]


@pytest.mark.parametrize("kind", Kind)
def test_one_question_stands_in_the_field_and_the_next_form_has_another(kind: Kind) -> None:
    questions = [
        list_fields(kind, version)[0]["element"]["placeholder"]["text"]
        for version in range(len(kind.spec.trigger_questions))
    ]
    assert questions == [question[:150] for question in kind.spec.trigger_questions]


def test_the_canvas_is_named_only_where_there_are_several() -> None:
    named = build_add_form(CANVAS_INFO, Kind.JOB, [], names_canvas=True)
    assert "On *Reports for small shops*" in str(named["blocks"][0])
    assert "Reports" not in str(build_add_form(CANVAS_INFO, Kind.JOB, [])["blocks"])
