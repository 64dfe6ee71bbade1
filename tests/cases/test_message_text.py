"""Cases S6 and S7: the words of a message that somebody adds to the value map."""

from typing import Any

import pytest

from bot.features.entries.drafts import draft_message
from bot.slack.blockkit.message_words import CANNOT_BE_SHOWN, read_words
from bot.slack.blockkit.text import read_typed_text, sanitize


@pytest.mark.parametrize(
    ("sent", "names", "expected"),
    [
        ("ask <@U1> and <@U2|old>", {"U1": "Ana Maria", "U2": "Ben"}, "ask @Ana Maria and @Ben"),
        ("ask <@U2|ben> and <@W3>", {}, "ask @ben and @somebody"),
        (
            "in <#C1|> or <#C2|old> or <#C3>",
            {"C1": "team", "C2": "new"},
            "in #team or #new or #private-channel",
        ),
        ("for <!subteam^S1> or <!subteam^S2|@ops>", {"S1": "shops"}, "for @shops or @ops"),
        ("since <!date^1392734382^Posted {date_num}|Feb 18, 2014>", {}, "since Feb 18, 2014"),
        ("<!here> <!channel|channel> see <https://x.example/a|the plan>", {}, "@here @channel see the plan"),
        (
            "<mailto:a@x.example|a@x.example> <mailto:b@x.example> <tel:+49|call>",
            {},
            "a@x.example b@x.example call",
        ),
        ("1 &lt; 2 &amp;amp; &lt;@U1&gt;", {"U1": "Ana"}, "1 < 2 &amp; <@U1>"),
    ],
)
def test_s6_tokens_are_read_as_what_a_person_sees(sent: str, names: dict[str, str], expected: str) -> None:
    assert read_typed_text(sent, names) == expected


def rich_text(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def mrkdwn(text: str) -> dict[str, str]:
    return {"type": "mrkdwn", "text": text}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            {
                "bot_id": "B1",
                "text": "",
                "attachments": [{"fallback": "f", "title": "2 stars", "text": "*Late* again"}],
            },
            "2 stars Late again",
        ),
        (
            {
                "bot_id": "B1",
                "text": "New",
                "attachments": [{"pretext": "p", "fields": [{"title": "City", "value": "Bonn"}]}],
            },
            "New p City Bonn",
        ),
        (
            {
                "text": "",
                "attachments": [{"is_share": True, "is_msg_unfurl": True, "text": "late", "from_url": "u"}],
            },
            "late",
        ),
        (
            {
                "text": CANNOT_BE_SHOWN,
                "attachments": [
                    {
                        "is_msg_unfurl": True,
                        "message_blocks": [
                            {"message": {"blocks": [rich_text({"type": "text", "text": "in"})]}}
                        ],
                    }
                ],
            },
            "in",
        ),
        (
            {
                "text": "<https://x.example> is slow",
                "attachments": [{"from_url": "https://x.example", "title": "X"}],
            },
            "https://x.example is slow",
        ),
        (
            {
                "text": CANNOT_BE_SHOWN,
                "blocks": [
                    {"type": "header", "text": {"type": "plain_text", "text": "Q&A"}},
                    {
                        "type": "section",
                        "text": mrkdwn("*late* <@U1|ana>"),
                        "fields": [mrkdwn("a"), mrkdwn("b")],
                    },
                    {
                        "type": "context",
                        "elements": [{"type": "image", "alt_text": "cat"}, mrkdwn("_small_")],
                    },
                    {
                        "type": "actions",
                        "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Go"}}],
                    },
                    {"type": "markdown", "text": "**bold** [l](https://x.example)"},
                    {
                        "type": "table",
                        "rows": [[{"type": "raw_text", "text": "x"}, {"type": "raw_text", "text": "y"}]],
                    },
                    {
                        "type": "container",
                        "title": {"type": "plain_text", "text": "new"},
                        "child_blocks": [{"type": "section", "text": mrkdwn("kind")}],
                    },
                ],
            },
            "Q&A late @ana a b small bold l x | y new kind",
        ),
        (
            {
                "text": "x",
                "blocks": [
                    rich_text(
                        {"type": "text", "text": "really", "style": {"italic": True}},
                        {"type": "text", "text": " late "},
                        {"type": "emoji", "name": "wave", "skin_tone": 3},
                        {"type": "user", "user_id": "U1"},
                        {"type": "link", "url": "https://x.example", "text": "plan"},
                        {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "Feb 18"},
                    )
                ],
            },
            "really late :wave::skin-tone-3:@somebodyplanFeb 18",
        ),
        (
            {"text": "", "files": [{"title": "complaints.pdf", "name": "c.pdf"}, {"name": "d.png"}]},
            "complaints.pdf d.png",
        ),
        ({"text": "_typed_ *so*", "files": [{"title": "x"}]}, "_typed_ *so*"),
        ({"blocks": "x", "attachments": [1, {"text": 3, "fields": [None]}], "files": {}}, ""),
    ],
)
def test_s7_the_words_of_a_message_are_those_that_a_person_sees(
    message: dict[str, Any], expected: str
) -> None:
    assert sanitize(read_typed_text(read_words(message))) == expected


def test_s7_a_list_in_rich_text_becomes_a_line_an_item() -> None:
    items = [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": each}]}
        for each in ("late", "dear")
    ]
    block = {
        "type": "rich_text",
        "elements": [{"type": "rich_text_list", "style": "ordered", "elements": items}],
    }
    text = read_typed_text(read_words({"blocks": [block]}))
    assert draft_message(text)[1] == "late\ndear"
