"""Socket Mode: keep a link with Slack open, say in the log how it fares, and try again in growing pauses.

Slack closes each websocket after some hours and asks for the next one before. The SDK's own clients try again
without a pause, in silence, and with an address that works only once, so the bot opens each link itself.
See https://docs.slack.dev/apis/events-api/using-socket-mode.
"""

import asyncio
import json
import logging
import random
import time
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import ClientWebSocketResponse, ClientWSTimeout, WSMsgType
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.health.service import HealthChecks
from bot.settings import InvalidSettings
from bot.slack.api_errors import SLACK_CALL_ERRORS, describe_call_error, read_slack_error
from bot.timing import Timing

log = logging.getLogger(__name__)

CLOSE_TIMEOUT_SECONDS = 1
OVERLAP_SECONDS = 3  # in which the replaced link still serves what Slack has sent over it
FINISH_TIMEOUT_SECONDS = 3  # for running requests: Slack waits three seconds
MAX_DOUBLINGS = 16
LINK_DISABLED = "link_disabled"
# Slack announces the end of a link that still works for some seconds.
PLANNED_REASONS = frozenset({"warning", "refresh_requested"})
REASON_TEXTS = {
    LINK_DISABLED: "Socket Mode is off for the app: switch it on at api.slack.com/apps → Socket Mode",
    "too_many_websockets": "the app has too many links: stop other processes that use this SLACK_APP_TOKEN",
}
REPAIR = "generate one with connections:write at api.slack.com/apps → Basic Information → App-Level Tokens"
REJECTION_HINTS = {
    "not_allowed_token_type": "it must be an app-level token (xapp-…), not a bot token (xoxb-…)",
    "missing_scope": f"it lacks a scope: {REPAIR}",
}


@dataclass(frozen=True, slots=True)
class LinkEnd:
    """Why there is no link, or not for long, and how long the last one held."""

    text: str
    held: timedelta = timedelta(0)
    retry_after: timedelta = timedelta(0)
    is_planned: bool = False


class Link(AsyncBaseSocketModeClient):
    """One websocket with Slack, and the requests that came over it."""

    def __init__(self, app: AsyncApp, websocket: ClientWebSocketResponse) -> None:
        self.logger = log  # of which the SDK asks the level
        self._app, self._websocket = app, websocket
        self._requests: set[asyncio.Task[None]] = set()
        self.ending: asyncio.Future[str] = asyncio.get_running_loop().create_future()  # with the reason

    @property
    def is_usable(self) -> bool:
        """Whether requests still come over this link."""
        return not self._websocket.closed and not (
            self.ending.done() and self.ending.result() == LINK_DISABLED
        )

    async def serve(self) -> None:
        """Handle requests until the websocket closes, or this is cancelled; then let them finish."""
        try:
            async for message in self._websocket:
                if message.type is WSMsgType.TEXT and message.data.startswith(
                    "{"
                ):  # Slack sends empty ones too
                    self._receive(message.data)
        finally:
            self._end(f"closed with code {self._websocket.close_code}")
            if self._requests:
                await asyncio.wait(self._requests, timeout=FINISH_TIMEOUT_SECONDS)
            await self._websocket.close()

    async def send_message(self, message: str) -> None:
        """Send a text; the SDK calls this to acknowledge a request."""
        await self._websocket.send_str(message)

    def _receive(self, text: str) -> None:
        try:
            message = json.loads(text)
            request = SocketModeRequest.from_dict(message)
        except ValueError:
            log.warning("something that is no request came over the link with Slack")
            return
        if message.get("type") == "disconnect":
            self._end(str(message.get("reason")))
        elif request is not None:
            task = asyncio.create_task(self._handle(request))
            self._requests.add(task)
            task.add_done_callback(self._requests.discard)

    async def _handle(self, request: SocketModeRequest) -> None:
        """Let Bolt handle a request and acknowledge it; what is not acknowledged Slack sends again."""
        started_at = time.time()
        try:
            response = await run_async_bolt_app(self._app, request)
            await send_async_response(self, request, response, started_at)
        except ConnectionError:
            log.warning("a request could not be acknowledged: the link with Slack was lost meanwhile")
        except Exception:
            log.exception("a request failed, so Slack gets no acknowledgement")

    def _end(self, reason: str) -> None:
        if not self.ending.done():
            self.ending.set_result(reason)


