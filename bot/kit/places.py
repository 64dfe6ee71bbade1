"""Which workspace something that Slack sends is of."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncBoltContext
from slack_bolt.request.internals import extract_team_id


def team_of(body: Mapping[str, Any]) -> str | None:
    """Return the workspace's id, also where an organisation has the app and Bolt finds none, or that's.

    An event of a shared channel may be of another workspace, and come by way of one that has the app.
    """
    user = body.get("user")
    of_user = user.get("team_id") if isinstance(user, Mapping) else None
    way = body.get("context_team_id")
    found = extract_team_id({**body, "team_id": way} if way else dict(body))
    places = (found, way, body.get("team_id"), of_user)
    return next((place for place in places if isinstance(place, str) and place.startswith("T")), None)


async def place(context: AsyncBoltContext, body: dict[str, Any], next_: Callable[[], Awaitable[Any]]) -> Any:
    """Tell Bolt of the workspace, before it asks who the bot is there."""
    if team := team_of(body):
        context["team_id"] = team
    return await next_()
