"""The answers to what one did with entries are one line, however many they are."""

from datetime import timedelta

import pytest

from bot.fake_slack.blockkit.blocks import check_blocks
from bot.fake_slack.client.plain_text import blocks_to_text
from bot.features.entries import blocks
from bot.features.entries.model import Addition
from bot.method.kinds import Kind
from bot.method.model import Entry
from bot.store.model import CanvasInfo, Draft
from tests.method.build import STARTED_AT

LONG = "<&> *bold* " * 40
CANVAS_INFO = CanvasInfo(1, "C1", "Reports", "small shops", "U1", "UTC", STARTED_AT, None)


def build_addition(number: int, kind: Kind = Kind.PAIN) -> Addition:
    return Addition([Draft(kind, LONG[:400])] * number, [*range(900_000, 900_000 + number)])


@pytest.mark.parametrize("number", [0, 1, 25, 100])
@pytest.mark.parametrize("kind", Kind)
def test_an_addition_is_a_line_and_buttons(number: int, kind: Kind) -> None:
    message = blocks.build_added_message(CANVAS_INFO, build_addition(number, kind), names_canvas=True)
    check_blocks([*message.blocks], "message")
    lines = blocks_to_text([*message.blocks]).splitlines()
    assert len(lines) <= 2
    assert max(map(len, lines)) <= 160
    assert ("[Undo]" in lines[-1]) is (number > 0)
    assert number == 0 or message.text.startswith(f"Added {number} ")


def test_an_addition_of_all_kinds_is_counted_by_kind() -> None:
    addition = Addition([Draft(kind, "x") for kind in Kind], [*range(6)])
    text = blocks_to_text([*blocks.build_added_message(CANVAS_INFO, addition).blocks])
    assert text.startswith(
        "Added 1 job, 1 pain, 1 gain, 1 product, 1 pain reliever and 1 gain creator.\n[Undo] [Vote on them]"
    )


@pytest.mark.parametrize(
    ("addition", "label"),
    [
        (build_addition(1), "Vote on it"),
        (build_addition(2), "Vote on them"),
        (build_addition(1, Kind.GAIN_CREATOR), "Review it"),
        (build_addition(2, Kind.GAIN_CREATOR), "Review them"),
    ],
)
def test_the_next_step_of_an_addition_is_a_button(addition: Addition, label: str) -> None:
    message = blocks.build_added_message(CANVAS_INFO, addition)
    assert f"[Undo] [{label}] [Add another]" in blocks_to_text([*message.blocks])


@pytest.mark.parametrize("number", [0, 1, 25, 100])
def test_an_undo_is_a_line_and_the_way_back(number: int) -> None:
    entries = [
        Entry(each, Kind.PAIN, LONG, "U1", STARTED_AT + timedelta(minutes=each)) for each in range(number)
    ]
    message = blocks.build_undone_message(CANVAS_INFO, entries)
    check_blocks([*message.blocks], "message")
    assert message.replaces_original
    assert len(blocks_to_text([*message.blocks]).splitlines()) <= 2