class SocketMode:
    """Keeps one link open, a second one while Slack replaces the first, and tells the health checks."""

    def __init__(
        self, app: AsyncApp, slack: AsyncWebClient, app_token: str, health: HealthChecks, timing: Timing
    ) -> None:
        self._app, self._slack, self._app_token = app, slack, app_token
        self._health, self._timing = health, timing
        self._links: dict[Link, asyncio.Task[None]] = {}
        self._was_linked = False
        self._report(LinkEnd("it is being opened"))

    async def run(self) -> None:
        """Keep a link until cancelled; raise InvalidSettings if Slack refuses the token at the start."""
        failures = 0
        try:
            while True:
                end = await self._hold_link()
                failures = 0 if end.held >= self._timing.stable_link_age else failures + 1
                pause = max(compute_pause(failures, self._timing, random.uniform(0.5, 1)), end.retry_after)  # noqa: S311 - no secret
                self._log_end(end, pause)
                await asyncio.sleep(pause.total_seconds())
        finally:
            for task in self._links.values():
                task.cancel()
            if self._links:
                await asyncio.wait(self._links.values())

    async def _hold_link(self) -> LinkEnd:
        """Open a link, and return once it ends or is about to; return at once if none can be opened."""
        loop = asyncio.get_running_loop()
        try:
            websocket = await open_websocket(self._slack, self._app_token, self._timing)
        except SLACK_CALL_ERRORS as error:
            return self._report(self._explain_failure(error))
        for older_link, older_task in self._links.items():
            loop.call_later(OVERLAP_SECONDS if older_link.is_usable else 0, older_task.cancel)
        link = Link(self._app, websocket)
        self._links[link] = task = asyncio.create_task(link.serve())
        task.add_done_callback(lambda _: self._forget(link))
        self._report_linked()
        linked_at = loop.time()
        reason = await asyncio.shield(link.ending)
        held = timedelta(seconds=loop.time() - linked_at)
        return self._report(
            LinkEnd(REASON_TEXTS.get(reason, reason), held, is_planned=reason in PLANNED_REASONS)
        )

    def _explain_failure(self, error: Exception) -> LinkEnd:
        """Say why no link could be opened; raise InvalidSettings if Slack refuses the token at the start.

        Later it ends nothing: digests are still posted, and an administrator may allow the app again.
        """
        rejection = explain_rejected_token(error)
        if rejection and not self._was_linked:
            raise InvalidSettings(f"{rejection}.") from None
        retry_after = read_slack_error(error).retry_after if isinstance(error, SlackApiError) else None
        return LinkEnd(rejection or describe_call_error(error), retry_after=retry_after or timedelta(0))

    def _report_linked(self) -> None:
        log.info("the link with Slack is %s", "open again" if self._was_linked else "open, over Socket Mode")
        self._was_linked, self._health.link_problem = True, ""

    def _report(self, end: LinkEnd) -> LinkEnd:
        if not any(link.is_usable for link in self._links):
            self._health.link_problem = f"no link with Slack over Socket Mode: {end.text}"
        return end

    def _forget(self, link: Link) -> None:
        task = self._links.pop(link)
        if not task.cancelled() and (error := task.exception()):
            log.error("a link with Slack failed", exc_info=error)
        if not self._health.link_problem:
            self._report(LinkEnd("the last one is closed"))

    def _log_end(self, end: LinkEnd, pause: timedelta) -> None:
        seconds = pause.total_seconds()
        if end.is_planned and not seconds:
            log.info("Slack asks for a new link (%s)", end.text)
        elif end.held:
            log.warning("the link with Slack is lost (%s): next try in %.1f s", end.text, seconds)
        else:
            log.warning("no link with Slack (%s): next try in %.1f s", end.text, seconds)


def compute_pause(failures: int, timing: Timing, jitter: float) -> timedelta:
    """Return the pause after so many links in a row that failed or did not hold; it doubles up to a limit.

    `jitter`, from 0.5 to 1, keeps the processes of all teams from coming back together after an outage.
    """
    if failures == 0:
        return timedelta(0)
    factor: int = 2 ** min(failures - 1, MAX_DOUBLINGS)
    return min(timing.first_link_pause * factor, timing.max_link_pause) * jitter


async def open_websocket(slack: AsyncWebClient, app_token: str, timing: Timing) -> ClientWebSocketResponse:
    """Ask Slack for an address, which works once, and connect to it; raises SLACK_CALL_ERRORS."""
    assert slack.session is not None, "the bot is not running"
    async with asyncio.timeout(timing.call_timeout.total_seconds()):
        answer = await slack.apps_connections_open(app_token=app_token)
        return await slack.session.ws_connect(
            str(answer.get("url")),
            heartbeat=timing.link_heartbeat.total_seconds(),
            timeout=ClientWSTimeout(ws_close=CLOSE_TIMEOUT_SECONDS),
        )


def explain_rejected_token(error: Exception) -> str:
    """Say why Slack refuses the token, and what to do; "" for an error that passes by itself."""
    slack_error = read_slack_error(error) if isinstance(error, SlackApiError) else None
    if slack_error is None or slack_error.is_temporary:
        return ""
    reason = slack_error.reason
    return f"Slack refuses SLACK_APP_TOKEN ({reason}): {REJECTION_HINTS.get(reason, REPAIR)}"
