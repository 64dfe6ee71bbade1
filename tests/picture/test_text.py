from collections.abc import Mapping
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from bot.picture import font
from bot.picture.font import BOLD_WEIGHT, REGULAR_WEIGHT, load_advance_widths
from bot.picture.scripts import _STARTS, EMOJI_FONTS, LATIN_FONTS, choose_font_families
from bot.picture.text import split_clusters, fit_on_line, is_emoji, is_rtl, measure_text, clean_for_svg, measure_width, wrap_text

any_text = st.text(max_size=120)


@given(any_text)
def test_clusters_lose_nothing_but_marks_piled_on_marks(text: str) -> None:
    joined = "".join(split_clusters(text))
    assert len(joined) <= len(text)
    assert [*split_clusters(joined)] == [*split_clusters(text)]


@pytest.mark.parametrize("whole", ["👩‍👩‍👧‍👦", "🇩🇪", "👍🏽", "1️⃣", "é", "के", "ก้", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"])
def test_what_is_one_sign_to_a_reader_is_never_torn(whole: str) -> None:
    assert [*split_clusters(f"a{whole}b")] == ["a", whole, "b"]


def test_two_flags_are_two() -> None:
    assert [*split_clusters("🇩🇪🇬🇷")] == ["🇩🇪", "🇬🇷"]


@given(any_text, st.floats(3, 40), st.integers(1, 6))
def test_every_line_has_room(text: str, room: float, most: int) -> None:
    lines, _ = wrap_text(measure_text(clean_for_svg(text)), room, most)
    assert len(lines) <= most
    for line in lines:
        assert measure_width(line, 1) <= room + 0.001 or len([*split_clusters(line)]) == 1


@given(any_text, st.floats(3, 40))
def test_what_is_not_cut_is_all_there(text: str, room: float) -> None:
    lines, cut = wrap_text(measure_text(clean_for_svg(text)), room, 500)
    assert not cut
    assert "".join(lines).replace(" ", "") == "".join(split_clusters(clean_for_svg(text))).replace(" ", "")


def test_lines_end_between_words_and_what_is_left_out_is_an_ellipsis() -> None:
    text = measure_text("Join in a simple conversation at the dinner table")
    assert wrap_text(text, 12, 9) == (["Join in a simple", "conversation at the", "dinner table"], False)
    lines, cut = wrap_text(text, 12, 2)
    assert cut
    assert lines[1].endswith("…")
    assert "Join in a simple conversation".startswith(f"{lines[0]} {lines[1][:-1]}"[:29])


def test_a_word_longer_than_the_line_goes_on_in_the_next() -> None:
    lines, cut = wrap_text(measure_text("x" * 40), 10, 9)
    assert not cut
    assert len(lines) > 1
    assert "".join(lines) == "x" * 40


def test_chinese_breaks_between_signs_but_not_before_a_comma() -> None:
    lines, _ = wrap_text(measure_text("在岳父母家的，餐桌上"), 6, 9)
    assert lines == ["在岳父母家", "的，餐桌上"]


def test_widths_are_the_fonts_and_what_it_lacks_is_estimated() -> None:
    assert measure_width("iii", 20) < measure_width("WWW", 20) / 2
    assert measure_width("a", 20, bold=True) != measure_width("a", 20)
    assert measure_width("漢字", 20) == 40
    assert measure_width("é", 20) == measure_width("e", 20)
    assert measure_width("שלום", 20) > 20


@pytest.mark.parametrize("text", ["Zoë Ångström Łódź Tiếng Việt", "Ελληνικά ἀρχή", "Быстро ґ ђ", "★ – “” …"])
@pytest.mark.parametrize("weight", [REGULAR_WEIGHT, BOLD_WEIGHT])
def test_the_font_that_comes_along_has_latin_greek_and_cyrillic(text: str, weight: int) -> None:
    assert [char for char in text if ord(char) not in load_advance_widths(weight)] == []


def test_other_scripts_ask_for_fonts_of_the_usual_systems() -> None:
    assert all(one < other for one, other in pairwise(_STARTS))
    assert choose_font_families("é") == choose_font_families("Ж") == LATIN_FONTS
    assert "Noto Sans Hebrew" in choose_font_families("ש")
    assert "Noto Sans Arabic" in choose_font_families("م")
    assert "PingFang SC" in choose_font_families("漢")
    assert "Hiragino Sans" in choose_font_families("漢", japanese=True)
    assert "Malgun Gothic" in choose_font_families("한")
    assert "Noto Sans Devanagari" in choose_font_families("हि")
    assert "Noto Sans Thai" in choose_font_families("ก")
    assert is_emoji("🙂")
    assert is_emoji("❤️")
    assert not is_emoji("★")
    assert "Apple Color Emoji" in EMOJI_FONTS


def test_direction_is_that_of_the_first_letter() -> None:
    assert is_rtl("שלום abc")
    assert is_rtl("12 مرحبا")
    assert not is_rtl("abc שלום")
    assert not is_rtl("123")


def test_threads_that_draw_at_once_measure_the_font_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes half a second and some megabytes: six digests at nine o'clock took six times that."""
    others_wait: list[bool] = []

    def measure(weight: int) -> Mapping[int, float]:
        others_wait.append(font._MEASURING.locked())
        return {65: weight / 1000}

    monkeypatch.setattr(font, "_measured", cache(measure))
    assert [load_advance_widths(BOLD_WEIGHT)[65] for _ in range(6)] == [0.7] * 6
    assert others_wait == [True]


def test_a_title_is_cut_to_its_room() -> None:
    assert fit_on_line("Reports", 40, 500) == "Reports"
    assert fit_on_line("Reports " * 20, 40, 500).endswith("…")
    assert not fit_on_line("", 40, 500)
