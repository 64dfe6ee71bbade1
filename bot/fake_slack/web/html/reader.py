"""Who a page is rendered for."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a page: dates are in their zone, names as the workspace has them."""

    id: str
    zone: ZoneInfo
    names: Mapping[str, str]  # user id → name, for <@U…>
    channels: Mapping[str, str]  # channel id → name without #, for <#C…>
