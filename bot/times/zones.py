"""Read time zones as people type them: names, cities, abbreviations and offsets from UTC. Pure."""

import re
import unicodedata
from datetime import timedelta, timezone, tzinfo
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.times.errors import TYPED, InvalidTime

MAX_ZONE_WORDS = 4  # "Port of Spain time"
MAX_COMPARED_CHARACTERS = 60  # of a word that is compared with all zones, which takes time
MIN_SIMILARITY = 0.85  # difflib's ratio of a mistyped zone to a suggested one, from 0 to 1
_MAX_OFFSET_HOURS = 14
_OFFSET = re.compile(
    r"(?:(?:UTC|GMT)\s*)?(?P<sign>[+-])\s*(?P<hours>[0-9]{1,2})(?::?(?P<minutes>[0-9]{2}))?", re.IGNORECASE
)
_REVERSED_OFFSET = re.compile(r"Etc/GMT([+-])([0-9]{1,2})", re.IGNORECASE)
_REGIONS = frozenset(
    {
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    }
)
# Names of the time zone database that say where in a country, not which city.
_NOT_CITIES = frozenset({"north", "south", "west", "center", "easter", "wake", "act", "general", "acre"})
_NOT_ZONES = frozenset({"Factory", "localtime"})
# The database has these as offsets that never change, while people in the zones mean the local clock.
_FIXED_ZONES = {"EST": "UTC-5", "MST": "UTC-7", "HST": "UTC-10"}
_ABBREVIATIONS = {
    "America/Anchorage": "akst akdt",
    "America/Argentina/Buenos_Aires": "art",
    "America/Chicago": "cdt ct central",
    "America/Denver": "mdt mt mountain",
    "America/Los_Angeles": "pst pdt pt pacific",
    "America/New_York": "est edt et eastern",
    "America/Sao_Paulo": "brt",
    "America/St_Johns": "nst ndt",
    "Africa/Johannesburg": "sast",
    "Africa/Lagos": "wat",
    "Africa/Maputo": "cat",
    "Africa/Nairobi": "eat",
    "Asia/Bangkok": "ict",
    "Asia/Dubai": "gst",
    "Asia/Hong_Kong": "hkt",
    "Asia/Jakarta": "wib",
    "Asia/Karachi": "pkt",
    "Asia/Seoul": "kst",
    "Asia/Singapore": "sgt",
    "Asia/Tokyo": "jst",
    "Australia/Adelaide": "acdt",
    "Australia/Perth": "awst",
    "Australia/Sydney": "aedt",
    "CET": "cest mez mesz",
    "EET": "eest",
    "Europe/London": "bst uk",
    "Europe/Moscow": "msk",
    "Pacific/Auckland": "nzst nzdt",
    "Pacific/Honolulu": "hst",
    "UTC": "gmt z zulu uct",
    "WET": "west",
}
_AMBIGUOUS_ABBREVIATIONS = {
    "acst": "Australia/Adelaide or Australia/Darwin",
    "aest": "Australia/Sydney or Australia/Brisbane",
    "ast": "America/Halifax or Asia/Riyadh",
    "cst": "America/Chicago or Asia/Shanghai",
    "ist": "Asia/Kolkata, Europe/Dublin or Asia/Jerusalem",
    "mst": "America/Denver or America/Phoenix",
}


def find_zone(typed: str) -> str | None:
    """Return the name of the zone that was typed, such as "Europe/Berlin" or "UTC+2"; None for other text.

    Raises InvalidTime for an offset that does not exist, and for a name with two meanings.
    """
    if match := _OFFSET.fullmatch(typed):
        return _format_offset(match, typed)
    if match := _REVERSED_OFFSET.fullmatch(typed):
        return _resolve_reversed_offset(match, typed)
    key = _make_key(typed)
    if choices := _AMBIGUOUS_ABBREVIATIONS.get(key):
        raise InvalidTime(f"“{TYPED}” is the name of several time zones", typed, advice=f"type {choices}.")
    return _zones_by_key().get(key)


