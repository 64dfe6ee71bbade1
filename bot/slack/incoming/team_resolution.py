"""Which workspace something that Slack sends is of."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncBoltContext
from slack_bolt.request.internals import extract_team_id

from bot.slack.outgoing.responses import is_slack_response_url

Next = Callable[[], Awaitable[Any]]


def read_team_id(body: Mapping[str, Any]) -> str | None:
    """Return the workspace's id, also where an organisation has the app and Bolt finds none, or that's.

    An event of a shared channel may be of another workspace, and come by way of one that has the app.
    """
    user = body.get("user")
    of_user = user.get("team_id") if isinstance(user, Mapping) else None
    way = body.get("context_team_id")
    found = extract_team_id({**body, "team_id": way} if way else dict(body))
    places = (found, way, body.get("team_id"), of_user)
    return next((place for place in places if isinstance(place, str) and place.startswith("T")), None)


def resolve_team_middleware(api: str) -> Callable[..., Awaitable[Any]]:
    """Return a Bolt middleware that tells of the workspace, before Bolt asks who the bot is there.

    Where nobody is, Bolt says so by itself: to no address but Slack's.
    """

    async def place(context: AsyncBoltContext, body: dict[str, Any], next_: Next) -> Any:
        if team := read_team_id(body):
            context["team_id"] = team
        if not is_slack_response_url(context.response_url or "", api):
            context["response_url"] = None
        return await next_()

    return place
