"""mrkdwn as HTML: what Slack shows, and never markup of a user's."""

from zoneinfo import ZoneInfo

import htpy as h
import pytest
from hypothesis import given, strategies as st

from bot.fake_slack.web.html.mrkdwn import plain_label, render_mrkdwn, render_plain_text, render_text_object
from bot.fake_slack.web.html.reader import Reader
from tests.fake_slack.web.html.parsed_html import ParsedHtml

READER = Reader(
    "U1", ZoneInfo("Europe/Berlin"), {"U1": "Ana", "U2": "Ben <b>"}, {"C1": "team", "C2": "general"}
)
ALLOWED = {"a", "blockquote", "br", "code", "em", "pre", "s", "span", "strong", "time"}
ATTRIBUTES = {"href", "target", "rel", "class", "role", "aria-label", "datetime", "title"}
DATE = "1760256000"  # 2025-10-12 08:00 UTC


def shown(said: str, *, verbatim: bool = True) -> str:
    return str(h.fragment[render_mrkdwn(said, READER, verbatim=verbatim)])


def escaped(said: str) -> str:
    return said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def a(url: str, label: str) -> str:
    return f'<a href="{url}" target="_blank" rel="noopener noreferrer">{label}</a>'


SHOWN = {
    "*bold* _italic_ ~gone~": "<strong>bold</strong> <em>italic</em> <s>gone</s>",
    "*_both_*": "<strong><em>both</em></strong>",
    "(*a*), *b*.": "(<strong>a</strong>), <strong>b</strong>.",
    "snake_case_name 2*3*4": "snake_case_name 2*3*4",
    "* a * and _ b _": "* a * and _ b _",
    "**two**": "**two**",
    "*open": "*open",
    "*a\nb*": "*a<br>b*",
    "*a _b* c_": "<strong>a _b</strong> c_",
    "*a *b*": "<strong>a *b</strong>",
    "`*a* _b_ :tada:`": "<code>*a* _b_ :tada:</code>",
    "x`y`z": "x`y`z",
    "`a &lt;b&gt; <https://x.org>`": "<code>a &lt;b&gt; https://x.org</code>",
    "```\n*a*\n  b\n```": "<pre>*a*\n  b</pre>",
    "one\n```two```\nthree": "one<pre>two</pre>three",
    "no ``` end": "no ``` end",
    "one\ntwo\n": "one<br>two<br>",
    "&gt; a\n> *b*\nc": "<blockquote>a<br><strong>b</strong></blockquote>c",
    "&gt;&gt;&gt; a\n\nb": "<blockquote>a<br><br>b</blockquote>",
    "a > b": "a &gt; b",
    "&amp;lt; &lt;b&gt; &amp;": "&amp;lt; &lt;b&gt; &amp;",
    "<https://x.org?a=1&amp;b=2>": a("https://x.org?a=1&amp;b=2", "https://x.org?a=1&amp;b=2"),
    "<https://x.org|a *b* &lt;>": a("https://x.org", "a *b* &lt;"),
    "<mailto:a@b.c|mail>": a("mailto:a@b.c", "mail"),
    "<mailto:a@b.c>": a("mailto:a@b.c", "a@b.c"),
    "</archives/C1/p1|there>": a("/archives/C1/p1", "there"),
    "*<https://x.org|a>*": f"<strong>{a('https://x.org', 'a')}</strong>",
    "<javascript:alert(1)|x>": "&lt;javascript:alert(1)|x&gt;",
    "<b>": "&lt;b&gt;",
    "<@U1> <@U2>": '<span class="mention mention-me">@Ana</span> <span class="mention">@Ben &lt;b&gt;</span>',
    "<@U9|bo> <@U9>": '<span class="mention">@bo</span> <span class="mention">@U9</span>',
    "<#C1> <#C9|far>": '<a class="mention" href="/archives/C1">#team</a> <span class="mention">#far</span>',
    "<!here> <!channel|channel>": '<span class="mention">@here</span> <span class="mention">@channel</span>',
    "<!subteam^S1|@ops> <!subteam^S2>": '<span class="mention">@ops</span> <span class="mention">@S2</span>',
    "<!what|label> <!what>": "label &lt;!what&gt;",
    "<!date^x^{date}|then>": "then",
    f"<!date^9{DATE}0000000^{{date}}|then>": "then",
    ":nope: 10:30:45 ::": ":nope: 10:30:45 ::",
    ":nope:tada:": ':nope<span class="emoji" role="img" aria-label=":tada:">🎉</span>',
    ":wave::skin-tone-3:": '<span class="emoji" role="img" aria-label=":wave:">👋🏼</span>',
    ":flag-de:": '<span class="emoji" role="img" aria-label=":flag-de:">🇩🇪</span>',
    ":large_green_circle:": '<span class="emoji" role="img" aria-label=":large_green_circle:">🟢</span>',
    "https://x.org @here": "https://x.org @here",
}
PARSED = {
    "see https://x.org/a_b_c.": f"see {a('https://x.org/a_b_c', 'https://x.org/a_b_c')}.",
    "*https://x.org*": f"<strong>{a('https://x.org', 'https://x.org')}</strong>",
    "(https://x.org)": f"({a('https://x.org', 'https://x.org')})",
    "https://x.org/a_(b)": a("https://x.org/a_(b)", "https://x.org/a_(b)"),
    "&lt;https://x.org?a&amp;b&gt;": f"&lt;{a('https://x.org?a&amp;b', 'https://x.org?a&amp;b')}&gt;",
    "javascript:https://": "javascript:https://",
    "@here, me@here.org": '<span class="mention">@here</span>, me@here.org',
    "`@here https://x.org`": "<code>@here https://x.org</code>",
}
DATES = {
    "date_num": "2025-10-12",
    "date_slash": "10/12/2025",
    "date": "October 12th, 2025",
    "date_pretty": "October 12th, 2025",
    "date_short": "Oct 12, 2025",
    "date_short_pretty": "Oct 12, 2025",
    "date_long": "Sunday, October 12th, 2025",
    "date_long_pretty": "Sunday, October 12th, 2025",
    "time": "10:00",
    "time_secs": "10:00:00",
    "ago": "Oct 12, 2025, 10:00",
    "other": "{other}",
}


