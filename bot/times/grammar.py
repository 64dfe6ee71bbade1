"""Split typed text into its parts: days, dates, times, periods, frequencies and time zones. Pure.

This is the one grammar of times in the product. Schedules, deadlines and past days consist of these parts,
and differ only in which of them they allow together. A part keeps what was typed for it, so that an error
message can quote it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import time

from bot.times.clock import WEEKDAYS
from bot.times.errors import TYPED, InvalidTime
from bot.times.parts import (
    LAST_MONTH_DAY,
    Every,
    Frequency,
    MonthDate,
    Number,
    Part,
    RelativeDay,
    Unknown,
    Value,
    Weekdays,
    Zone,
    make_date,
)
from bot.times.periods import PERIOD_NUMBER, PERIOD_PATTERN, PERIOD_START, read_period
from bot.times.zones import MAX_ZONE_WORDS, find_zone

MAX_TYPED_CHARACTERS = 200
LEAP_YEAR = 2028  # has every date that a year can have

_DAY = (
    r"(?:mon(?:d(?:ay?)?)?|tue(?:s(?:d(?:ay?)?)?)?|wed(?:s|n(?:e(?:s(?:d(?:ay?)?)?)?)?)?|thu(?:rs?(?:d(?:ay?)?)?)?"
    r"|fri(?:d(?:ay?)?)?|sat(?:u(?:r(?:d(?:ay?)?)?)?)?|sun(?:d(?:ay?)?)?)s?\.?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_MONTH_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|\.)?"
_YEAR = r"(?:,?\s*(?P<year>20[0-9]{2}))?"
_MERIDIEM = r"(?P<meridiem>[ap]\.?\s?m\.?|in the (?:morning|afternoon|evening))"
_ONCE = r"(?:once\s+)?(?:an?|per|every|each|the)\s*"
_EVERY = r"(?:(?:every|each|all)\s+)?"
_END = r"(?![^\W_]|[.:][0-9])"  # the word or the number does not go on
# "16.10." is a date, while "16.10" is a time, and so is "9.30." at the end of a sentence.
_GERMAN_DATE = re.compile(r"(?:0?[1-9]|[12][0-9]|3[01])\.\s?(?:0?[1-9]|1[0-2])\.")
_CLOCK = r"[0-9]{1,2}(?:[:.][0-9]{2})?(?:\s*[ap]\.?m\.?)?"
_FILLERS = re.compile(
    r"(?:[\s,;()\[\]/&.!?]|\+(?!\s*[0-9])|-(?=\s)"
    rf"|(?:and|on|the|of|plus|time|by|coming|from\s+now\s+on){_END})+",
    re.IGNORECASE,
)
_FILLER_WORDS = re.compile(r"[a-z@](?:.*[a-z@])?", re.IGNORECASE | re.DOTALL)
_JOINER = re.compile(rf"[,&+/]|(?:and|plus){_END}", re.IGNORECASE)
_AT = re.compile(rf"(?:at{_END}|@)\s*", re.IGNORECASE)
_DAY_WORD = re.compile(r"days?\s+(?=[0-9])", re.IGNORECASE)
_AFTER_ZONE = re.compile(r"(?:\s+time)?[.!?]*$", re.IGNORECASE)
_WORD = re.compile(r"[^\s,;()\[\]]+")
_NEXT_WORDS = re.compile(rf"[^\s,;()\[\]]+(?: [^\s,;()\[\]]+){{0,{MAX_ZONE_WORDS - 1}}}")
# Characters of phones and other keyboards, and what they stand for. Each is one character, so that positions
# in the text stay the same.
_PLAIN_CHARACTERS = str.maketrans("‐‑‒–—−：，（）；’．", "------:,();'.")
_WORKDAYS, _WEEKEND = Weekdays(WEEKDAYS[:5]), Weekdays(WEEKDAYS[5:])


def split_parts(text: str) -> list[Part]:
    """Split text into its parts, without the words before them that mean nothing, such as "on" and "at".

    Raises InvalidTime for what has the form of a part without a valid value, such as 25:00, or with several
    possible ones, such as 1/2/2026.
    """
    text = text.strip()
    if len(text) > MAX_TYPED_CHARACTERS:
        raise InvalidTime(f"“{TYPED}” is too long for a day or a time", text)
    spans: list[tuple[int, int, Value]] = []
    for start, end, value in _scan(text.translate(_PLAIN_CHARACTERS), text):
        if isinstance(value, Unknown) and spans and isinstance(spans[-1][2], Unknown):
            spans[-1] = (spans[-1][0], end, value)  # quoted as a whole
        else:
            spans.append((start, end, value))
    return [Part(text[start:end], value) for start, end, value in spans]


def _scan(plain: str, text: str) -> Iterator[tuple[int, int, Value]]:
    """Yield start, end and value of each part. `plain` is the text with plain characters."""
    position = 0
    while True:
        start, is_joined = position, False
        if fillers := _FILLERS.match(plain, position):
            is_joined, position = bool(_JOINER.search(fillers[0])), fillers.end()
        if follows_at := _AT.match(plain, position):
            position = follows_at.end()
        if is_month_day := _DAY_WORD.match(plain, position):
            position = is_month_day.end()
        if position >= len(plain):
            if words := _FILLER_WORDS.search(plain, start):  # nothing follows "on" or "at"
                yield words.start(), words.end(), Unknown()
            return
        end, value = _read_part(plain, text, position)
        if isinstance(value, Number):
            is_month_day_number = value.is_month_day or bool(is_month_day)
            value = replace(
                value, is_month_day=is_month_day_number, follows_at=bool(follows_at), is_joined=is_joined
            )
        yield position, end, value
        position = end


def _read_part(plain: str, text: str, position: int) -> tuple[int, Value]:
    """Return the end and the value of the part at a position."""
    for pattern, build in _PATTERNS:
        if match := pattern.match(plain, position):
            return match.end(), build(match, text[position : match.end()].rstrip())
    return _read_zone_name(plain, text, position) or _read_unknown(plain, position)


def _read_zone_name(plain: str, text: str, position: int) -> tuple[int, Value] | None:
    """Read a time zone of several words, such as New York, or of one."""
    words = _NEXT_WORDS.match(plain, position)
    candidate = words[0] if words else ""
    while candidate:
        typed = text[position : position + len(candidate)]
        if zone := find_zone(_AFTER_ZONE.sub("", typed)):
            return position + len(candidate), Zone(zone)
        candidate = candidate.rpartition(" ")[0]
    return None


def _read_unknown(plain: str, position: int) -> tuple[int, Value]:
    word = _WORD.match(plain, position)
    return (word.end() if word else position + 1), Unknown()


def _read_time(match: re.Match[str], typed: str) -> Value:
    """Read "9:30", "17.30", "5pm" or "0900"; a number alone is no time yet."""
    hour, minute, meridiem = int(match["hour"]), match["minute"], match["meridiem"] or ""
    if minute is None and not meridiem and not match["unit"]:
        return Number(hour)
    if meridiem and not 1 <= hour <= 12:
        raise InvalidTime(f"There is no time “{TYPED}”", typed)
    if meridiem:
        is_morning = meridiem[0] in "aA" or meridiem.endswith("morning")
        hour = hour % 12 + (0 if is_morning else 12)
    if hour > 23 or int(minute or 0) > 59:
        raise InvalidTime(f"There is no time “{TYPED}”", typed)
    return time(hour, int(minute or 0))


def _read_date(match: re.Match[str], typed: str) -> Value:
    """Read "2026-12-04" or "4 Dec 2026"; without a year, "4 Dec"."""
    month = match["month"].lower()
    month_number = int(month) if month.isdigit() else _MONTHS.index(month[:3]) + 1
    year, day = match["year"], int(match["day"])
    full_date = make_date(int(year or LEAP_YEAR), month_number, day)
    if full_date is None:
        raise InvalidTime(f"The calendar has no {TYPED}", typed)
    return full_date if year else MonthDate(month_number, day)


def _read_month_day(match: re.Match[str], typed: str) -> Value:
    """Read "1st"."""
    day = int(match["day"])
    if not 1 <= day <= LAST_MONTH_DAY:
        raise InvalidTime(f"A month has no day “{TYPED}”", typed)
    return Number(day, is_month_day=True)


def _read_weekdays(match: re.Match[str], _typed: str) -> Value:
    first = WEEKDAYS.index(match["first"][:3].lower())
    if not match["last"]:
        which = match["which"].lower()
        return Weekdays((WEEKDAYS[first],), "last" if which == "past" else which)
    last = WEEKDAYS.index(match["last"][:3].lower())
    return Weekdays(tuple(WEEKDAYS[(first + days) % 7] for days in range((last - first) % 7 + 1)))


def _build_rejection(problem: str, advice: str = "") -> "_Build":
    """Return a builder that raises InvalidTime."""

    def build(_match: re.Match[str], typed: str) -> Value:
        raise InvalidTime(problem, typed, advice=advice)

    return build


def _build_constant(value: Value) -> "_Build":
    """Return a builder of the same value for everything that its pattern matches."""
    return lambda _match, _typed: value


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern}){_END}", re.IGNORECASE)


_Build = Callable[[re.Match[str], str], Value]
_PATTERNS: tuple[tuple[re.Pattern[str], _Build], ...] = (  # the first that matches wins
    (
        _compile(
            r"(?:every|each)\s+(?:other|second|third|(?:[0-9]+(?:nd|rd|th)?|two|three|four|six)\s*(?=[a-z]))\s*\w+"
            r"|bi-?weekly|bi-?monthly|fortnightly|hourly|quarterly|yearly|annually|(?:twice|thrice)\s+\w+(?:\s+\w+)?"
        ),
        _build_rejection(f"I can't do “{TYPED}”"),
    ),
    (PERIOD_PATTERN, read_period),
    (_compile(rf"daily|everyday|{_ONCE}day"), _build_constant(Frequency.DAILY)),
    (_compile(rf"weekly|{_ONCE}week"), _build_constant(Frequency.WEEKLY)),
    (_compile(rf"monthly|{_ONCE}month"), _build_constant(Frequency.MONTHLY)),
    (_compile(rf"{_EVERY}(?:week|work|working\s|business\s)days?"), _build_constant(_WORKDAYS)),
    (_compile(rf"{_EVERY}weekends?"), _build_constant(_WEEKEND)),
    (
        _compile(rf"{PERIOD_START}{PERIOD_NUMBER}\s*[a-z]+"),
        _build_rejection(f"I can't count “{TYPED}”", "type minutes, hours, days or weeks."),
    ),
    (_compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"), _read_date),
    (
        _compile(r"[0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{2,4})?|[0-9]{1,2}([.-])[0-9]{1,2}\1[0-9]{2,4}"),
        _build_rejection(
            f"“{TYPED}” could have the day or the month first", "type the year first, for example 2026-11-02."
        ),
    ),
    (
        _GERMAN_DATE,
        _build_rejection(f"“{TYPED}” could be a date or a time", "type for example 16 Oct or 16:10."),
    ),
    (_compile(rf"{_MONTH_DAY}\s*(?:of\s+)?{_MONTH}{_YEAR}"), _read_date),
    (_compile(rf"{_MONTH}\s*{_MONTH_DAY}{_YEAR}"), _read_date),
    (
        _compile(rf"{_CLOCK}(?:-|\s-\s|\s?(?:to|till?|until)\s?){_CLOCK}"),
        _build_rejection(f"“{TYPED}” are two times", "type one, for example 9:30."),
    ),
    (
        _compile(
            r"(?:(?:UTC|GMT)\s*[+-]\s*[0-9]{1,2}(?::?[0-9]{2})?|[+-][0-9]{2}:?[0-9]{2}|\+[0-9]{1,2})"
            r"(?:\s+time)?"
        ),
        lambda _match, typed: Zone(find_zone(_AFTER_ZONE.sub("", typed)) or ""),
    ),
    (_compile(r"(?:12\s*)?noon|midday"), _build_constant(time(12))),
    (
        _compile(r"(?:12\s*)?midnight"),
        _build_rejection(f"“{TYPED}” could be the start or the end of a day", "type 00:00 or 23:59."),
    ),
    (_compile(r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)"), _read_month_day),
    (_compile(r"first(?:\s+day)?"), _build_constant(Number(1, is_month_day=True))),
    (_compile(r"last(?:\s+day|(?=\s+of))"), _build_constant(Number(LAST_MONTH_DAY, is_month_day=True))),
    (
        re.compile(
            r"(?P<hour>[0-9]{1,2})(?:[:.h](?P<minute>[0-9]{2}))?(?:\s*o'clock)?"
            rf"(?:\s*{_MERIDIEM}(?:\s*o'clock)?)?(?P<unit>\s?h(?:rs|ours)?)?(?=z{_END}|{_END})",
            re.IGNORECASE,
        ),
        _read_time,
    ),
    (
        re.compile(r"(?P<hour>[01][0-9]|2[0-3])(?P<minute>[0-5][0-9])(?P<meridiem>)(?P<unit>)(?![\w:.])"),
        _read_time,
    ),
    (
        _compile(rf"(?P<which>next|this|last|past)\s+(?:coming\s+)?(?P<first>{_DAY})(?P<last>)"),
        _read_weekdays,
    ),
    (
        _compile(
            rf"(?P<which>)(?P<first>{_DAY})(?:\s*(?:-|to|through|thru|till?|until)\s*(?P<last>{_DAY}))?"
        ),
        _read_weekdays,
    ),
    *((_compile(day.value), _build_constant(day)) for day in RelativeDay),
    (_compile("tmrw|tmw"), _build_constant(RelativeDay.TOMORROW)),
    (_compile(r"(?:every|each)(?=\W+\w)"), _build_constant(Every())),
)
