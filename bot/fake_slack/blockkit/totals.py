"""The limits that hold for all blocks of a message or a view together."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from bot.fake_slack.blockkit.checks import JsonObject, require

# Slack documents no total. Messages are refused with msg_blocks_too_long from about 13,200 characters on:
# https://github.com/slackapi/bolt-js/issues/2509
MAX_MESSAGE_CHARACTERS = 13_200
MAX_PER_MESSAGE = {
    "table": (1, "only_one_table_allowed"),
    "data_visualization": (2, "no more than 2 charts"),
}
# Summed over all tables of one type in a message.
MAX_TABLE_CHARACTERS = {"table": 10_000, "data_table": 20_000}


def count_characters(blocks: Any) -> int:
    """Return the total characters of all texts of a message."""
    return sum(len(text) for text in _find_texts(blocks))


def check_totals(blocks: Sequence[JsonObject], surface: str) -> None:
    """Check what is counted over all blocks: charts, tables, and the characters of tables."""
    counts: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    for index, block in enumerate(blocks):
        block_type, pointer = block["type"], f"/blocks/{index}"
        counts[block_type] += 1
        if surface == "message" and block_type in MAX_PER_MESSAGE:
            limit, message = MAX_PER_MESSAGE[block_type]
            require(counts[block_type] <= limit, pointer, message)
        if block_type in MAX_TABLE_CHARACTERS:
            characters[block_type] += count_characters(block["rows"])
            limit = MAX_TABLE_CHARACTERS[block_type]
            require(
                characters[block_type] <= limit, f"{pointer}/rows", f"no more than {limit} characters in all"
            )


def _find_texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _find_texts(item)
    elif isinstance(value, dict):
        for key, content in value.items():
            if key == "text" and isinstance(content, str):
                yield content
            else:
                yield from _find_texts(content)