def read_zone(typed: str) -> str:
    """Return the name of the zone that was typed. Raises InvalidTime for other text, with similar names."""
    zone = find_zone(" ".join(typed.split()))
    if zone is None:
        similar = suggest_zones(typed)
        advice = f"did you mean {' or '.join(similar)}?" if similar else "name it like Europe/Berlin."
        raise InvalidTime(f"I don't know “{TYPED}” as a time zone", typed, advice=advice)
    return zone


def normalize_zone(name: str) -> str:
    """Return a zone's name, such as a profile in Slack has it, in the form that `find_zone` returns.

    An unknown name becomes "UTC".
    """
    if match := _REVERSED_OFFSET.fullmatch(name):
        return f"UTC{'-' if match[1] == '+' else '+'}{int(match[2])}" if int(match[2]) else "UTC"
    if name in _FIXED_ZONES or _OFFSET.fullmatch(name):
        return _FIXED_ZONES.get(name) or find_zone(name) or "UTC"
    return _zones_by_key().get(_make_key(name), "UTC")


def load_zone(name: str) -> tzinfo:
    """Return the zone of a name that `find_zone` returned."""
    match = _OFFSET.fullmatch(name)
    return timezone(_parse_offset(match), name) if match else ZoneInfo(name)


def suggest_zones(typed: str) -> list[str]:
    """Return the names of up to two zones that are spelled similarly."""
    key = _make_key(typed)[:MAX_COMPARED_CHARACTERS]
    names = [_zones_by_key()[each] for each in get_close_matches(key, _zones_by_key(), 3, MIN_SIMILARITY)]
    return list(dict.fromkeys(names))[:2]


def _format_offset(match: re.Match[str], typed: str) -> str:
    offset = _parse_offset(match)
    if int(match["minutes"] or 0) > 59 or abs(offset) > timedelta(hours=_MAX_OFFSET_HOURS):
        raise InvalidTime(f"“{TYPED}” is no offset from UTC that exists", typed)
    minutes = match["minutes"] if int(match["minutes"] or 0) else ""
    return f"UTC{match['sign']}{int(match['hours'])}{minutes and ':' + minutes}" if offset else "UTC"


def _parse_offset(match: re.Match[str]) -> timedelta:
    offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
    return -offset if match["sign"] == "-" else offset


def _resolve_reversed_offset(match: re.Match[str], typed: str) -> str:
    """Raise InvalidTime: the database's Etc/GMT+2 is UTC-2, and hardly anybody who types it knows that."""
    hours = int(match[2])
    if hours == 0:
        return "UTC"
    by_rule, as_it_reads = ("UTC-", "UTC+") if match[1] == "+" else ("UTC+", "UTC-")
    raise InvalidTime(
        f"“{TYPED}” means {by_rule}{hours}, though it reads like {as_it_reads}{hours}",
        typed,
        advice=f"type {by_rule}{hours} or {as_it_reads}{hours}, whichever you mean.",
    )


def _make_key(name: str) -> str:
    """Return a name without case, accents and the difference between spaces, hyphens and underscores."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    return re.sub(r"[\s_-]+", "_", plain.casefold().replace(".", ""))


@cache
def _zones_by_key() -> dict[str, str]:
    """Return the name of each zone by all of its keys; later ones override earlier ones."""
    names = sorted(available_timezones() - _NOT_ZONES, key=lambda name: (name.count("/"), name))
    names = [name for name in names if not _REVERSED_OFFSET.fullmatch(name)]
    zones = {_make_key(name): name for name in names}
    for name in names:
        region, _, city = name.rpartition("/")
        if region.partition("/")[0] in _REGIONS and _make_key(city) not in _NOT_CITIES:
            zones[_make_key(city)] = name
    for name, abbreviations in _ABBREVIATIONS.items():
        zones |= dict.fromkeys(abbreviations.split(), name)
    return zones
