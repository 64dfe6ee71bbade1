"""What was said, as a dialog; and dialogs that were opened from Home, which is made anew after them. Pure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.slack.blockkit.builders import Block, Message, View, modal
from bot.slack.blockkit.forms import about_of
from bot.slack.request import Request, Via

SAID = "said"  # callback id
HOME = "home"  # in what a view is about: the page of Home that it was opened from


def said(message: Message, request: Request) -> View:
    """Return a message as a dialog: who looks at Home or a dialog would not see an answer elsewhere."""
    return modal(SAID, "Value map", message.plain, about={"channel": request.channel})


def home(blocks: Sequence[Block], page: int) -> View:
    """Return Home, turned to a page."""
    return {"type": "home", "private_metadata": _private({"page": page}), "blocks": [*blocks]}


def carried(view: View, request: Request) -> View:
    """Return a view that knows whether it was opened from Home, itself or by way of another."""
    page = home_page(request)
    if page is None:
        return view
    about = {**about_of(view), HOME: page}
    return {**view, "private_metadata": _private(about), "notify_on_close": True}


def home_page(request: Request) -> int | None:
    """Return the page of Home from which somebody came; None where they came from elsewhere."""
    about = about_of(request.view)
    page: int | None = about.get("page", 0) if request.via is Via.HOME else about.get(HOME)
    return page


def home_again(user: str, page: int) -> dict[str, Any]:
    """Return the event that makes Home anew: as if it were opened again at this page."""
    return {"type": "app_home_opened", "tab": "home", "user": user, "view": home((), page)}


def _private(about: Mapping[str, Any]) -> str:
    return json.dumps(about, separators=(",", ":"))
