"""Parse the argument of `vote`: which box, and until when."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.features.entries.unknown_kinds import build_unknown_kind_error
from bot.method.kinds import Kind, find_kind, suggest_kind
from bot.slack.errors import UserError, explain_invalid_time
from bot.slack.incoming.commands import build_suggestion_error
from bot.times.deadlines import DEADLINE_EXAMPLES, complete_end, read_deadline
from bot.times.errors import TYPED, InvalidTime

MAX_END_WORDS = 8  # "in two days at 9 in the morning"
ALL_BOXES = frozenset({"", "all", "all boxes", "everything"})


_SEALED = re.compile(r"(?:^|(?<=\s))(?:sealed|secret|blind|(?:in )?private(?:ly)?)(?=\s|$)", re.IGNORECASE)


def split_sealed(text: str) -> tuple[str, bool]:
    """Return the argument of `vote` without the word "sealed", and whether it was there.

    It may stand anywhere: "sealed pains until friday", "pains until friday sealed".
    """
    rest = _SEALED.sub(" ", text)
    return (" ".join(rest.split()), True) if rest != text else (text, False)


def read_box(text: str, deadline_text: str | None = None, *, is_sealed: bool = False) -> Kind | None:
    """Return the kind with this name, or None for all boxes.

    Raises UserError for another text. Its buttons run `vote` with all else that was typed: the word "sealed",
    and the end, which is `deadline_text` or stands in `text` without "until".
    """
    text = " ".join(text.split())
    if _is_all(text):
        return None
    if kind := find_kind(text):
        return kind
    name, end = _split_at_end(text)
    if end and deadline_text is not None:
        raise _build_two_ends_error(text.removeprefix(name).strip(), deadline_text)
    typed_end = f"until {deadline_text}" if deadline_text is not None else end

    def build_command(box: str) -> str:
        return " ".join(filter(None, ["vote", box, "sealed" if is_sealed else "", typed_end]))

    similar = find_kind(name) or suggest_kind(name)
    if end and (similar or _is_all(name)):
        raise build_suggestion_error(
            "An end is set with `until` or `for`.", build_command(similar.spec.plural if similar else "")
        )
    raise build_unknown_kind_error(
        name,
        "Vote on",
        lambda kind: build_command(kind.spec.plural),
        hint="" if typed_end else f" An end is set with {DEADLINE_EXAMPLES}.",
    )


def _is_all(text: str) -> bool:
    return text.lower() in ALL_BOXES


def _split_at_end(text: str) -> tuple[str, str]:
    """Split "pains 2h" into "pains" and "for 2h".

    Without an end that can be read, return the box, or else everything, and "".
    """
    words = text.split()
    for count in range(max(0, len(words) - MAX_END_WORDS), len(words)):
        if (end := complete_end(" ".join(words[count:]))) is not None:
            name = " ".join(words[:count])
            return (name, end) if end or find_kind(name) else (text, "")
    return text, ""


def _build_two_ends_error(first: str, second: str) -> UserError:
    problem = f"“{TYPED}” and “{TYPED}” are two ends, and a round ends once"
    return explain_invalid_time(
        InvalidTime(problem, first, second, advice=f"type one, for example {DEADLINE_EXAMPLES}.")
    )


def read_closing_time(text: str | None, now: datetime, zone: ZoneInfo) -> datetime:
    """Return when a round ends, in UTC; for None, tomorrow at 17:00.

    Raises UserError if the text is no deadline.
    """
    try:
        return read_deadline(text, now, zone)
    except InvalidTime as error:
        raise explain_invalid_time(error) from error
