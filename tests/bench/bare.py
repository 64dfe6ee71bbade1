"""What anyone else would run: a bare Bolt app whose listeners only acknowledge.

Bolt's own defaults, under Starlette and a plain uvicorn, without the access log, which would cost it more.
"""

import os
import sys

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


def app() -> Starlette:
    client = AsyncWebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    bolt = AsyncApp(client=client, signing_secret=os.environ["SLACK_SIGNING_SECRET"])

    @bolt.command("/valuemap")
    async def command(ack: AsyncAck) -> None:
        await ack()

    @bolt.event("reaction_added")
    async def reaction() -> None:
        pass

    handler = AsyncSlackRequestHandler(bolt)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    async def healthy(_request: Request) -> Response:
        return PlainTextResponse("ok")

    return Starlette(routes=[Route("/slack/events", events, methods=["POST"]), Route("/healthz", healthy)])


if __name__ == "__main__":
    uvicorn.run(
        app(), port=int(os.environ["PORT"]), loop="asyncio", http="h11", access_log=False, log_level="warning"
    )
    sys.exit()
