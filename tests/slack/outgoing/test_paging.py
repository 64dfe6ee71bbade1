"""Pages of a Web API method are read one after the other, as far as somebody asks for them."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from bot.slack.outgoing.paging import paginate


class PagedMethod:
    """A Web API method with these pages; the cursor is the index of the next page."""

    def __init__(self, *pages: list[str], last_metadata: Any = None) -> None:
        self._pages, self._last_metadata = pages, last_metadata
        self.calls: list[dict[str, Any]] = []

    async def __call__(self, **arguments: Any) -> Any:
        self.calls.append(arguments)
        index = int(arguments["cursor"] or 0)
        is_last = index == len(self._pages) - 1
        metadata = self._last_metadata if is_last else {"next_cursor": str(index + 1)}
        return {"members": self._pages[index], "response_metadata": metadata}


@pytest.mark.parametrize("last_metadata", [None, {}, {"next_cursor": ""}])
async def test_all_pages_are_read_with_the_same_arguments(last_metadata: Any) -> None:
    method = PagedMethod(["U1", "U2"], [], ["U3"], last_metadata=last_metadata)
    pages = paginate(method, channel="C1", limit=2)
    assert [member async for page in pages for member in page["members"]] == ["U1", "U2", "U3"]
    cursors = [None, "1", "2"]
    assert method.calls == [{"channel": "C1", "limit": 2, "cursor": cursor} for cursor in cursors]


async def test_a_page_that_nobody_asks_for_is_not_read() -> None:
    method = PagedMethod(["U1"], ["U2"])
    async for page in paginate(method):
        assert page["members"] == ["U1"]
        break
    assert len(method.calls) == 1


async def test_an_error_of_a_later_page_is_raised() -> None:
    async def call(cursor: str | None) -> Any:
        if cursor:
            raise SlackApiError("no", {"error": "ratelimited"})  # type: ignore[no-untyped-call]
        return {"members": ["U1"], "response_metadata": {"next_cursor": "1"}}

    pages = paginate(call)
    assert (await anext(pages))["members"] == ["U1"]
    with pytest.raises(SlackApiError):
        await anext(pages)
