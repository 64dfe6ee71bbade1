"""The entries that an import added, as the value of its *Undo* button. Pure."""

from collections.abc import Iterable

from bot.slack.blockkit.text import parse_id

MAX_VALUE_CHARACTERS = 1900  # Slack takes 2,000, of which the id of the canvas needs some


def join_ids(entry_ids: Iterable[int]) -> str:
    """Return ids as ranges, "5-9.12"; "" if they do not fit into a button's value."""
    ranges: list[tuple[int, int]] = []
    for entry_id in sorted(entry_ids):
        if ranges and entry_id == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], entry_id)
        else:
            ranges.append((entry_id, entry_id))
    joined = ".".join(f"{first}-{last}" if last > first else str(first) for first, last in ranges)
    return joined if len(joined) <= MAX_VALUE_CHARACTERS else ""


def parse_ids(value: str) -> list[range]:
    """Return the ranges of a value; what is no range is left out."""
    ends = [part.partition("-") for part in value.split(".")]
    bounds = [(parse_id(first), parse_id(last or first)) for first, _, last in ends]
    return [range(first, last + 1) for first, last in bounds if first is not None and last is not None]
