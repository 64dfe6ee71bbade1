"""The two doors to Slack, each with a clock beside it: what it asks of the bot, and what the bot asks."""

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

from bot.jobs.handler import JobHandler, OnSuccess
from bot.jobs.model import Job
from bot.manifest import EVENTS
from bot.observability.logs import about, error_code
from bot.observability.metrics import Metrics
from bot.slack.deps import Deps
from bot.slack.outgoing.errors import SLACK_UNREACHABLE

log = logging.getLogger(__name__)

KINDS = {
    "block_actions": "action",
    "block_suggestion": "options",
    "message_action": "shortcut",
    "shortcut": "shortcut",
    "view_closed": "form closed",
    "view_submission": "form",
}
EVENT_TYPES = {event.partition(".")[0] for event in EVENTS}
ID = re.compile(r"[A-Z0-9]{1,20}")
Arm = Callable[[AsyncWebClient, str], Awaitable[None]]


class WatchedClient(AsyncWebClient):
    """Calls Slack, and counts how that went. Where `arm` is given, that gives it its token before."""

    def __init__(self, metrics: Metrics, arm: Arm | None = None, **more: Any) -> None:
        super().__init__(**more)
        self._metrics, self._arm = metrics, arm

    async def api_call(self, api_method: str, **how: Any) -> AsyncSlackResponse:
        if self._arm is not None:
            await self._arm(self, api_method)
        if auth := how.pop("auth", None):  # the library's own way is no more in aiohttp's future
            said = aiohttp.encode_basic_auth(auth["client_id"], auth["client_secret"])
            how["headers"] = {**(how.get("headers") or {}), "Authorization": said}
        begun, outcome = time.perf_counter(), "cancelled"
        try:
            answer = await super().api_call(api_method, **how)
            outcome = "ok"
        except SlackApiError as error:
            outcome = error_code(error)
            raise
        except SLACK_UNREACHABLE as error:
            outcome = "timeout" if isinstance(error, TimeoutError) else "no_answer"
            raise
        finally:
            self._metrics.calls.labels(api_method, outcome).observe(time.perf_counter() - begun)
        return answer


class WatchedApp(AsyncApp):
    """Hears Slack, over HTTP or Socket Mode, and counts how long it waited for an answer."""

    def __init__(self, metrics: Metrics, now: Callable[[], datetime], **more: Any) -> None:
        super().__init__(**more)
        self._metrics, self._now = metrics, now
        self.error(_tell_of)

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        kind = kind_of(req.body)
        told = about.set({"request": kind, **where(req.body)})
        begun, status = time.perf_counter(), "500"
        try:
            answer = await super().async_dispatch(req)
            status = str(answer.status)
        finally:
            self._metrics.answers.labels(kind, status).observe(time.perf_counter() - begun)
            about.reset(told)
        if status == "200" and (at := happened_at(req.body)) is not None:
            self._metrics.lag.labels(kind).observe(max(self._now().timestamp() - at, 0))
        return answer


async def _tell_of(error: Exception) -> None:
    log.error("a request failed, so Slack hears of it", exc_info=error)


def watched(doer: JobHandler) -> JobHandler:
    """Let what is logged while an errand is done say whose it is."""

    async def do(job: Job, deps: Deps) -> OnSuccess | None:
        about.set({"request": job.kind.name, "team": job.team_id, "channel": job.channel_id})
        return await doer(job, deps)

    return do


def kind_of(body: Mapping[str, Any]) -> str:
    """Name what was sent; whoever sent it, there are few names."""
    if "command" in body:
        return "command"
    if isinstance(event := body.get("event"), Mapping):
        kind = event.get("type")
        return str(kind) if kind in EVENT_TYPES else "other event"
    return KINDS.get(str(body.get("type")), "other")


def where(body: Mapping[str, Any]) -> dict[str, str]:
    """Return the ids of the workspace and of the channel that something came from, as far as it says them."""
    event = body.get("event") or {}
    item = event.get("item") or {}
    channel = (
        body.get("channel_id") or _id(body.get("channel")) or _id(event.get("channel")) or item.get("channel")
    )
    team = body.get("team_id") or _id(body.get("team"))
    found = {"team": str(team), "channel": str(channel)}
    return {key: value for key, value in found.items() if ID.fullmatch(value)}


def _id(thing: Any) -> Any:
    return thing.get("id") if isinstance(thing, Mapping) else thing


def happened_at(body: Mapping[str, Any]) -> float | None:
    """Return when an event happened by Slack's clock; None where it is none."""
    event = body.get("event")
    stamp = (event.get("event_ts") if isinstance(event, Mapping) else None) or body.get("event_time")
    try:
        return float(stamp) if stamp else None
    except (TypeError, ValueError):
        return None
