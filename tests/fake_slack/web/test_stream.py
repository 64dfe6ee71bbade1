"""The stream of changes to an open page."""

import aiohttp
import pytest

from bot.fake_slack.client.harness import Harness
from bot.fake_slack.server.http_server import FakeSlack
from bot.fake_slack.web.server import SlackPage
from tests.bot_process import send_nothing, settle_nothing

pytestmark = pytest.mark.enable_socket


async def test_the_stream_of_an_open_page_ends_with_the_server() -> None:
    slack = FakeSlack()
    harness = Harness(slack, send_nothing, settle_nothing)
    ana = harness.add_person("Ana")
    slack.extra_routes = SlackPage(slack, harness.delivery, [ana.user]).routes()
    async with aiohttp.ClientSession() as http:
        async with slack:
            stream = await http.get(f"{slack.url}/page/stream", params={"user_id": ana.id})
        assert b"clock" in await stream.read()  # ClientPayloadError if the server has cut it off
