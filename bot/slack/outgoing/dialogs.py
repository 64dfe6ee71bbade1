"""Messages as dialogs, and dialogs that are opened from App Home. Pure.

Slack sends no event when a dialog over App Home closes. Such a dialog therefore has the page of App Home in
its private metadata, so that the bot publishes that page again afterwards.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.slack.blockkit.builders import Block, Message, View, build_modal
from bot.slack.forms import read_private_metadata
from bot.slack.request import Request, RequestSource

MESSAGE_DIALOG_CALLBACK_ID = "message"
# In private_metadata: the page of App Home, and the thread, that the view was opened from.
HOME_PAGE_KEY, THREAD_KEY = "home", "thread"


def build_message_dialog(message: Message, request: Request) -> View:
    """Return a message as a dialog, for users in App Home or a modal, who see no other answer."""
    return build_modal(
        MESSAGE_DIALOG_CALLBACK_ID,
        "Value map",
        message.plain_blocks,
        private_metadata={"channel": request.channel_id},
    )


def build_home_view(blocks: Sequence[Block], page: int) -> View:
    """Return App Home at a page; Slack sends the page back with each action in it."""
    return {"type": "home", "private_metadata": _dump_metadata({"page": page}), "blocks": [*blocks]}


def carry_origin(view: View, request: Request) -> View:
    """Return the view with where its request came from, directly or through a view.

    That is the page of App Home, or the thread, in which the answer to a form then appears.
    """
    page = read_home_page(request)
    origin: dict[str, Any] = {} if page is None else {HOME_PAGE_KEY: page}
    if request.thread_ts:
        origin[THREAD_KEY] = request.thread_ts
    if not origin:
        return view
    carried = {**view, "private_metadata": _dump_metadata({**read_private_metadata(view), **origin})}
    return carried if page is None else {**carried, "notify_on_close": True}


def read_home_page(request: Request) -> int | None:
    """Return the page of App Home that the request came from; None where it came from elsewhere."""
    private_metadata = read_private_metadata(request.view)
    if request.source is RequestSource.HOME:
        return private_metadata.find_number("page") or 0
    return private_metadata.find_number(HOME_PAGE_KEY)


def build_home_opened_event(user_id: str, page: int) -> dict[str, Any]:
    """Return an app_home_opened event for this page, for the handler that publishes App Home."""
    return {"type": "app_home_opened", "tab": "home", "user": user_id, "view": build_home_view((), page)}


def _dump_metadata(private_metadata: Mapping[str, Any]) -> str:
    return json.dumps(private_metadata, separators=(",", ":"))
