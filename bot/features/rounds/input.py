"""Parse the argument of `vote`: which box, and until when."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.method.kinds import Kind, find_kind, suggest_kind
from bot.slack.blockkit.text import escape, truncate
from bot.slack.errors import UserError, explain_invalid_time
from bot.times.deadlines import DEADLINE_EXAMPLES, read_deadline
from bot.times.errors import InvalidTime

ALL_BOXES = frozenset({"", "all", "all boxes", "everything"})
MAX_QUOTED_CHARACTERS = 50


def read_box(text: str) -> Kind | None:
    """Return the kind with this name, or None for all boxes. Raises UserError for an unknown name."""
    if " ".join(text.lower().split()) in ALL_BOXES:
        return None
    kind = find_kind(text)
    if kind is None:
        kind_names = ", ".join(f"`{each.spec.singular}`" for each in Kind)
        similar = suggest_kind(text)
        suggestion = f"did you mean `/valuemap vote {escape(similar.spec.plural)}`?" if similar else ""
        help_text = suggestion or f"there are {kind_names}, and an end is set with {DEADLINE_EXAMPLES}."
        raise UserError(f"I know no kind “{_quote(text)}”: {help_text}")
    return kind


def read_closing_time(text: str | None, now: datetime, zone: ZoneInfo) -> datetime:
    """Return when a round ends, in UTC; for None, tomorrow at 17:00.

    Raises UserError if the text is no deadline.
    """
    try:
        return read_deadline(text, now, zone)
    except InvalidTime as error:
        raise explain_invalid_time(error) from error


def _quote(text: str) -> str:
    return escape(truncate(text, MAX_QUOTED_CHARACTERS))
