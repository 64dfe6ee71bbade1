from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from bot.picture.font import FAMILY, has_characters
from bot.picture.scripts import _RANGE_STARTS, EMOJI_FONTS, LATIN_FONTS, choose_font, is_emoji
from bot.picture.text import (
    MAX_CLUSTER_LENGTH,
    MAX_JOINED_LENGTH,
    MAX_MARKS_PER_LETTER,
    clean_for_svg,
    fit_on_line,
    is_rtl,
    measure_text,
    measure_width,
    split_clusters,
    wrap_text,
)

any_text = st.text(max_size=120)


@given(any_text)
def test_clusters_lose_nothing_but_marks_piled_on_marks(text: str) -> None:
    joined = "".join(split_clusters(text))
    assert len(joined) <= len(text)
    assert [*split_clusters(joined)] == [*split_clusters(text)]


@pytest.mark.parametrize("whole", ["👩‍👩‍👧‍👦", "🇩🇪", "👍🏽", "1️⃣", "é", "के", "ก้", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"])
def test_a_grapheme_cluster_is_never_split(whole: str) -> None:
    assert [*split_clusters(f"a{whole}b")] == ["a", whole, "b"]


def test_two_flags_are_two_clusters() -> None:
    assert [*split_clusters("🇩🇪🇬🇷")] == ["🇩🇪", "🇬🇷"]


def test_no_cluster_is_longer_than_the_longest_emoji() -> None:
    """UAX #29 joins any number of these into one cluster, which would be wider than the picture."""
    for text in ("👩\u200d" * 100, "क्" * 100, "\u1100" * 100):
        clusters = [*split_clusters(text)]
        assert "".join(clusters) == text
        assert max(map(len, clusters)) <= MAX_CLUSTER_LENGTH


def test_marks_piled_on_a_letter_are_limited() -> None:
    assert [*split_clusters("a" + "\u0301" * 50 + "b")] == ["a" + "\u0301" * MAX_MARKS_PER_LETTER, "b"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("month-end/quarter-end", ["month-", "end/", "quarter-", "end"]),
        ("(a word) “quoted” …", ["(a", "word)", "“quoted”", "…"]),
        ("was ist das ?", ["was", "ist", "das ?"]),  # no break before a question mark, even after a space
        ("10 000\u00a0€ -5 3.5", ["10", "000\u00a0€", "-5", "3.5"]),
        ("東京、（大阪）です。", ["東", "京、", "（大", "阪）", "で", "す。"]),
    ],
)
def test_lines_break_where_uax_14_allows(text: str, lines: list[str]) -> None:
    measured = measure_text(text)
    starts = [0, *(index for index, may_break in enumerate(measured.breaks) if may_break)]
    parts = zip(starts, [*starts[1:], len(measured.clusters)], strict=True)
    assert ["".join(measured.clusters[start:end]).rstrip() for start, end in parts] == lines


@given(any_text, st.floats(3, 40), st.integers(1, 6))
def test_every_line_fits_its_width(text: str, max_width: float, max_lines: int) -> None:
    lines, _ = wrap_text(measure_text(clean_for_svg(text)), max_width, max_lines)
    assert len(lines) <= max_lines
    for line in lines:
        assert measure_width(line, 1) <= max_width + 0.001 or len([*split_clusters(line)]) == 1


@given(any_text, st.floats(3, 40))
def test_wrapped_text_loses_nothing_but_spaces(text: str, max_width: float) -> None:
    lines, is_truncated = wrap_text(measure_text(clean_for_svg(text)), max_width, 500)
    assert not is_truncated
    assert "".join(lines).replace(" ", "") == "".join(split_clusters(clean_for_svg(text))).replace(" ", "")


def test_lines_end_between_words_and_an_ellipsis_stands_for_the_rest() -> None:
    text = measure_text("Join in a simple conversation at the dinner table")
    assert wrap_text(text, 12, 9) == (["Join in a simple", "conversation at the", "dinner table"], False)
    lines, is_truncated = wrap_text(text, 12, 2)
    assert is_truncated
    assert lines[1].endswith("…")
    assert "Join in a simple conversation".startswith(f"{lines[0]} {lines[1][:-1]}"[:29])


def test_a_word_longer_than_the_line_goes_on_in_the_next() -> None:
    lines, is_truncated = wrap_text(measure_text("x" * 40), 10, 9)
    assert not is_truncated
    assert len(lines) > 1
    assert "".join(lines) == "x" * 40


def test_chinese_breaks_between_characters_but_not_before_a_comma() -> None:
    lines, _ = wrap_text(measure_text("在岳父母家的，餐桌上"), 6, 9)
    assert lines == ["在岳父母家", "的，餐桌上"]


def test_widths_are_those_of_the_font_and_other_text_is_estimated() -> None:
    assert measure_width("iii", 20) < measure_width("WWW", 20) / 2
    assert measure_width("a", 20, bold=True) != measure_width("a", 20)
    assert measure_width("漢字", 20) == 40
    assert measure_width("é", 20) == measure_width("e", 20)
    assert measure_width("שלום", 20) > 20


@pytest.mark.parametrize("text", ["Zoë Ångström Łódź Tiếng Việt", "Ελληνικά ἀρχή", "Быстро ґ ђ", "★ – “” …"])
def test_the_font_has_latin_greek_and_cyrillic(text: str) -> None:
    assert has_characters(FAMILY, text)


def choose_families(cluster: str, *, japanese: bool = False) -> str:
    return choose_font(cluster, japanese=japanese).families


def test_other_scripts_name_a_bundled_font_and_the_usual_ones_of_each_system() -> None:
    assert all(one < other for one, other in pairwise(_RANGE_STARTS))
    assert choose_families("é") == choose_families("Ж") == LATIN_FONTS
    assert choose_families("ש").startswith("Noto Sans Hebrew, Arial Hebrew, ")
    assert choose_families("م").startswith("Noto Sans Arabic, Geeza Pro, ")
    assert choose_families("漢").startswith("Noto Sans CJK SC, ")
    assert "PingFang SC" in choose_families("漢")
    assert choose_families("漢", japanese=True).startswith("Noto Sans CJK JP, ")
    assert "Hiragino Sans" in choose_families("漢", japanese=True)
    assert "Malgun Gothic" in choose_families("한")
    assert "Kohinoor Devanagari" in choose_families("हि")
    assert "Thonburi" in choose_families("ก")
    assert is_emoji("🙂")
    assert is_emoji("❤️")
    assert not is_emoji("★")
    assert "Apple Color Emoji" in EMOJI_FONTS


def test_a_bundled_font_without_the_character_is_not_named() -> None:
    tibetan = choose_font("ཀ")
    assert not tibetan.bundled
    assert tibetan.families.startswith("Noto Serif Tibetan, ")


def test_joined_letters_are_measured_together_up_to_a_limit() -> None:
    assert [*split_clusters("شهري و")] == ["شهر", "ي", " ", "و"]
    assert max(map(len, split_clusters("ب" * 40))) == MAX_JOINED_LENGTH
    assert measure_width("شهر", 20) < sum(measure_width(letter, 20) for letter in "شهر")


def test_no_line_parts_a_thai_vowel_from_its_consonant() -> None:
    assert [*split_clusters("และไม่มี")] == ["และ", "ไม่", "มี"]


def test_the_first_letter_decides_the_direction() -> None:
    assert is_rtl("שלום abc")
    assert is_rtl("12 مرحبا")
    assert not is_rtl("abc שלום")
    assert not is_rtl("123")


def test_a_title_is_truncated_to_its_width() -> None:
    assert fit_on_line("Reports", 40, 500) == "Reports"
    assert fit_on_line("Reports " * 20, 40, 500).endswith("…")
    assert not fit_on_line("", 40, 500)
