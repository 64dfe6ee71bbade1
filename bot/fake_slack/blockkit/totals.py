"""What all blocks of a message or a view may hold together."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from bot.fake_slack.blockkit.shapes import Object, need

ALL_TEXT = 13_200
MOST_IN_A_MESSAGE = {
    "table": (1, "only_one_table_allowed"),
    "data_visualization": (2, "no more than 2 charts"),
}
MOST_CHARACTERS = {"table": 10_000, "data_table": 20_000}


def characters(blocks: Any) -> int:
    """Return the characters of all texts of a message together."""
    return sum(len(text) for text in _texts(blocks))


def check_totals(blocks: Sequence[Object], surface: str) -> None:
    """Check what is counted over all blocks: charts, tables, and the characters of tables."""
    counts: Counter[str] = Counter()
    written: Counter[str] = Counter()
    for place, block in enumerate(blocks):
        kind, where = block["type"], f"/blocks/{place}"
        counts[kind] += 1
        if surface == "message" and kind in MOST_IN_A_MESSAGE:
            most, says = MOST_IN_A_MESSAGE[kind]
            need(counts[kind] <= most, where, says)
        if kind in MOST_CHARACTERS:
            written[kind] += characters(block["rows"])
            most = MOST_CHARACTERS[kind]
            need(written[kind] <= most, f"{where}/rows", f"no more than {most} characters in all")


def _texts(thing: Any) -> Iterator[str]:
    if isinstance(thing, list):
        for one in thing:
            yield from _texts(one)
    elif isinstance(thing, dict):
        for key, value in thing.items():
            if key == "text" and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
