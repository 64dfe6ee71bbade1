"""The names of channels and user groups, remembered for a minute, so that many mentions cost few calls."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

MAX_NAME_AGE = timedelta(minutes=1)  # people rename channels, and then expect the new name
MAX_NAMES = 10_000  # above it, all are forgotten


@dataclass(frozen=True, slots=True)
class NameMemory:
    """Names by workspace and id; None where Slack did not tell the name."""

    _names: dict[tuple[str, str], tuple[str | None, datetime]] = field(default_factory=dict)

    def remember(self, team_id: str, object_id: str, name: str | None, now: datetime) -> None:
        """Store a name, or that Slack does not tell it."""
        if len(self._names) >= MAX_NAMES:
            self._names.clear()
        self._names[team_id, object_id] = (name, now + MAX_NAME_AGE)

    def find_name(self, team_id: str, object_id: str, now: datetime) -> str | None:
        """Return a name. Raises KeyError where it has to be asked for."""
        name, until = self._names[team_id, object_id]
        if now >= until:
            raise KeyError(object_id)
        return name
