"""Bolt's app and Slack's client, which measure how long requests from Slack and calls to Slack take."""

import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from structlog.contextvars import bound_contextvars

from bot.observability.logs import error_code
from bot.observability.metrics import Metrics
from bot.slack.api_errors import SLACK_UNREACHABLE
from bot.slack.incoming.payloads import EVENT_PAYLOADS

log = logging.getLogger(__name__)

# Slack's names for interactions, and ours in metrics and log lines.
INTERACTION_NAMES = {
    "block_actions": "action",
    "block_suggestion": "options",
    "message_action": "shortcut",
    "shortcut": "shortcut",
    "view_closed": "form closed",
    "view_submission": "form",
}
ID_PATTERN = re.compile(r"[A-Z0-9]{1,20}")
METHODS_OF_OTHER_TOKENS = {"apps.connections.open", "oauth.v2.access"}  # not called with the bot's token
AttachToken = Callable[[AsyncWebClient, str], Awaitable[None]]


class InstrumentedClient(AsyncWebClient):
    """A client of the Web API that measures its calls.

    `attach_token` is called before each call, with the client and the method, and gives the client its token.
    None means that the client has its token already. `record_scopes` is called with the scopes of the bot's
    token, as Slack lists them in its answers.
    """

    def __init__(
        self,
        metrics: Metrics,
        attach_token: AttachToken | None = None,
        record_scopes: Callable[[str], None] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.proxy = None  # which the SDK has read from the environment: the session chooses
        self._metrics, self._attach_token, self._record_scopes = metrics, attach_token, record_scopes

    async def api_call(self, api_method: str, **options: Any) -> AsyncSlackResponse:
        if self._attach_token is not None:
            await self._attach_token(self, api_method)
        if auth := options.pop("auth", None):
            # The SDK would build aiohttp.BasicAuth from `auth`. aiohttp has deprecated it and warns, and the
            # tests fail on warnings.
            credentials = aiohttp.encode_basic_auth(auth["client_id"], auth["client_secret"])
            options["headers"] = {**(options.get("headers") or {}), "Authorization": credentials}
        started_at, outcome = time.perf_counter(), "cancelled"
        try:
            answer = await super().api_call(api_method, **options)
            outcome = "ok"
            if self._record_scopes is not None and api_method not in METHODS_OF_OTHER_TOKENS:
                self._record_scopes(answer.headers.get("x-oauth-scopes") or "")
        except SlackApiError as error:
            outcome = error_code(error)
            raise
        except SLACK_UNREACHABLE as error:
            outcome = "timeout" if isinstance(error, TimeoutError) else "no_answer"
            raise
        finally:
            seconds = time.perf_counter() - started_at
            self._metrics.slack_call_seconds.labels(api_method, outcome).observe(seconds)
        return answer


class InstrumentedApp(AsyncApp):
    """Bolt's app, over HTTP or Socket Mode, that measures how long each request takes."""

    def __init__(self, metrics: Metrics, clock: Callable[[], datetime], **options: Any) -> None:
        super().__init__(**options)
        self._metrics, self._clock = metrics, clock
        self.error(_log_error)

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        kind = classify_request(req.body)
        started_at, status = time.perf_counter(), "500"
        # Tasks that the request starts copy this context, so their log lines contain it too.
        with bound_contextvars(request=kind, **find_ids(req.body)):
            try:
                answer = await super().async_dispatch(req)
                status = str(answer.status)
            finally:
                seconds = time.perf_counter() - started_at
                self._metrics.answer_seconds.labels(kind, status).observe(seconds)
        if status == "200" and (event_time := read_event_time(req.body)) is not None:
            lag_seconds = max(self._clock().timestamp() - event_time, 0)
            self._metrics.event_lag_seconds.labels(kind).observe(lag_seconds)
        return answer


async def _log_error(error: Exception) -> None:
    log.error("a request failed, so Slack gets an error", exc_info=error)


def classify_request(body: Mapping[str, Any]) -> str:
    """Return the kind of a request, as a metric's label. Anything unknown is "other", so labels stay few."""
    if "command" in body:
        return "command"
    if isinstance(event := body.get("event"), Mapping):
        event_type = event.get("type")
        return str(event_type) if event_type in EVENT_PAYLOADS else "other event"
    return INTERACTION_NAMES.get(str(body.get("type")), "other")


def find_ids(body: Mapping[str, Any]) -> dict[str, str]:
    """Return the team_id and channel_id of a request, as far as it contains them."""
    event = body.get("event") or {}
    item = event.get("item") or {}
    channel_id = (
        body.get("channel_id")
        or _read_id(body.get("channel"))
        or _read_id(event.get("channel"))
        or item.get("channel")
    )
    team_id = body.get("team_id") or _read_id(body.get("team"))
    ids = {"team_id": str(team_id), "channel_id": str(channel_id)}
    return {key: value for key, value in ids.items() if ID_PATTERN.fullmatch(value)}


def _read_id(value: Any) -> Any:
    """Return the id of an object. In some payloads Slack sends the bare id instead, which is returned."""
    return value.get("id") if isinstance(value, Mapping) else value


def read_event_time(body: Mapping[str, Any]) -> float | None:
    """Return when an event happened by Slack's clock, in seconds since 1970; None for other requests."""
    event = body.get("event")
    timestamp = (event.get("event_ts") if isinstance(event, Mapping) else None) or body.get("event_time")
    try:
        return float(timestamp) if timestamp else None
    except (TypeError, ValueError):
        return None
