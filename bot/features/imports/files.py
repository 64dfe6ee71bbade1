"""Download the file that somebody uploaded in a form."""

import asyncio
import logging
import re
from urllib.parse import urlsplit

from slack_sdk.errors import SlackApiError

from bot.features.imports.blocks import MAX_FILE_MEGABYTES
from bot.slack.api_errors import SLACK_CALL_ERRORS, read_slack_error
from bot.slack.deps import Deps
from bot.slack.errors import UserError, read_needed_scopes
from bot.slack.scopes import describe_lacking_scope

log = logging.getLogger(__name__)

MAX_FILE_BYTES = MAX_FILE_MEGABYTES * 1_000_000
DOWNLOAD_TIMEOUT_SECONDS = 2  # Slack waits three seconds for the answer to a form
CHUNK_BYTES = 65_536
_HOST = re.compile(r"[a-z0-9.-]+(:[0-9]+)?")

FILE_TOO_LARGE = (
    f"This file is larger than {MAX_FILE_MEGABYTES} MB, which is all that I take: import it in parts."
)
FILE_UNAVAILABLE = "Slack did not hand the file over to me: choose it again, or paste its text."


async def download_file(deps: Deps, file_id: str, user_id: str) -> bytes:
    """Return the content of a file that this user uploaded.

    The bot can read the files of all its channels, so the file's owner is checked: an id in a forged form
    must not disclose somebody else's file. Raises UserError if the file is another user's, too large or
    unavailable.
    """
    try:
        async with asyncio.timeout(DOWNLOAD_TIMEOUT_SECONDS):
            file = (await deps.slack.files_info(file=file_id))["file"]
            if file.get("user") != user_id:
                raise UserError(FILE_UNAVAILABLE)
            if file.get("size", 0) > MAX_FILE_BYTES:
                raise UserError(FILE_TOO_LARGE)
            url = file.get("url_private_download") or file.get("url_private") or ""
            return await _download_content(deps, url)
    except SLACK_CALL_ERRORS as error:
        reason = read_slack_error(error).reason if isinstance(error, SlackApiError) else type(error).__name__
        log.warning("could not download a file to import: %s", reason)
        if (needed := read_needed_scopes(error)) is not None:
            raise UserError(
                f"I can't read files here, so paste the text: {describe_lacking_scope(needed)}."
            ) from error
        raise UserError(FILE_UNAVAILABLE) from error


async def _download_content(deps: Deps, url: str) -> bytes:
    session, token = deps.slack.session, deps.slack.token
    assert session is not None, "the bot is not running"
    # The request contains the token, which only Slack may receive.
    if not is_slack_url(url, deps.slack.base_url):
        log.warning("could not download a file to import: its address is not Slack's")
        raise UserError(FILE_UNAVAILABLE)
    async with session.get(
        url, headers={"Authorization": f"Bearer {token}"}, allow_redirects=False
    ) as response:
        # Without the scope files:read, Slack answers 200 with its login page.
        if response.status != 200 or response.content_type == "text/html":
            log.warning("could not download a file to import: %s, %s", response.status, response.content_type)
            raise UserError(FILE_UNAVAILABLE)
        content = bytearray()
        async for chunk in response.content.iter_chunked(CHUNK_BYTES):
            content += chunk
            if len(content) > MAX_FILE_BYTES:  # the metadata may state a smaller size
                raise UserError(FILE_TOO_LARGE)
        return bytes(content)


def is_slack_url(url: str, api_url: str) -> bool:
    """Return whether a URL is on the host of this Web API or on a subdomain of it, with the same scheme."""
    file_url, slack_url = urlsplit(url), urlsplit(api_url)
    parent_domain = f".{slack_url.netloc.removeprefix('www.')}"
    is_slack_host = file_url.netloc == slack_url.netloc or file_url.netloc.endswith(parent_domain)
    # The pattern excludes user names and other characters that urlsplit leaves in the host.
    return file_url.scheme == slack_url.scheme and is_slack_host and bool(_HOST.fullmatch(file_url.netloc))
