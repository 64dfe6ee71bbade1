"""A canvas's Markdown as HTML: what Slack shows, and never markup of a user's."""

from zoneinfo import ZoneInfo

import htpy as h
import pytest
from hypothesis import given, strategies as st

from bot.fake_slack.web.html.markdown import render_markdown
from bot.fake_slack.web.html.reader import Reader
from tests.fake_slack.web.html.parsed_html import ParsedHtml

READER = Reader("U1", ZoneInfo("Europe/Berlin"), {"U1": "Ana", "U2": "Ben <b>"}, {"C1": "team"})
ALLOWED = {
    *("a", "blockquote", "br", "code", "em", "h3", "h4", "h5", "hr", "li", "ol", "p", "pre", "s", "span"),
    *("strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}


def shown(said: str) -> str:
    return str(h.fragment[render_markdown(said, READER)])


SHOWN = {
    "# Fit\n\n## Jobs\n\n### Small": "<h3>Fit</h3><h4>Jobs</h4><h5>Small</h5>",
    "**bold** *it* ~~gone~~ `code`": (
        "<p><strong>bold</strong> <em>it</em> <s>gone</s> <code>code</code></p>"
    ),
    "- one\n- two": "<ul><li>one</li><li>two</li></ul>",
    "1. one\n\n2. two": "<ol><li><p>one</p></li><li><p>two</p></li></ol>",
    "> said": "<blockquote><p>said</p></blockquote>",
    "a\n\n---": "<p>a</p><hr>",
    "```\n<b>\n```": "<pre>&lt;b&gt;</pre>",
    "| a |\n|---|\n| b |": (
        "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>"
    ),
    "![](@U2) in ![](#C1)": (
        '<p><span class="mention">@Ben &lt;b&gt;</span> in '
        '<a class="mention" href="/archives/C1">#team</a></p>'
    ),
    "[here](https://a.example)": (
        '<p><a href="https://a.example" target="_blank" rel="noopener noreferrer">here</a></p>'
    ),
    r"\*no\* &amp; <b>x</b>": "<p>*no* &amp; &lt;b&gt;x&lt;/b&gt;</p>",
}


@pytest.mark.parametrize("said", SHOWN)
def test_markdown_is_shown_as_a_canvas_shows_it(said: str) -> None:
    assert shown(said) == SHOWN[said]


def test_an_address_that_a_browser_must_not_follow_is_text() -> None:
    assert "<a" not in shown("[x](javascript:alert(1)) ![x](javascript:alert(1)) ![x](data:text/html,x)")


@given(st.text(alphabet="ab \\`*_[]()<>#!-.1|~&:/@\n\"'", max_size=60))
def test_no_text_becomes_markup_of_its_own(said: str) -> None:
    page = ParsedHtml(shown(said))
    assert page.tags <= ALLOWED
    for link in page.links:
        assert link.lower().startswith(("http://", "https://", "mailto:", "/archives/"))
