"""What is drawn with the fonts that are installed with the bot, on a machine without any other."""

from pathlib import Path

import pytest
import uharfbuzz

from bot.picture.elements import draw_rectangle, draw_text
from bot.picture.font import (
    BUNDLED_FAMILIES,
    FAMILY,
    REGULAR_WEIGHT,
    _load_font,
    find_font_file,
)
from bot.picture.render import render_svg
from bot.picture.runs import place_runs, split_runs
from bot.picture.scripts import LATIN_FONTS, choose_fonts, contains_kana, find_needed_fonts
from bot.picture.svg import build_svg
from bot.picture.text import is_rtl, measure_width, split_clusters
from tests.picture.examples import SCRIPT_SAMPLES, build_example_metrics, build_metrics

SIZE, LEFT, WIDTH, HEIGHT = 24.0, 40.0, 1000.0, 60.0
TOLERANCE = 2.5  # pixels: round letters and soft edges reach a little beyond their places
MIXED = [
    "Report दस्तावेज़ is प्रस्तुति (v2)",
    "🔥 मासिक रिपोर्ट देर",
    "報告 தாமதமாக வருகிறது late",
    "تقرير 2024 v2 (Acme)",
    "Report تقرير 2024, late",
    "★ ☺ ✔ ☑ → Ω",
]


def render(text: str, *covered: tuple[float, float], bold: bool = False) -> bytes:
    """Draw a line on white, and then white over what is between these."""
    parts = [
        draw_rectangle(0, 0, WIDTH, HEIGHT, 0, fill="#fff"),
        draw_text(text, LEFT, HEIGHT / 2, SIZE, fill="#000", bold=bold, rtl=is_rtl(text)),
        *(draw_rectangle(left, 0, right - left, HEIGHT, 0, fill="#fff") for left, right in covered),
    ]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'font-family="{LATIN_FONTS}">{"".join(parts)}</svg>'
    )
    return render_svg(svg, FAMILY, find_needed_fonts(svg).files, system_fonts=False)


def test_each_bundled_family_has_a_file() -> None:
    assert [family for family in BUNDLED_FAMILIES if not Path(find_font_file(family)).is_file()] == []


@pytest.mark.parametrize(("family", "text"), SCRIPT_SAMPLES.items())
def test_a_bundled_font_has_every_glyph_of_a_script(family: str, text: str) -> None:
    fonts = choose_fonts([*split_clusters(text)], japanese=contains_kana(text))
    assert {one.bundled for one in fonts} == {family}
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(_load_font(family, REGULAR_WEIGHT), buffer)
    assert 0 not in [glyph.codepoint for glyph in buffer.glyph_infos]  # 0 is .notdef, the box


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("text", [*SCRIPT_SAMPLES.values(), *MIXED])
def test_text_is_drawn_within_its_measured_width_and_fills_most_of_it(text: str, bold: bool) -> None:
    drawn, right = render(text, bold=bold), LEFT + measure_width(text, SIZE, bold=bold)
    margins = (0, LEFT - TOLERANCE), (right + TOLERANCE, WIDTH)
    assert render(text, *margins, bold=bold) == drawn
    assert render(text, (LEFT + 0.8 * (right - LEFT), WIDTH), bold=bold) != drawn


def test_a_picture_loads_only_the_fonts_that_it_names() -> None:
    latin = find_needed_fonts(build_svg(build_example_metrics()))
    assert (latin.files, latin.system) == ((find_font_file(FAMILY),), False)
    arabic = find_needed_fonts(build_svg(build_metrics(1, SCRIPT_SAMPLES["Noto Sans Arabic"])))
    assert (arabic.files[1:], arabic.system) == ((find_font_file("Noto Sans Arabic"),), False)


@pytest.mark.parametrize(("text", "family"), [("done 🔥", "Noto Emoji"), ("བོད", "")])
def test_the_machine_s_fonts_are_loaded_for_coloured_emoji_and_for_what_no_bundled_font_has(
    text: str, family: str
) -> None:
    needed = find_needed_fonts(build_svg(build_metrics(1, text)))
    assert needed.system
    assert needed.files[1:] == ((find_font_file(family),) if family else ())


@pytest.mark.parametrize(
    ("line", "rtl", "seen"),
    [
        ("Report दस्तावेज़ (v2)", False, ["Report ", "दस्तावेज़ ", "(v2)"]),
        ("Report تقرير 2024 late", False, ["Report ", "2024", "تقرير ", " late"]),
        ("تقرير 2024 من Acme v2.", True, [".", "Acme v2", "من ", "2024 ", "تقرير "]),
        ("שלום (Acme) v2", True, ["v2", ") ", "Acme", "(", "שלום "]),
        ("Report (تقرير) late", False, ["Report (", "تقرير", ") late"]),
        ("Report [תקציר: Q3]", False, ["Report [", "תקציר", ": Q3]"]),
    ],
)
def test_runs_are_placed_as_they_are_seen(line: str, rtl: bool, seen: list[str]) -> None:
    runs = split_runs(line, rtl=rtl)
    assert "".join(run.text for run in runs) == line
    places = place_runs(runs, [1.0] * len(runs), rtl=rtl)
    assert sorted(places) == [*range(len(runs))]
    assert [run.text for _, run in sorted(zip(places, runs, strict=True), key=lambda one: one[0])] == seen
