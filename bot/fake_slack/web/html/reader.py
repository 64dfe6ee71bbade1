"""The member for whom a page is rendered."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Reader:
    """What rendering needs: dates are in the member's time zone, mentions have the workspace's names."""

    user_id: str
    time_zone: ZoneInfo
    user_names: Mapping[str, str]  # user id → name, for <@U…>
    channel_names: Mapping[str, str]  # channel id → name without #, for <#C…>
