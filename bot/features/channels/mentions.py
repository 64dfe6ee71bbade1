"""Read texts with mentions: each person, channel and user group by the name that it has now."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from itertools import islice
from typing import Any

from bot.features.workspaces import service as workspaces
from bot.slack.api_errors import SLACK_CALL_ERRORS
from bot.slack.blockkit.text import find_mentioned_ids, read_typed_text, sanitize
from bot.slack.deps import Deps
from bot.slack.request import Request

log = logging.getLogger(__name__)

MAX_LOOKUPS = 20  # in one text; further mentions go by their labels
LOOKUP_TIMEOUT_SECONDS = 1.5  # of all together: a form has to be opened within three seconds


async def read_text(request: Request, deps: Deps, text: str) -> str:
    """Return what somebody typed, from the text that Slack sent.

    Where Slack does not tell a name in time, the label in the text stands for it.
    """
    names: dict[str, str] = {}

    async def look_up(object_id: str) -> None:
        if name := await _find_name(request, deps, object_id):
            names[object_id] = name

    lookups = [look_up(object_id) for object_id in islice(find_mentioned_ids(text), MAX_LOOKUPS)]
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LOOKUP_TIMEOUT_SECONDS):
            await asyncio.gather(*lookups)
    return read_typed_text(text, names)


async def _find_name(request: Request, deps: Deps, object_id: str) -> str:
    """Return the name of a user, channel or user group; "" where Slack does not tell it."""
    if object_id[0] in "UW":
        member = await workspaces.get_member(deps, request.team_id, object_id)
        return "" if member.name == workspaces.UNKNOWN_NAME else member.name
    with contextlib.suppress(KeyError):
        return deps.names.find_name(request.team_id, object_id, deps.clock()) or ""
    fetch = _fetch_group_name if object_id[0] == "S" else _fetch_channel_name
    name = await _fetch_or_none(fetch, deps, object_id)
    deps.names.remember(request.team_id, object_id, name, deps.clock())
    return name or ""


async def _fetch_or_none(
    fetch: Callable[[Deps, str], Awaitable[str | None]], deps: Deps, object_id: str
) -> str | None:
    try:
        return await fetch(deps, object_id)
    except SLACK_CALL_ERRORS as error:
        log.warning("the name of %s: %s", object_id, type(error).__name__)
        return None


async def _fetch_channel_name(deps: Deps, channel_id: str) -> str | None:
    """Return a channel's name; that of a private channel is not told to people who may not be in it."""
    channel: dict[str, Any] = (await deps.slack.conversations_info(channel=channel_id))["channel"]
    return None if channel.get("is_private") else sanitize(str(channel.get("name") or "")) or None


async def _fetch_group_name(deps: Deps, group_id: str) -> str | None:
    """Return a user group's handle; None for a group that is not there any more."""
    groups: list[dict[str, Any]] = (await deps.slack.usergroups_list())["usergroups"]
    handles = (str(group.get("handle") or "") for group in groups if group.get("id") == group_id)
    return next(map(sanitize, handles), None) or None
