"""A deployment with one token: the bot's identity in that workspace, and the rejection of all others.

The signing secret belongs to the app, not to a workspace. If the app is installed in other workspaces too,
their requests have a valid signature as well, so the signature alone does not keep them out.
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
    """Slack does not answer auth.test now."""


class SingleWorkspace:
    """The workspace that the token belongs to. auth.test is called once, by the first request."""

    def __init__(self, slack: AsyncWebClient) -> None:
        self._slack = slack
        self._auth_test_response: AsyncSlackResponse | None = None

    def build_authorize_function(self) -> Callable[..., Awaitable[AuthorizeResult]]:
        """Return Bolt's authorize function, which takes the bot's identity from auth.test."""

        async def authorize() -> AuthorizeResult:
            answer = await self._test_auth()
            return AuthorizeResult.from_auth_test_response(
                auth_test_response=answer, bot_token=self._slack.token
            )

        return authorize

    def build_reject_others_middleware(self) -> Callable[..., Awaitable[Any]]:
        """Return a Bolt middleware that rejects every request of another workspace.

        The request's workspace decides, not the user's: in a channel shared by Slack Connect, users of other
        workspaces use the app of this one.
        """

        async def reject_others(context: AsyncBoltContext, body: dict[str, Any], next_: Next) -> Any:
            if await self.serves_workspace(context.team_id, context.enterprise_id):
                return await next_()
            log.warning("rejected: the token is not of workspace %s", context.team_id)
            return BoltResponse(status=200, body=OTHER_WORKSPACE_TEXT if "command" in body else "")

        return reject_others

    async def serves_workspace(self, team_id: str | None, enterprise_id: str | None) -> bool:
        """Say whether the token belongs to this workspace or to its organisation.

        Return True if the token is revoked: the request may be the event that reports this.
        """
        try:
            answer = await self._test_auth()
        except SlackApiError:
            return True
        if answer.get("is_enterprise_install"):
            return enterprise_id is not None and enterprise_id == answer.get("enterprise_id")
        return team_id is not None and team_id == answer.get("team_id", team_id)

    async def _test_auth(self) -> AsyncSlackResponse:
        """Return the answer of auth.test.

        Raise SlackApiError if the token is invalid. Raise SlackUnavailable if Slack does not answer now: the
        request then fails with a 500, so that Slack sends it again. If SlackApiError were raised, Bolt would
        answer 200, and the request would be lost.
        """
        if self._auth_test_response is None:
            try:
                self._auth_test_response = await self._slack.auth_test()
            except SlackApiError as error:
                if read_slack_error(error).is_restriction:
                    raise
                raise SlackUnavailable from error
        return self._auth_test_response