@pytest.mark.parametrize("said", SHOWN)
def test_what_is_shown(said: str) -> None:
    assert shown(said) == SHOWN[said]


@pytest.mark.parametrize("said", PARSED)
def test_what_is_found_if_not_verbatim(said: str) -> None:
    assert shown(said, verbatim=False) == PARSED[said]


@pytest.mark.parametrize("form", DATES)
def test_dates_are_in_the_readers_zone(form: str) -> None:
    assert ParsedHtml(shown(f"<!date^{DATE}^at {{{form}}}|x>")).text == f"at {DATES[form]}"


def test_a_date_may_be_a_link() -> None:
    page = ParsedHtml(shown(f"<!date^{DATE}^{{date_num}}^https://x.org|x>"))
    assert (page.text, page.links) == ("2025-10-12", ["https://x.org"])


def test_plain_text_reads_nothing_but_emoji() -> None:
    assert (
        ParsedHtml(str(render_plain_text("*a* &lt; <@U1>\n:tada: https://x.org"))).text
        == "*a* &lt; <@U1>\n🎉 https://x.org"
    )
    assert ParsedHtml(str(render_plain_text(":tada:", emoji=False))).text == ":tada:"
    assert plain_label({"type": "plain_text", "text": ":tada: a:tada:b"}) == "🎉 a🎉b"


def test_text_objects() -> None:
    assert str(render_text_object({"type": "mrkdwn", "text": "*a* @here", "verbatim": True}, READER)) == (
        "<strong>a</strong> @here"
    )
    assert (
        str(render_text_object({"type": "plain_text", "text": "*a*:tada:", "emoji": False}, READER))
        == "*a*:tada:"
    )


MARKS = st.sampled_from([*"*_~`<>&|^!@#: \n", "```", "&gt;", "&amp;", "<@U1", "<https://x|", "<script>", "é"])
ANY = st.one_of(st.text(), st.lists(st.one_of(MARKS, st.text(max_size=3))).map("".join))


@given(ANY, st.booleans())
def test_no_text_becomes_markup(said: str, verbatim: bool) -> None:
    page = ParsedHtml(shown(said, verbatim=verbatim))
    assert page.tags <= ALLOWED
    assert {name for _, attributes in page.elements for name in attributes} <= ATTRIBUTES
    assert all(
        link.lower().startswith(("http://", "https://", "mailto:", "/archives/")) for link in page.links
    )
    assert ParsedHtml(str(render_plain_text(said))).tags <= {"br", "span"}


@given(ANY.filter(lambda said: not set(said) & set("*_~`:\r")))
def test_an_escaped_text_is_shown_as_it_was(said: str) -> None:
    said = "\n".join(line.lstrip(">") for line in said.split("\n"))  # what begins with > is a quotation
    assert ParsedHtml(shown(escaped(said))).text == said
    assert ParsedHtml(shown(escaped(said), verbatim=False)).text == said


@given(st.text().filter(lambda said: "\r" not in said))
def test_plain_text_without_emoji_is_shown_as_it_is(said: str) -> None:
    assert ParsedHtml(str(render_plain_text(said, emoji=False))).text == said


@pytest.mark.parametrize(
    "said",
    [
        "x" * 10_000,
        *(mark * 40_000 for mark in ("*", "<", "`", ":", "&gt;", "_a ", "*a", "*a_b ", "<@", "```a")),
        "https://" * 5_000,
        "https://x" + ")" * 40_000,
        "https://x" + "(*" * 20_000,
        ":a" * 20_000,
        "> \n" * 9_000,
    ],
)
def test_long_runs_of_marks_are_shown(said: str) -> None:
    """Whatever took time by the square of a length would keep this test for minutes."""
    assert shown(said, verbatim=False)
