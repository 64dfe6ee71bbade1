"""Reading mentions and direct messages."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncBoltContext

from bot.slack.incoming.courtesy import remove_courtesy
from bot.slack.incoming.messages import MAX_EDIT_DELAY_SECONDS, read_message, remove_mentions
from bot.slack.request import RequestSource

CONTEXT = AsyncBoltContext({"team_id": "T1", "bot_user_id": "U0BOT"})


def is_command(text: str) -> bool:
    return text.split(maxsplit=1)[:1] in (["add"], ["show"])


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("<@U0BOT> add pain: x", "add pain: x"),
        ("<@U0BOT>: add pain: x", "add pain: x"),
        ("<@U0BOT>, show", "show"),
        ("<@U0BOT> - show", "show"),
        ("<@U0BOT>\nadd pain: x", "add pain: x"),
        ("<@U0BOT|valuemap> show", "show"),
        ("hey <@U0BOT> add pain: x", "add pain: x"),
        ("Ben, <@U0BOT> show", "show"),
        ("<@U0BOT> <@U0BOT> add gain: x", "add gain: x"),
        ("<@U0BOT>, <@U0BOT>: show", "show"),
        ("add pain: x <@U0BOT>", "add pain: x"),
        ("add pain: why? <@U0BOT>", "add pain: why?"),
        ("add pain: x, <@U0BOT>!", "add pain: x"),
        ("thanks <@U0BOT>!", "thanks"),
        ("thanks <@U0BOT> :tada:", "thanks :tada:"),
        ("<@U0BOT>: :wave: show", ":wave: show"),
        ("<@U0BOT>", ""),
        ("<@U0BOT> <@U0BOT>", ""),
        ("<@U0BOT> add pain: <@U0BOT> is slow", "add pain: <@U0BOT> is slow"),
        ("add pain: <@U0BOT> is slow", "add pain: is slow"),
        ("<@U0BOT> ask <@U1>", "ask <@U1>"),
        ("add pain: x", "add pain: x"),
        (": add pain: x", ": add pain: x"),
    ],
)
def test_mentions_and_the_marks_beside_them_are_not_part_of_the_words(typed: str, words: str) -> None:
    assert remove_mentions(typed, "U0BOT", is_command) == words


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("hey, show", "show"),
        ("Hi there! Could you please show", "show"),
        (":wave: show", "show"),
        ("Thanks!", ""),
        ("thank you so much :tada:", ""),
        ("+1", "+1"),
        ("hiking pains", "hiking pains"),
        ("so-called pains", "called pains"),
    ],
)
def test_courteous_words_before_the_others_are_left_out(typed: str, words: str) -> None:
    assert remove_courtesy(typed) == words


def build_event(**changes: Any) -> dict[str, Any]:
    event = {"type": "message", "channel_type": "im", "channel": "D1", "user": "U1", "ts": "100.1"}
    return {**event, "text": "show", **changes}


@pytest.mark.parametrize("subtype", ["file_share", "me_message", "thread_broadcast", None])
def test_what_a_person_says_is_read_in_each_form(subtype: str | None) -> None:
    request = read_message(build_event(subtype=subtype), CONTEXT, is_command)
    assert request is not None
    assert (request.command_text, request.source) == ("show", RequestSource.DIRECT_MESSAGE)


@pytest.mark.parametrize(
    "changes",
    [
        {"subtype": "channel_join"},
        {"subtype": "message_deleted"},
        {"subtype": "bot_message", "bot_id": "B1"},
        {"bot_id": "B1"},
        {"user": "U0BOT"},
        {"user": None},
        {"channel_type": "channel", "text": "<@U0BOT> show"},
        {"type": "app_mention", "subtype": "document_mention"},
        {"type": "reaction_added"},
    ],
)
def test_what_no_person_says_to_the_bot_is_no_message(changes: dict[str, Any]) -> None:
    assert read_message(build_event(**changes), CONTEXT, is_command) is None


def build_edit(text: str, previous_text: str, **changes: Any) -> dict[str, Any]:
    message = {"user": "U1", "ts": "100.1", "text": text, "edited": {"ts": "105.1", "user": "U1"}, **changes}
    previous = {"text": previous_text}
    return build_event(subtype="message_changed", ts="105.2", message=message, previous_message=previous)


def test_an_edited_message_keeps_the_key_of_the_original() -> None:
    original, edited = (
        read_message(event, CONTEXT, is_command)
        for event in (build_event(text="shwo"), build_edit("show", "shwo"))
    )
    assert original is not None
    assert edited is not None
    assert (edited.command_text, edited.edited_ts) == ("show", "105.1")
    assert edited.idempotency_key == original.idempotency_key


def test_an_edited_mention_is_read_from_both_of_its_events() -> None:
    edit = build_edit("<@U0BOT> show", "<@U0BOT> shwo", thread_ts="90.1") | {"channel_type": "channel"}
    mention = {**edit["message"], "type": "app_mention", "channel": "D1"}
    from_change, from_mention = (read_message(event, CONTEXT, is_command) for event in (edit, mention))
    assert from_change == from_mention
    assert from_change is not None
    assert (from_change.source, from_change.thread_ts) == (RequestSource.MENTION, "90.1")


@pytest.mark.parametrize(
    "event",
    [
        build_edit("https://a.example", "https://a.example"),
        build_edit("show", "shwo", bot_id="B1"),
        build_edit("show", "shwo", user="U0BOT"),
        build_edit("show", "shwo", edited={"ts": f"{101 + MAX_EDIT_DELAY_SECONDS}.1"}),
        build_edit("show", "shwo") | {"channel_type": "channel"},
        build_event(subtype="message_changed"),
    ],
    ids=["link preview", "another bot", "the bot", "too late", "no mention", "no message"],
)
def test_other_changes_of_messages_are_no_message(event: dict[str, Any]) -> None:
    assert read_message(event, CONTEXT, is_command) is None
