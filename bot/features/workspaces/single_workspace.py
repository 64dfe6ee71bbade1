"""The workspace of a single token: who the bot is there, and the rejection of all other workspaces.

Slack signs requests for the app, not for a workspace. Where the app is installed in other workspaces too,
their requests have a valid signature as well.
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

from bot.slack.api_errors import read_slack_error

log = logging.getLogger(__name__)

OTHER_WORKSPACE_TEXT = "I serve another workspace, so I can do nothing here."
Next = Callable[[], Awaitable[Any]]


class SlackUnavailable(Exception):
    """Slack does not answer now who the bot is."""


class SingleWorkspace:
    """The workspace that the token belongs to. auth.test is called once; until then requests wait for it."""

    def __init__(self, slack: AsyncWebClient) -> None:
        self._slack = slack
        self._auth_test_response: AsyncSlackResponse | None = None

    def authorize_function(self) -> Callable[..., Awaitable[AuthorizeResult]]:
        """Return Bolt's authorize function."""

        async def authorize() -> AuthorizeResult:
            answer = await self._test_auth()
            return AuthorizeResult.from_auth_test_response(
                auth_test_response=answer, bot_token=self._slack.token
            )

        return authorize

    def reject_others_middleware(self) -> Callable[..., Awaitable[Any]]:
        """Return a Bolt middleware that rejects every request of another workspace.

        In a shared channel users of other workspaces act in the name of this one. Only the workspace of the
        request counts, not that of its user.
        """

        async def reject_others(context: AsyncBoltContext, body: dict[str, Any], next_: Next) -> Any:
            if await self.serves_workspace(context.team_id, context.enterprise_id):
                return await next_()
            log.warning("rejected: the token is not of workspace %s", context.team_id)
            return BoltResponse(status=200, body=OTHER_WORKSPACE_TEXT if "command" in body else "")

        return reject_others

    async def serves_workspace(self, team_id: str | None, enterprise_id: str | None) -> bool:
        """Say whether the token is of this workspace or its organisation."""
        try:
            answer = await self._test_auth()
        except SlackApiError:  # the token is revoked; this request may be the event that says so
            return True
        if answer.get("is_enterprise_install"):
            return enterprise_id is not None and enterprise_id == answer.get("enterprise_id")
        return team_id is not None and team_id == answer.get("team_id", team_id)

    async def _test_auth(self) -> AsyncSlackResponse:
        """Return the answer of auth.test; raise SlackUnavailable where Slack does not answer now.

        That error fails the request, so that Slack sends it again. Bolt on its own would answer 200 and the
        request would be lost.
        """
        if self._auth_test_response is None:
            try:
                self._auth_test_response = await self._slack.auth_test()
            except SlackApiError as error:
                if read_slack_error(error).is_permanent:
                    raise
                raise SlackUnavailable from error
        return self._auth_test_response
