"""Files for spreadsheets and documents: safe to open, true to the figures."""

import csv
import io

import pytest
from hypothesis import given, strategies as st

from bot.features.exports.tables import COLUMNS, to_csv, to_md
from bot.method.kinds import Kind
from bot.method.metrics import Figures, figures
from bot.method.model import Mark
from tests.method.build import Board, canvas, entry

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def of_one(text: str, kind: Kind = Kind.JOB) -> Figures:
    return figures(canvas([entry(1, kind, {}, text)]))


def test_one_line_an_entry_with_its_figures() -> None:
    board = Board()
    need = board.add(Kind.JOB, 5, 5, text="report")
    product = board.add(Kind.PRODUCT, text="builder")
    board.review(board.add(Kind.PAIN_RELIEVER, text="robot", delivered_by=(product,)), {need: Mark.PARTIAL})
    shown = board.figures()
    table = to_csv(shown)
    assert table.splitlines()[0] == ",".join(COLUMNS)
    job, builder, reliever = rows(table)
    assert job == {
        "kind": "job",
        "text": "report",
        "category": "",
        "delivered_by": "",
        "score": "4.0",
        "votes": "2",
        "rank": "1",
        "coverage": "0.5",
        "relevance": "",
    }
    assert (builder["kind"], builder["text"]) == ("product", "builder")
    assert (reliever["kind"], reliever["delivered_by"]) == ("pain_reliever", "builder")
    assert (reliever["coverage"], reliever["relevance"]) == ("", "0.375")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\uff1d1"])
def test_no_cell_runs_as_a_formula(text: str) -> None:
    assert rows(to_csv(of_one(text)))[0]["text"] == f"'{text}"


@given(TEXT)
def test_every_text_comes_back_whole(text: str) -> None:
    (row,) = rows(to_csv(of_one(text)))
    assert row["text"].removeprefix("'" if row["text"] != text else "") == text


def test_markdown_has_boxes_ranks_and_nothing_that_formats() -> None:
    board = Board()
    board.add(Kind.PAIN, 5, 5, 5, text="*slow* [link](x) <b> @all https://x.example")
    said = to_md(board.figures())
    assert "## Pains\n\n1. \\*slow\\* \\[link\\](x) \\<b\\> \\@all https\\://x\\.example: 4.20 ★" in said
    assert "## Gains\n\n*nothing yet*" in said
