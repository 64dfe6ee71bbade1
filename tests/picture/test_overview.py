"""The overview: readable where a channel shows it, whatever the entries are."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics
from bot.method.model import Mark
from bot.picture.alt_text import build_alt_text
from bot.picture.geometry import PICTURE_WIDTH
from bot.picture.overview import BOX_WIDTH, FONT_SIZE, OVERVIEW_WIDTH, build_overview_svg
from bot.picture.png import OVERVIEW_PNG_WIDTH, create_overview_png
from bot.picture.svg import MARGIN, build_svg
from bot.picture.text import measure_width
from bot.times.clock import format_short_moment
from tests.method.build import CanvasBuilder
from tests.picture.examples import (
    SVG,
    add_evidence,
    build_example_metrics,
    build_metrics,
    list_texts,
    parse_svg,
    seal_kinds,
)
from tests.picture.test_png import read_pixels, read_size

SCALE_IN_CHANNEL = 462 / 1600  # pixels of the screen for one of the drawing
MIN_READABLE_PIXELS = 12


def build_board() -> CanvasMetrics:
    """Return a must-have that is addressed, one that is not, a pain that waits for votes, and a job."""
    builder = CanvasBuilder()
    covered, missed = (builder.add(Kind.PAIN, 5, 5, 5, text=text) for text in ("covered", "missed"))
    builder.add(Kind.PAIN, text="waiting")
    builder.add(Kind.JOB, 3, text="report")
    builder.review(builder.add(Kind.PAIN_RELIEVER, 4, text="robot"), {covered: Mark.STRONG})
    assert missed
    return builder.compute_metrics()


def test_the_overview_has_the_title_the_must_haves_and_the_boxes_with_their_counts() -> None:
    texts = list_texts(build_overview_svg(build_board()))
    assert texts[:2] == ["Map for Anyone", "1 of 2 must-haves addressed"]
    for name in ("Products & services", "Gain creators", "Gains", "none yet"):
        assert name in texts
    pains = texts.index("Pains 3")
    assert texts[pains : pains + 3] == ["Pains 3", "1", "1"], "three pains, one not addressed, one addressed"
    assert "waiting" not in texts, "a box shows its first entries"


def test_an_entry_with_evidence_has_a_word_and_one_without_a_dashed_border() -> None:
    assert "dasharray" not in build_overview_svg(build_board())
    svg = build_overview_svg(add_evidence(build_board()))
    texts = list_texts(svg)
    assert texts[texts.index("missed") + 1] == "evidenced"
    assert texts[texts.index("report") + 1] == "contested"
    assert "assumed" not in texts
    assert svg.count("dasharray") == 1  # of “covered”; “waiting” is not shown


@pytest.mark.parametrize("has_evidence", [False, True])
def test_every_letter_can_be_read_in_a_channel(has_evidence: bool) -> None:
    metrics = build_example_metrics()
    svg = build_overview_svg(add_evidence(metrics) if has_evidence else metrics)
    sizes = [float(size) for size in re.findall(r'font-size="([0-9.]+)"', svg)]
    assert min(sizes) * SCALE_IN_CHANNEL >= MIN_READABLE_PIXELS


@pytest.mark.parametrize("number", [0, 1, 60])
@pytest.mark.parametrize("text", ["wide " * 40, "W" * 300, "長" * 300, "الإصلاح لا بأس " * 20])
def test_no_text_leaves_its_box(number: int, text: str) -> None:
    for metrics in (build_metrics(number, text), add_evidence(build_metrics(number, text))):
        check_widths(metrics)


def check_widths(metrics: CanvasMetrics) -> None:
    root = parse_svg(build_overview_svg(metrics))
    for element in root.iter(f"{SVG}text"):
        if float(element.get("font-size", "0")) == FONT_SIZE:
            assert measure_width("".join(element.itertext()), FONT_SIZE) <= BOX_WIDTH
    assert float(root.get("width", "0")) == OVERVIEW_WIDTH


@pytest.mark.parametrize(
    ("zone", "short"), [("America/Sao_Paulo", "UTC-3"), ("Asia/Kathmandu", "UTC+5:45"), ("UTC", "UTC")]
)
def test_the_end_of_a_seal_has_its_zone_however_many_entries_are_sealed(zone: str, short: str) -> None:
    for number in (1, 156):
        until = datetime(2026, 9, 30, 17, tzinfo=ZoneInfo(zone))
        svg = build_overview_svg(seal_kinds(build_metrics(number), *Kind, until=until))
        sealed = f"{number} sealed until Wed 30 Sep 17:00 {short}"
        assert sealed in list_texts(svg)
        assert measure_width(sealed, FONT_SIZE) < BOX_WIDTH * 2 - 72


async def test_the_overview_is_rendered_and_not_blank() -> None:
    file = await create_overview_png(build_example_metrics())
    width, height = read_size(file)
    assert width == OVERVIEW_PNG_WIDTH
    assert height <= width, "a channel shows a high picture narrower"
    assert len(set(read_pixels(file))) > 100


def test_sealed_entries_say_until_when_in_both_pictures_and_in_words() -> None:
    metrics = seal_kinds(build_example_metrics(), Kind.PAIN, Kind.GAIN)
    sealed = "22 sealed until Fri 4 Dec 17:00 CET"
    overview_texts = list_texts(build_overview_svg(metrics))
    assert {"4 of 5 must-haves addressed", sealed} <= {*overview_texts}
    assert sealed in list_texts(build_svg(metrics))
    alt_text = build_alt_text(metrics)
    assert "22 entries sealed until Fri 4 Dec 17:00 (Europe/Berlin)." in alt_text
    assert "Pains (11): sealed until Fri 4 Dec 17:00 (Europe/Berlin), such as “" in alt_text
    assert "sealed" not in "".join(list_texts(build_svg(build_example_metrics())))


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kathmandu"])
@pytest.mark.parametrize("number", [6, 312, 3000])
def test_what_is_sealed_longer_has_room_in_both_pictures(zone: str, number: int) -> None:
    until = datetime(2026, 9, 30, 17, tzinfo=ZoneInfo(zone))
    metrics = seal_kinds(build_metrics(number), *[*Kind][:3], until=until + timedelta(days=5))
    metrics = seal_kinds(metrics, *[*Kind][3:], until=until)
    half = number // 2
    sealed = (
        f"{half} sealed until Wed 30 Sep 17:00 {format_short_moment(until).split()[-1]} and {half} longer"
    )
    assert sealed in list_texts(build_overview_svg(metrics))
    assert measure_width(sealed, FONT_SIZE) < BOX_WIDTH * 2 - 72
    (line,) = (
        element
        for element in parse_svg(build_svg(metrics)).iter(f"{SVG}text")
        if "".join(element.itertext()) == sealed
    )
    left, font_size = float(line.get("x", "0")), float(line.get("font-size", "0"))
    assert left + measure_width(sealed, font_size) <= PICTURE_WIDTH - MARGIN + 2  # sizes are rounded
    assert font_size >= 17, "it can be read"
