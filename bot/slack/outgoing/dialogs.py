"""Messages as dialogs, and dialogs that remember that they were opened from App Home. Pure.

Slack sends no event when a dialog over App Home closes, so such a dialog carries the page of App Home that is
to be published again after it.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.slack.blockkit.builders import Block, Message, View, build_modal
from bot.slack.forms import read_private_metadata
from bot.slack.request import Request, RequestSource

MESSAGE_DIALOG_CALLBACK_ID = "message"
HOME_PAGE_KEY = "home"  # in private_metadata: the page of App Home that the view was opened from


def build_message_dialog(message: Message, request: Request) -> View:
    """Return a message as a dialog, for people in App Home or a modal, who see no answer elsewhere."""
    return build_modal(
        MESSAGE_DIALOG_CALLBACK_ID,
        "Value map",
        message.plain_blocks,
        private_metadata={"channel": request.channel_id},
    )


def build_home_view(blocks: Sequence[Block], page: int) -> View:
    """Return App Home at a page; the page comes back with everything that is pressed in it."""
    return {"type": "home", "private_metadata": _dump_metadata({"page": page}), "blocks": [*blocks]}


def carry_home_page(view: View, request: Request) -> View:
    """Return the view with the page of App Home that the request came from, directly or by another view."""
    page = read_home_page(request)
    if page is None:
        return view
    private_metadata = {**read_private_metadata(view), HOME_PAGE_KEY: page}
    return {**view, "private_metadata": _dump_metadata(private_metadata), "notify_on_close": True}


def read_home_page(request: Request) -> int | None:
    """Return the page of App Home that the request came from; None where it came from elsewhere."""
    private_metadata = read_private_metadata(request.view)
    is_home = request.source is RequestSource.HOME
    page: int | None = private_metadata.get("page", 0) if is_home else private_metadata.get(HOME_PAGE_KEY)
    return page


def build_home_opened_event(user_id: str, page: int) -> dict[str, Any]:
    """Return an event as if the user opened App Home at this page, for the handler that publishes it."""
    return {"type": "app_home_opened", "tab": "home", "user": user_id, "view": build_home_view((), page)}


def _dump_metadata(private_metadata: Mapping[str, Any]) -> str:
    return json.dumps(private_metadata, separators=(",", ":"))
