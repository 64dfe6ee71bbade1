"""User text: sanitized when it comes in, escaped when it goes out."""

from hypothesis import given, strategies as st

from bot.slack.blockkit.builders import pack_sections
from bot.slack.blockkit.text import escape, read_typed_text, sanitize


@given(st.text())
def test_escaped_text_can_neither_mention_nor_link(text: str) -> None:
    escaped = escape(text)
    assert "<" not in escaped
    assert ">" not in escaped


def test_marks_that_would_format_are_replaced_and_others_are_kept() -> None:
    assert escape("*bold* _it_ ~no~ `code`") == "∗bold∗ ˍitˍ ∼no∼ ˋcodeˋ"
    assert escape("snake_case_name, 2 * 3 * 4") == "snake_case_name, 2 * 3 * 4".replace("*", "∗")
    assert escape("a & <b>") == "a &amp; &lt;b&gt;"


@given(st.text())
def test_sanitized_text_is_one_storable_line_and_stays_as_it_is(text: str) -> None:
    line = sanitize(text)
    assert sanitize(line) == line
    assert "\x00" not in line
    assert "\n" not in line
    line.encode()


def test_what_slack_sends_is_read_as_it_was_typed() -> None:
    assert read_typed_text("ask <@U1|ana> in <#C1|team> &lt;b&gt; &amp;lt;") == "ask @ana in #team <b> &lt;"
    assert read_typed_text("<!channel> see <https://x.example|x.example>") == "@channel see x.example"


@given(st.lists(st.text(min_size=1, max_size=2000).map(escape), max_size=60), st.integers(200, 9000))
def test_packed_lines_keep_to_their_limit_and_to_that_of_a_section(
    lines: list[str], max_characters: int
) -> None:
    blocks = pack_sections(lines, max_characters)
    assert all(len(block["text"]["text"]) <= 3000 for block in blocks)
    assert sum(len(block["text"]["text"]) for block in blocks) <= max_characters + 60
