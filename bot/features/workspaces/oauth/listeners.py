"""The pages on which workspaces install the app: Bolt's OAuth flow with pages of our own."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import urlencode, urlsplit

from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Installation
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.features.workspaces.oauth import pages
from bot.features.workspaces.oauth.service import MultiWorkspace
from bot.features.workspaces.oauth.state_store import STATE_LIFETIME_SECONDS, TooManyStates
from bot.features.workspaces.service import register_workspace
from bot.slack.api_errors import SLACK_UNREACHABLE
from bot.slack.deps import Deps

log = logging.getLogger(__name__)

INSTALL_PATH, REDIRECT_PATH = "/slack/install", "/slack/oauth_redirect"
HTML_HEADERS = {"Content-Type": "text/html; charset=utf-8"}


def build_oauth_routes(
    workspaces: MultiWorkspace, deps: Deps, scopes: Mapping[str, str], optional_scopes: Mapping[str, str]
) -> list[Route]:
    """Return the routes of the OAuth pages.

    `scopes` maps each scope to the reason for it, `optional_scopes` some of these to what is missing without.
    """
    flow = InstallFlow(workspaces, deps, scopes, optional_scopes)
    return [Route(INSTALL_PATH, flow.serve_install_page), Route(REDIRECT_PATH, flow.serve_redirect)]


class InstallFlow(AsyncOAuthFlow):
    """Bolt's OAuth flow, from "Add to Slack" to the page with the result."""

    def __init__(
        self,
        workspaces: MultiWorkspace,
        deps: Deps,
        scopes: Mapping[str, str],
        optional_scopes: Mapping[str, str],
    ) -> None:
        self._origin = "{0.scheme}://{0.netloc}".format(urlsplit(workspaces.slack.base_url))
        self._workspaces, self._deps = workspaces, deps
        self._scopes, self._optional_scopes = scopes, optional_scopes
        super().__init__(
            client=workspaces.slack,
            settings=AsyncOAuthSettings(
                client_id=workspaces.oauth_client.client_id,
                client_secret=workspaces.oauth_client.client_secret,
                scopes=list(scopes),
                user_scopes=[],
                authorization_url=f"{self._origin}/oauth/v2/authorize",
                install_path=INSTALL_PATH,
                redirect_uri_path=REDIRECT_PATH,
                callback_options=AsyncCallbackOptions(success=self._show_success, failure=self._show_failure),
                installation_store=workspaces.installations,
                installation_store_bot_only=True,
                state_store=workspaces.states,
                state_expiration_seconds=STATE_LIFETIME_SECONDS,
            ),
        )

    async def serve_install_page(self, request: Request) -> Response:
        """Answer /slack/install with a new state and the link to Slack."""
        return await _answer_with_page(self.handle_installation, request)

    async def serve_redirect(self, request: Request) -> Response:
        """Answer /slack/oauth_redirect: exchange the code for a token, store it, and show the result."""
        return await _answer_with_page(self.handle_callback, request)

    async def build_install_page_html(self, url: str, request: AsyncBoltRequest) -> str:  # noqa: ARG002
        """Return the first page; Bolt calls this with the address of Slack's page."""
        return pages.build_install_page(url, self._scopes, self._optional_scopes)

    async def store_installation(self, request: AsyncBoltRequest, installation: Installation) -> None:
        """Store an installation, and register its workspace.

        If the workspace had removed the app and its data is not deleted yet, it has its data again. Raise
        BoltError if the database fails, which Bolt turns into the failure page.
        """
        try:
            await super().store_installation(request, installation)
            self._workspaces.tokens.clear_cache()
            if team_id := installation.team_id:
                await register_workspace(
                    self._deps, team_id, installation.enterprise_id, installation.bot_user_id or ""
                )
        except Exception as error:
            log.exception("storing an installation failed")
            raise BoltError("storage") from error
        log.info("installed in %s", installation.team_id or installation.enterprise_id)

    async def _show_success(self, args: AsyncSuccessArgs) -> BoltResponse:
        installed = args.installation
        query = {"app": installed.app_id, "team": installed.team_id}
        query_of_url = {key: value for key, value in query.items() if value}
        url = f"{self._origin}/app_redirect?{urlencode(query_of_url)}"
        name = installed.team_name or installed.enterprise_name or ""
        return BoltResponse(
            status=200, headers=self._result_headers(), body=pages.build_success_page(name, url)
        )

    async def _show_failure(self, args: AsyncFailureArgs) -> BoltResponse:
        # The reason comes from the URL, so anybody can choose it: only known reasons are logged.
        reason = args.reason if args.reason in pages.FAILURE_TEXTS else "something else"
        log.warning("an installation failed: %s", reason)
        return BoltResponse(
            status=args.suggested_status_code,
            headers=self._result_headers(),
            body=pages.build_failure_page(args.reason),
        )

    def _result_headers(self) -> dict[str, str | Sequence[str]]:
        return {**HTML_HEADERS, "Set-Cookie": self.settings.state_utils.build_set_cookie_for_deletion()}


async def _answer_with_page(
    handle: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]], request: Request
) -> Response:
    """Return the answer of Bolt's flow, or the failure page for an error."""
    try:
        answer = to_starlette_response(await handle(to_async_bolt_request(request, b"")))
    except SLACK_UNREACHABLE as error:
        log.warning("an installation failed: no answer from Slack: %s", type(error).__name__)
        answer = HTMLResponse(pages.build_failure_page("no_answer"), 503)
    except TooManyStates:
        log.warning("an installation failed: too many began within a minute")
        answer = HTMLResponse(pages.build_failure_page("busy"), 429)
    except Exception:
        log.exception("an installation failed")
        answer = HTMLResponse(pages.build_failure_page("trouble"), 503)
    answer.headers.update(pages.PAGE_HEADERS)
    return answer
