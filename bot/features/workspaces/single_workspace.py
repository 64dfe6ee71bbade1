"""The one workspace that a single token is of: who the bot is there, and that no other gets in.

Slack signs for the app, not for a workspace: where the app is installed elsewhere too, what comes from there
is signed as well.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.outgoing.errors import read_slack_error

log = logging.getLogger(__name__)

OTHER_WORKSPACE_TEXT = "I serve another workspace, so I can do nothing here."
Next = Callable[[], Awaitable[Any]]


class SlackUnavailable(Exception):
    """Slack cannot say who the bot is."""


class SingleWorkspace:
    """Whose token it is. Slack is asked once, and keeps who asks until it has said so."""

    def __init__(self, slack: AsyncWebClient) -> None:
        self._slack = slack
        self._known: AsyncSlackResponse | None = None

    def authorize_function(self) -> Callable[..., Awaitable[AuthorizeResult]]:
        """Return what tells Bolt who the bot is."""

        async def authorize() -> AuthorizeResult:
            answer = await self._answer()
            return AuthorizeResult.from_auth_test_response(
                auth_test_response=answer, bot_token=self._slack.token
            )

        return authorize

    def reject_others_middleware(self) -> Callable[..., Awaitable[Any]]:
        """Return a Bolt middleware that turns away what is of another workspace, whatever it is.

        In a shared channel others act in this workspace's name, so theirs is not looked at.
        """

        async def turn_away(context: AsyncBoltContext, body: dict[str, Any], next_: Next) -> Any:
            if await self.serves_workspace(context.team_id, context.enterprise_id):
                return await next_()
            log.warning("turned away: the token is not of workspace %s", context.team_id)
            return BoltResponse(status=200, body=OTHER_WORKSPACE_TEXT if "command" in body else "")

        return turn_away

    async def serves_workspace(self, team: str | None, enterprise: str | None) -> bool:
        """Say whether a workspace is the token's own, or of its own organisation."""
        try:
            answer = await self._answer()
        except SlackApiError:  # the token is good for nothing, and Slack is telling so
            return True
        if answer.get("is_enterprise_install"):
            return enterprise is not None and enterprise == answer.get("enterprise_id")
        return team is not None and team == answer.get("team_id", team)

    async def _answer(self) -> AsyncSlackResponse:
        """Return what Slack says of the token.

        Where Slack has trouble saying so, the request fails, so that Slack sends it again: on its own, Bolt
        would answer that all is well, and forget what came.
        """
        if self._known is None:
            try:
                self._known = await self._slack.auth_test()
            except SlackApiError as error:
                if read_slack_error(error).is_permanent:
                    raise
                raise SlackUnavailable from error
        return self._known
