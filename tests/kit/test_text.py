"""User text at the two doors."""

from hypothesis import given, strategies as st

from bot.slack.blockkit.builders import pack_sections
from bot.slack.blockkit.text import sanitize, escape, read_typed_text


@given(st.text())
def test_escaped_text_can_neither_ping_link_nor_format(text: str) -> None:
    shown = escape(text)
    assert "<" not in shown
    assert ">" not in shown


def test_what_would_format_is_shown_alike_and_the_rest_untouched() -> None:
    assert escape("*bold* _it_ ~no~ `code`") == "∗bold∗ ˍitˍ ∼no∼ ˋcodeˋ"
    assert escape("snake_case_name, 2 * 3 * 4") == "snake_case_name, 2 * 3 * 4".replace("*", "∗")
    assert escape("a & <b>") == "a &amp; &lt;b&gt;"


@given(st.text())
def test_cleaning_is_done_once_and_leaves_one_storable_line(text: str) -> None:
    line = sanitize(text)
    assert sanitize(line) == line
    assert "\x00" not in line
    assert "\n" not in line
    line.encode()


def test_what_slack_sends_is_read_as_it_was_typed() -> None:
    assert read_typed_text("ask <@U1|ana> in <#C1|team> &lt;b&gt; &amp;lt;") == "ask @ana in #team <b> &lt;"
    assert read_typed_text("<!channel> see <https://x.example|x.example>") == "@channel see x.example"


@given(st.lists(st.text(min_size=1, max_size=2000).map(escape), max_size=60), st.integers(200, 9000))
def test_packed_lines_keep_to_their_room_and_to_a_sections_limit(lines: list[str], room: int) -> None:
    blocks = pack_sections(lines, room)
    assert all(len(block["text"]["text"]) <= 3000 for block in blocks)
    assert sum(len(block["text"]["text"]) for block in blocks) <= room + 60
