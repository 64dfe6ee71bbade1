"""Payloads become requests: where the user is, and so where the answer goes."""

from typing import Any

import pytest

from bot.slack.incoming.requests import build_action_request, build_shortcut_request

TS, REPLY_TS = "1767225600.000100", "1767225605.000200"


@pytest.mark.parametrize(
    ("message_ts", "thread_ts", "expected"),
    [
        (TS, None, ""),  # a message without replies
        (TS, "", ""),
        (TS, TS, ""),  # Slack gives a message with replies its own ts as thread_ts
        (REPLY_TS, REPLY_TS, ""),
        (REPLY_TS, TS, TS),
    ],
)
def test_only_a_reply_is_answered_in_its_thread(
    message_ts: str, thread_ts: str | None, expected: str
) -> None:
    about = {} if thread_ts is None else {"thread_ts": thread_ts}
    common: dict[str, Any] = {"user": {"id": "U1"}, "channel": {"id": "C1"}, "trigger_id": "1.2"}
    pressed = {**common, "container": {"message_ts": message_ts, **about}, "message": {"ts": message_ts}}
    action = {"action_id": "run", "value": "1:rank", "action_ts": "1767225610.000300"}
    assert build_action_request(action, pressed, "T1").thread_ts == expected
    chosen = {**common, "callback_id": "add_message", "message": {"ts": message_ts, **about}}
    assert build_shortcut_request(chosen, "T1").thread_ts == expected


def test_a_button_in_a_view_or_in_app_home_is_in_no_thread() -> None:
    for view_type in ("modal", "home"):
        body = {
            "user": {"id": "U1"},
            "container": {"type": "view", "view_id": "V1"},
            "view": {"id": "V1", "type": view_type, "blocks": []},
        }
        assert build_action_request({"action_id": "run", "value": "rank"}, body, "T1").thread_ts == ""
