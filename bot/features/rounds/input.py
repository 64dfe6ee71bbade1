"""What follows `vote`: which box, and until when."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.method.kinds import Kind, find_kind
from bot.slack.blockkit.text import escape, truncate
from bot.slack.errors import UserError
from bot.times.deadlines import DEADLINE_EXAMPLES, read_deadline
from bot.times.errors import InvalidTime

ALL_BOXES = frozenset({"", "all", "all boxes", "everything"})
MAX_QUOTED_CHARACTERS = 50


def read_box(text: str) -> Kind | None:
    """Return the kind that is named, None for all boxes. Raises UserError."""
    if " ".join(text.lower().split()) in ALL_BOXES:
        return None
    kind = find_kind(text)
    if kind is None:
        known = ", ".join(f"`{each.spec.singular}`" for each in Kind)
        raise UserError(
            f"I know no kind “{_quote(text)}”: there are {known}, and an end is set with {DEADLINE_EXAMPLES}."
        )
    return kind


def read_closing_time(text: str | None, now: datetime, zone: ZoneInfo) -> datetime:
    """Return when a round ends, in UTC; tomorrow at 17:00 for None. Raises UserError."""
    try:
        return read_deadline(text, now, zone)
    except InvalidTime as error:
        raise UserError(error.describe(_quote)) from error


def _quote(text: str) -> str:
    return escape(truncate(text, MAX_QUOTED_CHARACTERS))
