"""Parse the argument of `vote`: which box, and until when."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.features.entries.unknown_kinds import build_unknown_kind_error
from bot.method.kinds import Kind, find_kind
from bot.slack.errors import explain_invalid_time
from bot.times.deadlines import DEADLINE_EXAMPLES, read_deadline
from bot.times.errors import InvalidTime

ALL_BOXES = frozenset({"", "all", "all boxes", "everything"})


_SEALED = re.compile(r"(?:^|(?<=\s))(?:sealed|secret|blind|(?:in )?private(?:ly)?)(?=\s|$)", re.IGNORECASE)


def split_sealed(text: str) -> tuple[str, bool]:
    """Return the argument of `vote` without the word "sealed", and whether it was there.

    It may stand anywhere: "sealed pains until friday", "pains until friday sealed".
    """
    rest = _SEALED.sub(" ", text)
    return (" ".join(rest.split()), True) if rest != text else (text, False)


def read_box(text: str, typed: str) -> Kind | None:
    """Return the kind with this name, or None for all boxes; `typed` is the whole argument of `vote`.

    Raises UserError for an unknown name.
    """
    if " ".join(text.lower().split()) in ALL_BOXES:
        return None
    kind = find_kind(text)
    if kind is None:
        raise build_unknown_kind_error(
            text,
            "Vote on",
            lambda kind: f"vote {typed.replace(text, kind.spec.plural, 1)}",
            hint=f" An end is set with {DEADLINE_EXAMPLES}.",
        )
    return kind


def read_closing_time(text: str | None, now: datetime, zone: ZoneInfo) -> datetime:
    """Return when a round ends, in UTC; for None, tomorrow at 17:00.

    Raises UserError if the text is no deadline.
    """
    try:
        return read_deadline(text, now, zone)
    except InvalidTime as error:
        raise explain_invalid_time(error) from error
