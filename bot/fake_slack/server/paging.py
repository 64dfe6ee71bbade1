"""Pages of a list by cursor (https://docs.slack.dev/apis/web-api/pagination).

A cursor is opaque to the app. It names the first item of the next page, so items that come or go in between
move no other item to another page.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.fake_slack.models import ApiArguments, FakeSlackError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PageRules:
    """How one method pages. The limits are those of the method's page in Slack's reference."""

    cursor_prefix: str
    default_limit: int | None  # None for all items
    max_limit: int
    has_limit_error: bool = True  # a limit above the maximum is invalid_limit; else the page is shorter
    is_descending: bool = False  # whether the item with the highest key comes first
    parse_key: Callable[[str], Any] = str


def cut_page(
    items: Sequence[T],
    get_key: Callable[[T], Any],
    args: ApiArguments,
    rules: PageRules,
    page_size: int | None,
) -> tuple[Sequence[T], str]:
    """Return the page that a call asks for, and the cursor of the next one, "" after the last.

    The items are in the order of their keys. With `page_size`, pages are no larger than that: Slack may
    return fewer items than asked for. Raise FakeSlackError for a bad limit or cursor.
    """
    limit = _read_limit(args, rules)
    sizes = [size for size in (limit, page_size) if size is not None]
    start = _find_start([get_key(item) for item in items], args, rules)
    end = start + min(sizes) if sizes else len(items)
    next_cursor = _encode_cursor(rules, get_key(items[end])) if end < len(items) else ""
    return items[start:end], next_cursor


def _read_limit(args: ApiArguments, rules: PageRules) -> int | None:
    """Return how many items the app asks for at most; None for all. slack_sdk leaves out a limit of None."""
    given = "" if args.get("limit") is None else str(args["limit"])
    if not given or (given == "0" and not rules.has_limit_error):
        return rules.default_limit
    if not given.isdecimal() or (rules.has_limit_error and not 1 <= int(given) <= rules.max_limit):
        raise FakeSlackError("invalid_limit")
    return min(int(given), rules.max_limit)


def _find_start(keys: Sequence[Any], args: ApiArguments, rules: PageRules) -> int:
    """Return the index of the page's first item: the one of the cursor, or what follows now it is gone."""
    if not args.get("cursor"):
        return 0
    first_key = _decode_cursor(str(args["cursor"]), rules)
    for index, key in enumerate(keys):
        if key == first_key or (key < first_key) == rules.is_descending:
            return index
    return len(keys)


def _encode_cursor(rules: PageRules, key: Any) -> str:
    return base64.b64encode(f"{rules.cursor_prefix}:{key}".encode()).decode()


def _decode_cursor(cursor: str, rules: PageRules) -> Any:
    try:
        prefix, _, key = base64.b64decode(cursor, validate=True).decode().partition(":")
        if prefix == rules.cursor_prefix and key:
            return rules.parse_key(key)
    except (ValueError, ArithmeticError):  # neither base64 nor UTF-8, or not a number where one belongs
        pass
    raise FakeSlackError("invalid_cursor")
