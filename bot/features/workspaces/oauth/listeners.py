"""Installing by a link: Bolt's flow, with pages of our own."""

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
from bot.features.workspaces.oauth.state_store import STATE_LIFETIME_SECONDS
from bot.features.workspaces.service import register_workspace
from bot.slack.deps import Deps
from bot.slack.outgoing.errors import SLACK_UNREACHABLE

log = logging.getLogger(__name__)

INSTALL_PATH, REDIRECT_PATH = "/slack/install", "/slack/oauth_redirect"
HTML = {"Content-Type": "text/html; charset=utf-8"}


def oauth_routes(many: MultiWorkspace, deps: Deps, scopes: Mapping[str, str]) -> list[Route]:
    """Return the pages on which workspaces install the app, with the scopes that it asks for and why."""
    flow = InstallFlow(many, deps, scopes)
    return [Route(INSTALL_PATH, flow.begin), Route(REDIRECT_PATH, flow.end)]


class InstallFlow(AsyncOAuthFlow):
    """From "Add to Slack" to the page that says how it went."""

    def __init__(self, many: MultiWorkspace, deps: Deps, scopes: Mapping[str, str]) -> None:
        self._origin = "{0.scheme}://{0.netloc}".format(urlsplit(many.slack.base_url))
        self._many, self._deps, self._scopes = many, deps, scopes
        super().__init__(
            client=many.slack,
            settings=AsyncOAuthSettings(
                client_id=many.oauth_client.client_id,
                client_secret=many.oauth_client.client_secret,
                scopes=list(scopes),
                user_scopes=[],
                authorization_url=f"{self._origin}/oauth/v2/authorize",
                install_path=INSTALL_PATH,
                redirect_uri_path=REDIRECT_PATH,
                callback_options=AsyncCallbackOptions(success=self._done, failure=self._refused),
                installation_store=many.installations,
                installation_store_bot_only=True,
                state_store=many.states,
                state_expiration_seconds=STATE_LIFETIME_SECONDS,
            ),
        )

    async def begin(self, request: Request) -> Response:
        return await _answered(self.handle_installation, request)

    async def end(self, request: Request) -> Response:
        return await _answered(self.handle_callback, request)

    async def build_install_page_html(self, url: str, request: AsyncBoltRequest) -> str:  # noqa: ARG002
        return pages.build_install_page(url, self._scopes)

    async def store_installation(self, request: AsyncBoltRequest, installation: Installation) -> None:
        """Store it. What is installed again after it was removed finds all that was there."""
        try:
            await super().store_installation(request, installation)
            self._many.tokens.clear_cache()
            if team := installation.team_id:
                await register_workspace(self._deps, team, installation.enterprise_id, installation.bot_user_id or "")
        except Exception as error:
            log.exception("an installation is not stored")
            raise BoltError("storage") from error
        log.info("installed in %s", installation.team_id or installation.enterprise_id)

    async def _done(self, args: AsyncSuccessArgs) -> BoltResponse:
        installed = args.installation
        about = {"app": installed.app_id or "", "team": installed.team_id or ""}
        address = f"{self._origin}/app_redirect?{urlencode({key: one for key, one in about.items() if one})}"
        name = installed.team_name or installed.enterprise_name or ""
        return BoltResponse(status=200, headers=self._ended(), body=pages.build_success_page(name, address))

    async def _refused(self, args: AsyncFailureArgs) -> BoltResponse:
        known = args.reason if args.reason in pages.FAILURE_TEXTS else "something else"
        log.warning("an installation failed: %s", known)
        return BoltResponse(
            status=args.suggested_status_code, headers=self._ended(), body=pages.build_failure_page(args.reason)
        )

    def _ended(self) -> dict[str, str | Sequence[str]]:
        return {**HTML, "Set-Cookie": self.settings.state_utils.build_set_cookie_for_deletion()}


async def _answered(
    handle: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]], request: Request
) -> Response:
    """Let Bolt's flow answer; whatever goes wrong becomes a page too."""
    try:
        answer = to_starlette_response(await handle(to_async_bolt_request(request, b"")))
    except SLACK_UNREACHABLE as error:
        log.warning("an installation failed: no answer from Slack: %s", type(error).__name__)
        answer = HTMLResponse(pages.build_failure_page("no_answer"), 503)
    except Exception:
        log.exception("an installation failed")
        answer = HTMLResponse(pages.build_failure_page("trouble"), 503)
    answer.headers.update(pages.PAGE_HEADERS)
    return answer
