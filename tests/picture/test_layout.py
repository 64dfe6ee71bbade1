import pytest
from hypothesis import given, settings, strategies as st

from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics
from bot.picture.geometry import REGIONS
from bot.picture.layout import lay_out_boxes
from bot.picture.model import TEXT_LEFT_EM, TEXT_RIGHT_EM, TEXT_RIGHT_MARKED_EM, BoxLayout, StickyNote
from bot.picture.text import measure_width, split_clusters
from tests.picture.examples import SCRIPT_SAMPLES, build_example_metrics, build_metrics

REGION = {region.kind: region for region in REGIONS}


def check_layout(metrics: CanvasMetrics) -> list[BoxLayout]:
    """Check order, edges and overlaps in each box, and that all entries are shown or counted."""
    boxes = lay_out_boxes(metrics)
    assert {box.kind for box in boxes} == set(Kind)
    for box in boxes:
        region = REGION[box.kind]
        assert [note.entry.ranked for note in box.notes] == [*metrics.boxes[box.kind][: len(box.notes)]]
        folded = box.entry_count - len(box.notes)
        assert (box.folded_label.lines if box.folded_label else ()) == (
            (f"+{folded} more",) if folded else ()
        )
        y = box.heading.bottom
        for note in box.notes:
            assert note.y >= y
            y = note.bottom
            left, right = region.free_span(note.y, note.bottom)
            assert left - 0.01 <= note.x
            assert note.x + note.width <= right + 0.01
            check_lines(note)
        if box.folded_label:
            assert box.folded_label.top >= y
            y = box.folded_label.bottom
        assert y <= region.bottom + 0.01
    return boxes


def check_lines(note: StickyNote) -> None:
    right = TEXT_RIGHT_EM if note.entry.cover is None else TEXT_RIGHT_MARKED_EM
    width = note.width - (TEXT_LEFT_EM + right) * note.font_size
    for line in note.lines:
        assert measure_width(line, note.font_size) <= width + 0.01 or len([*split_clusters(line)]) == 1


@pytest.mark.parametrize("number", [0, 1, 6, 40, 200, 3000])
def test_any_number_of_entries_can_be_laid_out(number: int) -> None:
    boxes = check_layout(build_metrics(number))
    assert [bool(box.notes) for box in boxes] == [bool(box.entry_count) for box in boxes]


def test_the_example_shows_three_entries_of_each_box_and_the_first_whole() -> None:
    for box in check_layout(build_example_metrics()):
        assert len(box.notes) >= 3
        assert not box.notes[0].is_truncated


def test_six_entries_are_large_and_whole() -> None:
    for box in check_layout(build_metrics(6, "Get the monthly report out before the board meets")):
        (note,) = box.notes
        assert not note.is_truncated
        assert note.font_size >= 24


def test_higher_ranks_are_larger() -> None:
    for box in check_layout(build_example_metrics()):
        sizes = [note.font_size for note in box.notes]
        assert sizes == sorted(sizes, reverse=True)
        assert sizes[0] > sizes[-1]


def test_an_empty_box_has_a_hint() -> None:
    for box in check_layout(build_metrics(0)):
        assert box.hint
        assert " ".join(box.hint.lines).startswith("None yet: add ")


def test_a_text_of_500_characters_is_truncated_with_an_ellipsis() -> None:
    for box in check_layout(build_metrics(12, "word " * 100)):
        assert {note.lines[-1][-1] for note in box.notes} == {"…"}


def test_entries_in_other_scripts_are_laid_out() -> None:
    check_layout(
        build_metrics(36, *SCRIPT_SAMPLES.values(), *(f"v2 ({text})" for text in SCRIPT_SAMPLES.values()))
    )


@settings(max_examples=10)
@given(st.lists(st.text(min_size=1, max_size=500), min_size=1, max_size=14), st.integers(1, 40))
def test_any_text_can_be_laid_out(texts: list[str], number: int) -> None:
    check_layout(build_metrics(number, *texts))
