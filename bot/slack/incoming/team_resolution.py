"""Resolve the workspace of a request from Slack."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncBoltContext
from slack_bolt.request.internals import extract_team_id

from bot.slack.outgoing.responses import is_slack_response_url


def read_team_id(body: Mapping[str, Any]) -> str | None:
    """Return the id of the workspace; None where the payload contains none.

    Where an event is about several workspaces of an organisation, it is the first of these.

    In an Enterprise organisation Bolt finds no id, or the id of the organisation, which begins with an E. In
    a shared channel, the team of an event may be another workspace: `context_team_id` is the one that has
    the app.
    """
    user = body.get("user")
    user_team_id = user.get("team_id") if isinstance(user, Mapping) else None
    context_team_id = body.get("context_team_id")
    bolt_team_id = extract_team_id({**body, "team_id": context_team_id} if context_team_id else dict(body))
    event = body.get("event")
    named_team_ids = event.get("team_ids") if isinstance(event, Mapping) else None
    event_team_ids = named_team_ids if isinstance(named_team_ids, list) else []
    candidates = (bolt_team_id, context_team_id, body.get("team_id"), user_team_id, *event_team_ids)
    return next((each for each in candidates if isinstance(each, str) and each.startswith("T")), None)


def resolve_team_middleware(api_url: str) -> Callable[..., Awaitable[Any]]:
    """Return a Bolt middleware that sets the workspace before Bolt authorizes the request.

    Where the workspace has not installed the app, Bolt itself sends an error to the response_url, so a URL
    that is not Slack's is removed first.
    """

    async def resolve_team(
        context: AsyncBoltContext, body: dict[str, Any], next_: Callable[[], Awaitable[Any]]
    ) -> Any:
        if team_id := read_team_id(body):
            context["team_id"] = team_id
        if not is_slack_response_url(context.response_url or "", api_url):
            context["response_url"] = None
        return await next_()

    return resolve_team
