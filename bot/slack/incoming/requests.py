"""Convert each payload type to a Request. The payloads are valid: see payloads.py. Pure."""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from slack_bolt.async_app import AsyncBoltContext

from bot.slack.blockkit.text import parse_id, unescape
from bot.slack.forms import read_private_metadata
from bot.slack.outgoing.dialogs import THREAD_KEY, carry_origin
from bot.slack.request import Answer, FieldErrors, Modal, Request, RequestSource

Body = dict[str, Any]
DOUBLE_CLICK_SECONDS = 10
GROUP_MESSAGE_PREFIX = "mpdm-"


def get_team_id(context: AsyncBoltContext) -> str:
    """Return the workspace of a request; `resolve_team_middleware` has set it."""
    team_id = context.team_id
    assert team_id is not None, "a request without a workspace"
    return team_id


def build_command_request(body: Body, team_id: str) -> Request:
    """Convert the payload of /valuemap."""
    return Request(
        team_id=team_id,
        user_id=body["user_id"],
        source=RequestSource.COMMAND,
        channel_id=body["channel_id"],
        command_text=body.get("text") or "",
        trigger_id=body["trigger_id"],
        response_url=body["response_url"],
        idempotency_key=f"command:{body['trigger_id']}",
        is_group_message=_is_group_message(body.get("channel_name")),
    )


def build_shortcut_request(body: Body, team_id: str) -> Request:
    """Convert the payload of a message shortcut, or of a global one, which has no channel and no message."""
    message = body.get("message") or {}
    return Request(
        team_id=team_id,
        user_id=body["user"]["id"],
        source=RequestSource.SHORTCUT,
        channel_id=(body.get("channel") or {}).get("id", ""),
        trigger_id=body["trigger_id"],
        response_url=body.get("response_url", ""),
        thread_ts=read_thread_ts(message, message.get("ts")),
        idempotency_key=f"shortcut:{body['trigger_id']}",
        message=message,
        is_group_message=_is_group_message((body.get("channel") or {}).get("name")),
    )


def build_action_request(action: Mapping[str, Any], body: Body, team_id: str) -> Request:
    """Convert the press of a button or a choice in a menu, in a message, a modal or App Home."""
    canvas_id, argument = _split_canvas_id(_read_action_value(action))
    view, container = body.get("view") or {}, body.get("container") or {}
    private_metadata = read_private_metadata(view)
    if view.get("type") == "home":
        source, channel_id = RequestSource.HOME, ""
    elif view:
        source, channel_id = RequestSource.VIEW, private_metadata.find_text("channel")
    else:
        source, channel_id = RequestSource.ACTION, body["channel"]["id"]
    return Request(
        team_id=team_id,
        user_id=body["user"]["id"],
        source=source,
        channel_id=channel_id,
        canvas_id=canvas_id or private_metadata.find_number("canvas"),
        command_text=argument,
        argument=argument,
        trigger_id=body.get("trigger_id", ""),
        response_url=body.get("response_url", ""),
        thread_ts=private_metadata.find_text(THREAD_KEY)
        if view
        else read_thread_ts(container, container.get("message_ts")),
        idempotency_key=_build_action_key(action, body),
        action_id=action["action_id"],
        action_ts=action.get("action_ts") or "",
        view=view,
        is_group_message=_is_group_message((body.get("channel") or {}).get("name")),
    )


def build_view_request(body: Body, team_id: str, argument: str = "") -> Request:
    """Convert a submitted or closed view, or what the user types into a select of a view."""
    view = body["view"]
    private_metadata = read_private_metadata(view)
    return Request(
        team_id=team_id,
        user_id=body["user"]["id"],
        source=RequestSource.VIEW,
        channel_id=private_metadata.find_text("channel"),
        canvas_id=private_metadata.find_number("canvas"),
        argument=argument,
        thread_ts=private_metadata.find_text(THREAD_KEY),
        idempotency_key=_build_view_key(view),
        view=view,
    )


def _build_view_key(view: Mapping[str, Any]) -> str:
    """Return a key of a view's state and input; the hash changes with each update of the view.

    A member whose form was saved, but not acknowledged in time, may correct it and submit it once more.
    """
    values = json.dumps((view.get("state") or {}).get("values"), sort_keys=True)
    return f"view:{view['id']}:{view.get('hash', '')}:{sha256(values.encode()).hexdigest()[:16]}"


def build_submission_answer(answer: Answer, request: Request) -> dict[str, Any]:
    """Return the acknowledgement of a submitted form: show errors, update the view, or close all views."""
    match answer:
        case FieldErrors(errors):
            # Slack shows these as plain text, in which escapes would be visible.
            return {
                "response_action": "errors",
                "errors": {block_id: unescape(error) for block_id, error in errors.items()},
            }
        case Modal(view):
            return {"response_action": "update", "view": carry_origin(view, request)}
        case _:
            return {"response_action": "clear"}


def read_thread_ts(payload: Mapping[str, Any], message_ts: str | None) -> str:
    """Return the thread that a message is a reply in; "" for a message in the channel itself.

    The `thread_ts` of a message that has replies is its own `ts`. Its user is in the channel, not in the
    thread, and so is the answer.
    """
    thread_ts = payload.get("thread_ts") or ""
    return "" if thread_ts == message_ts else str(thread_ts)


def _is_group_message(channel_name: Any) -> bool:
    """Return whether Slack names a channel as it names group messages, such as mpdm-ana--ben--cleo-1."""
    return isinstance(channel_name, str) and channel_name.startswith(GROUP_MESSAGE_PREFIX)


def _read_action_value(action: Mapping[str, Any]) -> str:
    return str(action.get("value") or (action.get("selected_option") or {}).get("value") or "")


def _build_action_key(action: Mapping[str, Any], body: Body) -> str:
    """Return an idempotency key that both clicks of a double click share.

    Slack sends each click as a separate request with another trigger_id, so the key is made of the user, the
    button and the period. A double click across the end of a period counts twice.
    """
    container = body.get("container") or {}
    container_key = (
        f"{container.get('channel_id', '')}:{container.get('message_ts') or container.get('view_id', '')}"
    )
    view_hash = (body.get("view") or {}).get("hash", "")
    press_text = f"{container_key}:{view_hash}:{action['action_id']}:{_read_action_value(action)}"
    period = int(float(action.get("action_ts") or 0)) // DOUBLE_CLICK_SECONDS
    digest = sha256(press_text.encode(errors="surrogatepass")).hexdigest()[:32]
    return f"action:{body['user']['id']}:{digest}:{period}"


def _split_canvas_id(value: str) -> tuple[int | None, str]:
    """Split a button's value such as "12:review" into the canvas id and the rest."""
    match = re.match(r"([0-9]{0,12}):", value)
    if not match:
        return None, value
    return parse_id(match[1]), value[match.end() :]
