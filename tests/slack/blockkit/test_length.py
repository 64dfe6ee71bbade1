"""Messages stay below the length that Slack takes, and no cut breaks an escape or a link."""

import re

import pytest
from hypothesis import given, strategies as st

from bot.slack.blockkit.builders import (
    action_button,
    actions_block,
    build_message,
    context_note,
    header_block,
    section_block,
)
from bot.slack.blockkit.length import MAX_BLOCKS_CHARACTERS, count_characters, shorten_blocks
from bot.slack.blockkit.text import escape, truncate_at_word, truncate_mrkdwn

MRKDWN = st.text("ab &<>\n", max_size=400).map(lambda text: escape(text) + " <https://x.example|a link>")


@given(text=MRKDWN, length=st.integers(2, 300))
def test_a_cut_breaks_no_escape_and_no_link(text: str, length: int) -> None:
    cut = truncate_mrkdwn(text, length)
    assert len(cut) <= length
    assert cut == text or cut.endswith("…")
    assert re.fullmatch(r"(?:[^<&]|&amp;|&lt;|&gt;|<https://x\.example\|a link>)*", cut, re.DOTALL)


def test_a_short_text_is_not_cut() -> None:
    assert truncate_mrkdwn("a &amp; b", 9) == "a &amp; b"
    assert truncate_mrkdwn("a &amp; b", 7) == "a…"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("the language of their partner", "the language of…"),
        ("the language of the partner", "the language of the…"),
        ("the language of", "the language of"),
        ("an internationalization of it", "an internationaliza…"),
    ],
)
def test_a_title_is_cut_between_words(text: str, shown: str) -> None:
    assert truncate_at_word(text, 20) == shown


@given(st.text(), st.integers(1, 80))
def test_a_title_that_is_cut_is_never_too_long(text: str, length: int) -> None:
    assert len(truncate_at_word(text, length)) <= length


@pytest.mark.parametrize("sections", [1, 5, 20, 45])
@pytest.mark.parametrize("text", ["x" * 2900, "&amp;" * 580, "<https://x.example|vote> " * 116])
def test_every_message_is_below_the_limit(sections: int, text: str) -> None:
    message = build_message(
        text, header_block("Title"), *(section_block(text) for _ in range(sections)), context_note("short")
    )
    assert count_characters(message.blocks) <= MAX_BLOCKS_CHARACTERS
    assert len(message.blocks) == sections + 2
    assert message.blocks[-1] == context_note("short"), "the short texts stay whole"


def test_a_message_of_usual_length_is_not_changed() -> None:
    blocks = [section_block("a"), actions_block(action_button("Why?", "why")), section_block("b" * 2000)]
    assert shorten_blocks([block for block in blocks if block], 12_000) == blocks


def test_containers_count() -> None:
    assert count_characters([section_block("abc")]) > 3
    one = count_characters([actions_block(action_button("a", "a"))])  # type: ignore[list-item]
    two = count_characters([actions_block(action_button("a", "a"), action_button("", "b"))])  # type: ignore[list-item]
    assert two > one
