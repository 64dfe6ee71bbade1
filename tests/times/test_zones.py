"""Reading time zones: names, cities, abbreviations and offsets."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.times.errors import InvalidTime
from bot.times.zones import find_zone, load_zone, normalize_zone, read_zone

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("America/New York", "America/New_York"),
        ("New York", "America/New_York"),
        ("new_york", "America/New_York"),
        ("são paulo", "America/Sao_Paulo"),
        ("Port au Prince", "America/Port-au-Prince"),
        ("St. Johns", "America/St_Johns"),
        ("Buenos Aires", "America/Argentina/Buenos_Aires"),
        ("CET", "CET"),
        ("EST", "America/New_York"),
        ("Pacific", "America/Los_Angeles"),
        ("Z", "UTC"),
        ("GMT", "UTC"),
        ("GMT+2", "UTC+2"),
        ("UTC+02:00", "UTC+2"),
        ("+0200", "UTC+2"),
        ("utc - 3:30", "UTC-3:30"),
        ("UTC+0", "UTC"),
        ("-00:30", "UTC-0:30"),
        ("Etc/GMT+0", "UTC"),
        ("Atlantis", None),
        ("", None),
    ],
)
def test_a_zone_is_found_under_all_of_its_names(typed: str, name: str | None) -> None:
    assert find_zone(typed) == name


@pytest.mark.parametrize("typed", ["Etc/GMT+2", "CST", "IST", "MST", "UTC+15", "+9999", "UTC+2:75", "-1430"])
def test_a_zone_with_two_meanings_or_without_any_is_refused(typed: str) -> None:
    with pytest.raises(InvalidTime) as raised:
        find_zone(typed)
    assert raised.value.typed == (typed,)


def test_the_reversed_offsets_of_the_database_ask_which_is_meant() -> None:
    with pytest.raises(InvalidTime, match=r"“Etc/GMT\+2” means UTC-2.*: type UTC-2 or UTC\+2"):
        read_zone("Etc/GMT+2")
    with pytest.raises(InvalidTime, match=r"“etc/gmt-5” means UTC\+5.*: type UTC\+5 or UTC-5"):
        read_zone("etc/gmt-5")


def test_a_mistyped_zone_has_suggestions_but_no_other_word_has() -> None:
    with pytest.raises(InvalidTime, match=r"“Europe/Berln”.*did you mean Europe/Berlin"):
        read_zone("Europe/Berln")
    with pytest.raises(InvalidTime, match="“tue,” as a time zone: name it like"):
        read_zone("tue,")


def test_an_offset_is_loaded_as_what_it_says() -> None:
    assert NOON.astimezone(load_zone("UTC+5:30")).utcoffset() == timedelta(hours=5, minutes=30)
    assert NOON.astimezone(load_zone("UTC-3")).utcoffset() == timedelta(hours=-3)


def test_every_zone_of_a_profile_becomes_one_with_the_same_clock_that_is_read_back() -> None:
    for name in available_timezones() - {"localtime", "Factory"}:
        normalized = normalize_zone(name)
        assert find_zone(normalized) == normalized
        for moment in (NOON, NOON.replace(month=1)):
            offset = moment.astimezone(load_zone(normalized)).utcoffset()
            assert offset == moment.astimezone(ZoneInfo(name)).utcoffset(), name


def test_an_unknown_zone_of_a_profile_is_utc() -> None:
    assert normalize_zone("Mars/Olympus_Mons") == "UTC"
