"""Limits on what one member, one file or one address can do to everybody else."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.fake_slack.clock import FakeClock
from bot.features.imports import files
from bot.slack.errors import UserError
from bot.slack.incoming.limits import MAX_TOKEN_BUCKETS, RATE_LIMITED_TEXT, RateLimiter
from bot.slack.outgoing.responses import is_slack_response_url
from bot.slack.request import Request, RequestSource
from bot.timing import DEFAULT_TIMING
from tests.conftest import World

SLACK_API_URL = "https://slack.com/api/"
FAKE_SLACK_API_URL = "http://127.0.0.1:4000/api/"


@pytest.mark.parametrize(
    ("url", "api_url", "is_slack"),
    [
        ("https://hooks.slack.com/commands/T1/2/x", SLACK_API_URL, True),
        ("https://hooks.slack-gov.com/commands/T1/2/x", "https://slack-gov.com/api/", True),
        ("http://127.0.0.1:4000/response/R1", FAKE_SLACK_API_URL, True),
        ("http://hooks.slack.com/commands/T1/2/x", SLACK_API_URL, False),
        ("https://slack.com/commands/T1", SLACK_API_URL, False),
        ("https://hooks.slack.com.evil.example/x", SLACK_API_URL, False),
        ("https://evil.example/hooks.slack.com", SLACK_API_URL, False),
        ("https://hooks.slack.com@evil.example/x", SLACK_API_URL, False),
        ("https://evil.example@hooks.slack.com/x", SLACK_API_URL, False),
        ("https://hooks.slack.com:8443/x", SLACK_API_URL, False),
        ("http://127.0.0.1:5432/", FAKE_SLACK_API_URL, False),
        ("http://127.0.0.1:4000/response/R1", SLACK_API_URL, False),
        ("http://169.254.169.254/latest/meta-data", SLACK_API_URL, False),
        ("file:///etc/passwd", SLACK_API_URL, False),
        ("https://[", SLACK_API_URL, False),
        ("", SLACK_API_URL, False),
    ],
)
def test_answers_go_only_to_response_urls_of_slack(url: str, api_url: str, *, is_slack: bool) -> None:
    assert is_slack_response_url(url, api_url) is is_slack


async def test_an_answer_to_another_address_is_delivered_in_another_way(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    payload = ana.member.command_payload(channel, "/valuemap help")
    connections: list[asyncio.StreamWriter] = []
    other_server = await asyncio.start_server(lambda _, writer: connections.append(writer), "127.0.0.1", 0)
    async with other_server:
        port = other_server.sockets[0].getsockname()[1]
        await world.harness.delivery.send_command(
            {**payload, "response_url": f"http://127.0.0.1:{port}/steal"}
        )
        await world.settle()
    assert connections == []
    assert "How voting works" in ana.last_message(channel).text
    assert world.slack.count_calls("chat.postEphemeral") == 1


async def test_a_member_who_makes_too_many_requests_reads_to_wait(world: World) -> None:
    limiter = RateLimiter(DEFAULT_TIMING)
    ana = Request("T1", "U1", RequestSource.COMMAND)
    for _ in range(DEFAULT_TIMING.member_requests_per_minute):
        await limiter.check_request(ana, world.bot.deps)
    with pytest.raises(Exception, match=RATE_LIMITED_TEXT):
        await limiter.check_request(ana, world.bot.deps)
    await limiter.check_request(replace(ana, user_id="U2"), world.bot.deps)
    await limiter.check_request(replace(ana, team_id="T2"), world.bot.deps)
    world.clock.advance(timedelta(seconds=1))
    await limiter.check_request(ana, world.bot.deps)
    with pytest.raises(Exception, match=RATE_LIMITED_TEXT):
        await limiter.check_request(ana, world.bot.deps)


async def test_a_workspace_has_a_limit_and_few_buckets_are_kept() -> None:
    clock = FakeClock()
    deps = _DepsWithClock(clock)
    limiter = RateLimiter(DEFAULT_TIMING)
    for number in range(DEFAULT_TIMING.workspace_requests_per_minute):
        await limiter.check_request(Request("T1", f"U{number}", RequestSource.COMMAND), deps)  # type: ignore[arg-type]
    with pytest.raises(Exception, match=RATE_LIMITED_TEXT):
        await limiter.check_request(Request("T1", "U9999", RequestSource.COMMAND), deps)  # type: ignore[arg-type]
    for number in range(MAX_TOKEN_BUCKETS):
        await limiter.check_request(Request(f"T2{number}", "U1", RequestSource.COMMAND), deps)  # type: ignore[arg-type]
        clock.advance(timedelta(milliseconds=100))
    assert len(limiter._buckets) < 2 * MAX_TOKEN_BUCKETS


class _DepsWithClock:
    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock.now


async def test_the_limit_is_explained_to_commands_forms_and_mentions(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    await ana.type_text(channel, "/valuemap add")
    (check,) = (
        check for check in world.bot.router._checks if check.__qualname__ == "RateLimiter.check_request"
    )
    limiter: RateLimiter = check.__self__  # type: ignore[attr-defined]
    object.__setattr__(limiter, "timing", DEFAULT_TIMING)
    limiter._buckets.clear()
    for _ in range(DEFAULT_TIMING.member_requests_per_minute):
        await limiter.check_request(Request("T0FAKE", ana.id, RequestSource.COMMAND), world.bot.deps)
    form = await (await ana.modal.fill_field("The job", "know by nine")).submit()
    assert list(form.errors.values()) == [RATE_LIMITED_TEXT]
    for text in ("/valuemap fit", "@valuemap fit"):
        await ana.type_text(channel, text)
        assert ana.last_message(channel).text == RATE_LIMITED_TEXT


async def test_a_file_of_another_member_is_not_read(world: World) -> None:
    """The bot can read the files of all its channels, so a file must be of whoever names its id."""
    ana, bea = world.harness.add_person("Ana"), world.harness.add_person("Bea")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    file = bea.member.upload_file("secret.txt", b"pain: quokka")
    await ana.type_text(channel, "/valuemap import")
    view = ana.modal._view
    block = next(b for b in view["blocks"] if b.get("element", {}).get("type") == "file_input")
    ana.member._payloads.suggested_options[file.id] = {
        "id": file.id,
        "user": ana.id,
    }  # as Ana's client might say
    filled = {block["block_id"]: {block["element"]["action_id"]: [file.id]}}
    errors = await ana.member.submit_view(view, filled)
    assert "did not hand the file over" in str(errors)
    assert "quokka" not in str(world.slack.views)


async def test_no_redirect_is_followed_with_the_bot_token() -> None:
    paths: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        paths.append(request.path)
        if request.path == "/files/moved":
            raise web.HTTPFound("/files/elsewhere")
        return web.Response(body=b"pain: quokka")

    app = web.Application()
    app.router.add_get("/files/{key}", answer)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        here = str(server.make_url("/"))
        slack = SimpleNamespace(session=session, token="xoxb-1", base_url=f"{here}api/")
        deps: Any = SimpleNamespace(slack=slack)
        assert await files._download_content(deps, f"{here}files/there") == b"pain: quokka"
        with pytest.raises(UserError):
            await files._download_content(deps, f"{here}files/moved")
    assert paths == ["/files/there", "/files/moved"]
