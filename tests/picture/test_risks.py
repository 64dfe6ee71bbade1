"""The picture of risks: entries stand where their figures put them, none over another, and can be read."""

import re
from itertools import combinations

import pytest
from hypothesis import given, settings, strategies as st

from bot.method.evidence import EvidenceMetrics
from bot.method.kinds import Kind
from bot.method.model import Grade
from bot.picture.alt_text import MAX_ALT_TEXT_LENGTH
from bot.picture.png import create_risk_png
from bot.picture.risks import (
    COLUMNS,
    NOTE_GAP,
    PLOT_BOTTOM,
    PLOT_TOP,
    WIDTH,
    Note,
    build_risk_alt_text,
    build_risk_svg,
    mark_risks,
    place_notes,
)
from bot.picture.text import measure_width
from tests.method.build import CanvasBuilder
from tests.picture.examples import SVG, list_texts, parse_svg
from tests.picture.test_png import read_pixels, read_size

SCALE_ON_PHONE = 390 / WIDTH
MIN_READABLE_PIXELS = 12

Seed = tuple[
    tuple[int, ...], Grade | None, int, bool
]  # votes, grade of an item, its count, whether it supports
SEEDS = st.tuples(
    st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple),
    st.none() | st.sampled_from(Grade),
    st.sampled_from([1, 10, 1000]),
    st.booleans(),
)


def build_evidence(seeds: list[Seed], text: str = "slow") -> EvidenceMetrics:
    builder = CanvasBuilder()
    for levels, grade, count, is_for in seeds:
        entry_id = builder.add(Kind.PAIN, *levels, text=text)
        if grade is not None:
            linked = [entry_id]
            builder.record(linked if is_for else [], [] if is_for else linked, grade=grade, count=count)
    return builder.compute_metrics().evidence


FIVE: list[Seed] = [
    ((5, 5, 5), None, 1, True),  # the riskiest
    ((5, 5), Grade.TOLD, 1, True),
    ((2, 2), None, 1, True),
    ((4, 5, 5), Grade.DID, 1000, True),  # evidenced
    ((5, 4, 5), Grade.DID, 1000, False),  # refuted
]


def by_entry(evidence: EvidenceMetrics) -> dict[int, Note]:
    return {note.risk.ranked.entry.id: note for note in place_notes(evidence)}


def test_five_entries_stand_where_their_figures_put_them() -> None:
    notes = by_entry(build_evidence(FIVE))
    assert {entry_id: note.mark for entry_id, note in notes.items()} == {
        1: "1",
        2: "2",
        3: "3",
        4: "",
        5: "A",
    }
    assert notes[1].x < COLUMNS[1] < notes[2].x < COLUMNS[2] < notes[4].x, "from left to right: evidence"
    assert notes[1].y < notes[2].y < notes[3].y, "from top to bottom: importance"


@settings(max_examples=40)
@given(st.lists(SEEDS, min_size=1, max_size=60))
def test_no_marked_entry_overlaps_another_and_all_stay_in_their_column(seeds: list[Seed]) -> None:
    evidence = build_evidence(seeds)
    notes = [*place_notes(evidence)]
    assert {note.risk.ranked.entry.id for note in notes} == evidence.risks.keys()
    marked = [note for note in notes if note.mark]
    for one, other in combinations(marked, 2):
        distance = one.radius + other.radius + NOTE_GAP
        assert (one.x - other.x) ** 2 + (one.y - other.y) ** 2 >= distance**2 - 0.01
    for note in notes:
        confidence = note.risk.evidence.confidence
        column = 0 if not confidence else 1 if 2 * confidence < 1 else 2
        assert note.x - note.radius >= COLUMNS[column]
        assert note.x + note.radius <= COLUMNS[column + 1]
        assert note.y - note.radius >= PLOT_TOP
        assert note.y + note.radius <= PLOT_BOTTOM


@pytest.mark.parametrize("number", [1, 60, 600])
@pytest.mark.parametrize("text", ["wide " * 40, "W" * 300, "長" * 300, "الإصلاح لا بأس " * 20, "<&>" * 90])
def test_no_text_leaves_the_picture_and_all_can_be_read_on_a_phone(number: int, text: str) -> None:
    evidence = build_evidence((FIVE * number)[:number], text)
    root = parse_svg(build_risk_svg(text[:60], evidence))
    for element in root.iter(f"{SVG}text"):
        size = float(element.get("font-size", "0"))
        assert size * SCALE_ON_PHONE >= MIN_READABLE_PIXELS
        width = measure_width("".join(element.itertext()), size, bold=element.get("font-weight") != "400")
        share = {"start": 0, "middle": 0.5, "end": 1}[element.get("text-anchor", "start")]
        runs = [float(run.get("x", "0")) for run in element if "x" in run.attrib]  # of several scripts
        left = min(runs, default=float(element.get("x", "0")) - share * width)
        assert left >= 0 or element.text == "importance →"  # which is turned
        assert left + width <= WIDTH
    assert len(build_risk_alt_text(text, evidence)) <= MAX_ALT_TEXT_LENGTH


def test_the_list_below_says_what_the_marks_are() -> None:
    texts = list_texts(build_risk_svg("Map", build_evidence(FIVE, "it is slow")))
    assert texts[0] == "Risks: Map"
    assert "riskiest: test these first" in texts
    assert texts.count("it is slow") == 4
    assert "importance 0.80, confidence 0.00, assumed" in texts
    assert "importance 0.75, confidence 0.00, refuted" in texts


def test_lines_tell_the_states_as_on_the_canvas() -> None:
    svg = build_risk_svg("Map", build_evidence(FIVE))
    discs = re.findall(r"<circle [^>]*>", svg)
    # Each marked entry stands in the plot and in the list.
    assert sum("dasharray" in disc for disc in discs) == 2 * 2
    assert len(discs) == 4 * 2 + 1


def test_the_words_name_every_marked_entry_and_count_the_others() -> None:
    evidence = build_evidence(FIVE * 4)
    words = build_risk_alt_text("Map", evidence)
    assert [mark for mark, _ in mark_risks(evidence)] == ["A", "B", "C", "1", "2", "3", "4", "5"]
    assert "A: pain “slow”, importance 0.75, confidence 0.00, refuted." in words
    assert words.endswith("12 more as dots.")


async def test_it_is_rendered_at_its_size_and_not_blank() -> None:
    file = await create_risk_png("Map", build_evidence(FIVE))
    assert read_size(file)[0] == WIDTH
    assert len(set(read_pixels(file))) > 50
