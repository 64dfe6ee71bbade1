"""A tracker is a web address and nothing else, and a new ticket's address is within all limits."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given, strategies as st

from bot.features.tickets.model import (
    MAX_TICKET_URL_CHARACTERS,
    InvalidTrackerError,
    encode_within,
    parse_tracker,
)


@pytest.mark.parametrize(
    ("text", "name", "start"),
    [
        ("https://github.com/acme/shop", "GitHub", "https://github.com/acme/shop/issues/new?title="),
        (" github.com/acme/shop.git/ ", "GitHub", "https://github.com/acme/shop/issues/new?title="),
        ("https://github.com/acme/shop/issues", "GitHub", "https://github.com/acme/shop/issues/new?title="),
        ("http://github.acme.example/a/b", "GitHub", "http://github.acme.example/a/b/issues/new?title="),
        ("https://gitlab.com/a/b/c", "GitLab", "https://gitlab.com/a/b/c/-/issues/new?issue%5Btitle%5D="),
        (
            "https://code.acme.example:8443/a/b/-/issues",
            "GitLab",
            "https://code.acme.example:8443/a/b/-/issues/new?issue%5Btitle%5D=",
        ),
        ("https://linear.app/acme/team/ENG/all", "Linear", "https://linear.app/team/ENG/new?title="),
        ("https://linear.app/acme", "Linear", "https://linear.app/new?title="),
        ("https://jira.example/new?s={title}&d={body}", "", "https://jira.example/new?s="),
        ("jira.example/{title}", "", "https://jira.example/"),
    ],
)
def test_a_tracker_is_read_from_the_address_that_people_have(text: str, name: str, start: str) -> None:
    tracker = parse_tracker(text)
    assert tracker is not None
    url = tracker.build_url("slow & dear", "one\ntwo", MAX_TICKET_URL_CHARACTERS)
    assert (tracker.name, url[: len(start)]) == (name, start)
    assert "slow%20%26%20dear" in url
    assert ("one%0Atwo" in url) is (text != "jira.example/{title}")


def test_the_parameters_are_those_of_each_tracker() -> None:
    expected = {
        "github.com/a/b": {"title": ["T"], "body": ["B"]},
        "gitlab.com/a/b": {"issue[title]": ["T"], "issue[description]": ["B"]},
        "linear.app/a/team/ENG": {"title": ["T"], "description": ["B"]},
    }
    for address, parameters in expected.items():
        tracker = parse_tracker(address)
        assert tracker is not None
        assert parse_qs(urlsplit(tracker.build_url("T", "B", 3000)).query) == parameters


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)//{title}",
        "JavaScript:alert`1`{title}{body}",
        "data:text/html,{title}",
        "ftp://github.com/a/b",
        "file:///etc/passwd",
        "slack://open?{title}",
        "https://ana:secret@github.com/a/b",
        "https://{title}.evil.example/",
        "https://jira.example/{title}/{title}",
        "https://jira.example/?d={body}",
        "https://jira.example/?a={title}&b={body}&c={body}",
        "https://jira.example",
        "https://github.com/acme",
        "https://gitlab.com",
        "https://",
        "https://[",
        "https://example.com:99999/{title}",
        "https://a b/{title}",
        "https://x.example/<{title}>",
        "https://x.example/|{title}",
        "acme/shop",
        "shop",
        "https://x.example/{title}" + "x" * 500,
    ],
)
def test_nothing_else_can_be_a_tracker_and_one_sentence_says_so(text: str) -> None:
    with pytest.raises(InvalidTrackerError) as raised:
        parse_tracker(text)
    assert str(raised.value).endswith(".")
    assert ". " not in str(raised.value)


@pytest.mark.parametrize("text", ["", "  ", "\u200b"])
def test_without_a_text_there_is_no_tracker(text: str) -> None:
    assert parse_tracker(text) is None


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=3000)


@given(TEXTS, st.integers(0, 3000))
def test_what_is_cut_decodes_to_a_beginning_of_the_text(text: str, limit: int) -> None:
    encoded = encode_within(text, limit)
    decoded = unquote(encoded, errors="strict")
    assert len(encoded) <= limit
    assert decoded == text or (text.startswith(decoded.removesuffix("…")) and decoded[-1:] in {"…", ""})


@given(TEXTS, TEXTS, st.sampled_from([1500, 3000]))
def test_an_address_is_within_the_limit_for_all_texts(title: str, body: str, limit: int) -> None:
    for address in ("github.com/a/b", "gitlab.com/a/b", "x.example/" + "y" * 400 + "?{title}&{body}"):
        tracker = parse_tracker(address)
        assert tracker is not None
        url = tracker.build_url(title, body, limit)
        assert len(url) <= limit
        assert url.isascii()


@pytest.mark.parametrize("letter", ["👩‍👩‍👧‍👦", "é", "長", "ﷺ", "نَ"])
def test_no_letter_is_cut_in_two(letter: str) -> None:
    for limit in range(100, 200):
        decoded = unquote(encode_within(letter * 100, limit), errors="strict").removesuffix("…")
        assert decoded == letter * (len(decoded) // len(letter))


def test_a_text_that_contains_a_placeholder_stays_a_text() -> None:
    tracker = parse_tracker("https://x.example/?t={title}&b={body}")
    assert tracker is not None
    assert tracker.build_url("{body}", "{title}", 3000) == "https://x.example/?t=%7Bbody%7D&b=%7Btitle%7D"
