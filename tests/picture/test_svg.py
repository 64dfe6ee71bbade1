from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings, strategies as st

from bot.method.fit import Cover
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics
from bot.method.model import Mark
from bot.picture.colours import AMBER_DARK, TEAL
from bot.picture.geometry import PICTURE_WIDTH
from bot.picture.layout import lay_out_boxes
from bot.picture.model import Links
from bot.picture.svg import build_svg
from bot.picture.text import measure_width
from tests.method.build import CanvasBuilder
from tests.picture.examples import (
    SVG,
    add_evidence,
    build_example_metrics,
    build_metrics,
    list_texts,
    parse_svg,
)

HOSTILE = [
    "<script>alert(1)</script> & \"quotes\" 'single'",
    "]]> <!-- --> <![CDATA[ &amp; &#0;",
    "<!channel> <@U123> <https://evil.example|here> *bold* `code`",
    "nul \x00 bell \x07 escape \x1b nonchars \ufffe\uffff lone \ud800 override \u202e abc",
    'x" onload="y" xlink:href="z',
]


def find_links(metrics: CanvasMetrics, links: Links = Links.ALL) -> list[ET.Element]:
    return [
        path
        for path in parse_svg(build_svg(metrics, links=links)).iter(f"{SVG}path")
        if path.get("stroke-opacity")
    ]


@pytest.mark.parametrize("number", [0, 1, 6, 200, 3000])
def test_any_number_of_entries_gives_well_formed_svg(number: int) -> None:
    svg = build_svg(build_metrics(number))
    assert parse_svg(svg).tag == f"{SVG}svg"
    assert len(svg) < 100_000


@pytest.mark.parametrize("text", ["slow", "長" * 300, "الإصلاح لا بأس " * 20])
@pytest.mark.parametrize("number", [0, 1, 6, 500])
def test_evidence_changes_no_text_and_no_place_of_an_entry(number: int, text: str) -> None:
    metrics = build_metrics(number, text)
    without, with_evidence = metrics, add_evidence(metrics)
    assert [
        (box.kind, [(note.x, note.y, note.lines) for note in box.notes]) for box in lay_out_boxes(without)
    ] == [
        (box.kind, [(note.x, note.y, note.lines) for note in box.notes])
        for box in lay_out_boxes(with_evidence)
    ]
    assert len(build_svg(with_evidence)) < 100_000


def test_an_entry_with_evidence_has_a_tag_and_one_without_a_dashed_border() -> None:
    metrics = build_metrics(12)
    states = {"evidenced", "refuted", "contested", "some evidence"}
    assert not states & {*list_texts(build_svg(metrics))}
    assert "assumed" not in list_texts(build_svg(metrics))
    texts = list_texts(build_svg(add_evidence(metrics)))
    assert states <= {*texts}
    assert texts.count("assumed") == 1  # in the legend
    dashed = [
        each
        for each in parse_svg(build_svg(add_evidence(metrics))).iter(f"{SVG}rect")
        if each.get("stroke-dasharray")
    ]
    assert len(dashed) == 3 + 1  # entries 1, 6 and 11, and the legend


@pytest.mark.parametrize("links", Links)
def test_the_legend_stays_in_the_picture(links: Links) -> None:
    root = parse_svg(build_svg(add_evidence(build_example_metrics()), links=links))
    last = [each for each in root.iter(f"{SVG}g") if "translate" in (each.get("transform") or "")][-1]
    x = float((last.get("transform") or "").split("(")[1].split(" ")[0])
    word = "".join(last.itertext())
    assert x + 34 + 9 + measure_width(word, 20) <= PICTURE_WIDTH


def test_the_same_metrics_give_the_same_bytes() -> None:
    first, second = (build_svg(build_example_metrics(), links=Links.ALL) for _ in range(2))
    assert first == second


def test_user_text_never_becomes_markup() -> None:
    svg = parse_svg(build_svg(build_metrics(12, *HOSTILE), links=Links.ALL))
    known = {"svg", "title", "g", "rect", "circle", "line", "path", "text", "tspan"}
    assert {element.tag.removeprefix(SVG) for element in svg.iter()} <= known
    for element in svg.iter():
        assert not any("href" in name or name.startswith("on") for name in element.attrib)
    texts = "".join(list_texts(build_svg(build_metrics(6, HOSTILE[0])))).replace(" ", "")
    assert HOSTILE[0].replace(" ", "") in texts


@settings(max_examples=10)
@given(st.lists(st.text(min_size=1, max_size=200), min_size=1, max_size=6))
def test_any_text_gives_well_formed_svg(words: list[str]) -> None:
    parse_svg(build_svg(build_metrics(6, *words)))


def test_the_picture_has_name_segment_verdict_counts_and_legend() -> None:
    texts = list_texts(build_svg(build_example_metrics()))
    assert texts[:3] == ["Duolingo", "for", texts[2]]
    assert texts[2].startswith("Busy adults who learn the language")
    assert "Fit is not achieved: 8 of 13 must-haves addressed." in texts
    counts = next(line for line in texts if line.startswith("Important jobs"))
    assert "jobs addressed 4/5" in counts
    assert "pains relieved 2/4" in counts
    assert "gains created 2/4" in counts
    assert {"rank", "waits for votes", "must-have", *Cover} <= {*texts}


