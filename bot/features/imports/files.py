"""Getting what is in a file that somebody uploaded in a form."""

import asyncio
import logging
import re
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.features.imports.blocks import MEGABYTES
from bot.slack.errors import Refusal
from bot.slack.request import Deps

log = logging.getLogger(__name__)

MOST = MEGABYTES * 1_000_000  # bytes
PATIENCE = 2  # seconds; Slack waits three for an answer to a form
PIECE = 65_536
_HOST = re.compile(r"[a-z0-9.-]+(:[0-9]+)?")
TOO_BIG = f"This file is larger than {MEGABYTES} MB, which is all that I take: import it in parts."
NOT_THERE = "Slack did not hand the file over to me: choose it again, or paste its text."


async def content_of(deps: Deps, file: str, user: str) -> bytes:
    """Return what is in a file of this user's own; raise Refusal where it is too big or Slack keeps it.

    The bot sees files of all its channels, so an id alone opens nothing.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            about = (await deps.slack.files_info(file=file))["file"]
            if about.get("user") != user:
                raise Refusal(NOT_THERE)
            if about.get("size", 0) > MOST:
                raise Refusal(TOO_BIG)
            return await _download(deps, about.get("url_private_download") or about.get("url_private") or "")
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        why = error.response.get("error") if isinstance(error, SlackApiError) else type(error).__name__
        log.warning("a file for an import: %s", why)
        raise Refusal(NOT_THERE) from error


async def _download(deps: Deps, url: str) -> bytes:
    session, token = deps.slack.session, deps.slack.token
    assert session is not None, "the bot is not running"
    if not is_slacks(url, deps.slack.base_url):  # the token goes to Slack alone
        log.warning("a file for an import is not at Slack")
        raise Refusal(NOT_THERE)
    async with session.get(
        url, headers={"Authorization": f"Bearer {token}"}, allow_redirects=False
    ) as answer:
        if answer.status != 200 or answer.content_type == "text/html":  # a page to log in
            log.warning("a file for an import: %s, %s", answer.status, answer.content_type)
            raise Refusal(NOT_THERE)
        content = bytearray()
        async for piece in answer.content.iter_chunked(PIECE):
            content += piece
            if len(content) > MOST:
                raise Refusal(TOO_BIG)
        return bytes(content)


def is_slacks(url: str, api: str) -> bool:
    """Whether an address is at the Slack whose Web API this is: at its own name or at one below."""
    file, slack = urlsplit(url), urlsplit(api)
    below = f".{slack.netloc.removeprefix('www.')}"
    named = file.netloc == slack.netloc or file.netloc.endswith(below)
    return file.scheme == slack.scheme and named and bool(_HOST.fullmatch(file.netloc))
