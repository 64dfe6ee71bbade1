"""Read every page of a Web API method that pages by cursor (https://docs.slack.dev/apis/web-api/pagination)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from slack_sdk.web.async_slack_response import AsyncSlackResponse


async def paginate(
    call: Callable[..., Awaitable[AsyncSlackResponse]], **arguments: Any
) -> AsyncIterator[AsyncSlackResponse]:
    """Call a method and yield its pages, one call each; the caller may stop after any page.

    The client's own iteration (`async for page in response`) is not used: it does not call `api_call`, which
    attaches the workspace's token and counts calls, for later pages.

    Raises SlackApiError, or one of SLACK_UNREACHABLE, as the calls do.
    """
    cursor: str | None = None
    while True:
        page = await call(**arguments, cursor=cursor)
        yield page
        # Slack leaves the metadata out, or sends an empty cursor, after the last page.
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