def test_must_haves_gaps_and_addressed_needs_have_their_marks() -> None:
    board = CanvasBuilder()
    open_pain = board.add(Kind.PAIN, 5, 5, 5, text="open")
    gain, half = board.add(Kind.GAIN, 3, text="gain"), board.add(Kind.GAIN, 2, text="half")
    creator = board.add(Kind.GAIN_CREATOR, text="creator")
    board.review(creator, {gain: Mark.STRONG, half: Mark.PARTIAL})
    board.review(creator, {gain: Mark.STRONG})
    board.add(Kind.JOB, text="job")
    figures = board.compute_metrics()
    groups = {
        note.get("data-entry"): ET.tostring(note, encoding="unicode")
        for note in parse_svg(build_svg(figures)).iter(f"{SVG}g")
        if note.get("data-entry")
    }
    job = creator + 1
    assert "★" in groups[str(open_pain)]
    assert f'fill="{AMBER_DARK}"' in groups[str(open_pain)]
    assert f'stroke="{AMBER_DARK}"' not in groups[str(open_pain)]
    assert "★" not in groups[str(gain)]
    assert f'fill="{TEAL}"' in groups[str(gain)]
    assert f'fill="{AMBER_DARK}"' in groups[str(half)]
    assert f'stroke="{AMBER_DARK}"' in groups[str(half)]
    assert AMBER_DARK not in groups[str(job)], "a need that waits for votes is no gap"
    assert TEAL not in groups[str(job)]
    assert "stroke-dasharray" in groups[str(job)]
    assert "stroke-dasharray" not in groups[str(gain)]
    assert AMBER_DARK not in groups[str(creator)]
    assert TEAL not in groups[str(creator)]


def test_offers_and_needs_that_fit_are_linked_wider_the_stronger() -> None:
    board = CanvasBuilder()
    job, pain = board.add(Kind.JOB, text="job"), board.add(Kind.PAIN, text="pain")
    board.add(Kind.GAIN, text="gain")
    reliever = board.add(Kind.PAIN_RELIEVER, text="reliever")
    board.review(reliever, {job: Mark.STRONG, pain: Mark.PARTIAL})
    board.review(reliever, {job: Mark.STRONG})
    svg = find_links(board.compute_metrics())
    assert board.compute_metrics().strengths == {(reliever, job): 1, (reliever, pain): Fraction(1, 4)}
    to_job, to_pain = svg
    assert float(to_job.get("stroke-width", 0)) > float(to_pain.get("stroke-width", 0))
    assert to_pain.get("stroke-dasharray")
    assert not to_job.get("stroke-dasharray")
    assert "stroke-opacity" not in build_svg(board.compute_metrics())


def test_links_join_only_shown_notes() -> None:
    figures = build_example_metrics()
    shown = {note.entry.ranked.entry.id for box in lay_out_boxes(figures) for note in box.notes}
    pairs = [pair for pair, value in figures.strengths.items() if value and {*pair} <= shown]
    assert len(find_links(figures)) == len(pairs) > 5


def find_line(text: str, *, containing: str) -> ET.Element:
    (line,) = (
        element
        for element in parse_svg(build_svg(build_metrics(1, text))).iter(f"{SVG}text")
        if containing in "".join(element.itertext())
    )
    return line


def read_positions(line: ET.Element) -> list[float]:
    return [float(part.get("x", "nan")) for part in line]


def test_right_to_left_text_is_anchored_at_the_right() -> None:
    line = find_line("שלום עולם", containing="שלום")
    assert line.get("text-anchor") == "end"
    assert "".join(line.itertext()) == "\u202bשלום עולם\u202c"


def test_punctuation_after_right_to_left_text_is_at_its_left() -> None:
    line = find_line("שלום עולם!", containing="שלום")
    assert ["".join(part.itertext()).strip("\u202b\u202c") for part in line] == ["שלום עולם", "!"]
    words, mark = read_positions(line)
    assert mark < words


def test_each_script_of_a_line_has_its_font_and_its_position() -> None:
    line = find_line("ok 👍🏽 रि v2", containing="ok")
    fonts = [part.get("font-family", "").split(",")[0] for part in line]
    assert fonts == ["", "Noto Color Emoji", "", "Noto Sans Devanagari", ""]
    positions = read_positions(line)
    assert positions == sorted(positions)
    assert len({*positions}) == len(positions)


def test_a_script_that_no_bundled_font_has_names_the_fonts_of_other_machines() -> None:
    line = find_line("done ཀཁ", containing="done")
    assert [part.text for part in line] == ["done ", "ཀཁ"]
    assert line[1].get("font-family", "").startswith("Noto Serif Tibetan, ")


def test_links_go_to_must_haves_unless_all_are_asked_for() -> None:
    board = CanvasBuilder()
    must_have, minor = board.add(Kind.PAIN, 5, 5, 5), board.add(Kind.PAIN, 2)
    board.review(board.add(Kind.PAIN_RELIEVER, 3), {must_have: Mark.STRONG, minor: Mark.STRONG})
    metrics = board.compute_metrics()
    counts = [len(find_links(metrics, links)) for links in (Links.NONE, Links.MUST_HAVES, Links.ALL)]
    assert counts == [0, 1, 2]
