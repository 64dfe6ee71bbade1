"""What was said, as a dialog; and dialogs that were opened from Home, which is made anew after them. Pure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.slack.blockkit.builders import Block, Message, View, build_modal
from bot.slack.blockkit.forms import read_private_metadata
from bot.slack.request import Request, RequestSource

MESSAGE_DIALOG_CALLBACK_ID = "said"  # callback id
HOME_PAGE_KEY = "home"  # in what a view is about: the page of Home that it was opened from


def build_message_dialog(message: Message, request: Request) -> View:
    """Return a message as a dialog: who looks at Home or a dialog would not see an answer elsewhere."""
    return build_modal(
        MESSAGE_DIALOG_CALLBACK_ID, "Value map", message.plain_blocks, private_metadata={"channel": request.channel_id}
    )


def build_home_view(blocks: Sequence[Block], page: int) -> View:
    """Return Home, turned to a page."""
    return {"type": "home", "private_metadata": _private({"page": page}), "blocks": [*blocks]}


def carry_home_page(view: View, request: Request) -> View:
    """Return a view that knows whether it was opened from Home, itself or by way of another."""
    page = read_home_page(request)
    if page is None:
        return view
    about = {**read_private_metadata(view), HOME_PAGE_KEY: page}
    return {**view, "private_metadata": _private(about), "notify_on_close": True}


def read_home_page(request: Request) -> int | None:
    """Return the page of Home from which somebody came; None where they came from elsewhere."""
    about = read_private_metadata(request.view)
    page: int | None = about.get("page", 0) if request.source is RequestSource.HOME else about.get(HOME_PAGE_KEY)
    return page


def build_home_opened_event(user: str, page: int) -> dict[str, Any]:
    """Return the event that makes Home anew: as if it were opened again at this page."""
    return {"type": "app_home_opened", "tab": "home", "user": user, "view": build_home_view((), page)}


def _private(about: Mapping[str, Any]) -> str:
    return json.dumps(about, separators=(",", ":"))
