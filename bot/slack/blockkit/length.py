"""How long a message is, and how it is shortened. Pure.

Slack documents no limit of all blocks of a message together. It refuses them from about 13,200 characters on.
Escapes and the containers of the texts count: https://github.com/slackapi/bolt-js/issues/2509.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.slack.blockkit.text import truncate_mrkdwn

Block = dict[str, Any]

MAX_BLOCKS_CHARACTERS = 12_000
CONTAINER_CHARACTERS = 20  # an estimate of what Slack counts for each block and element around the texts
MIN_TEXT_CHARACTERS = 100  # a text is cut to no fewer
SHORTENED_TYPES = {"section", "context", "container"}


def count_characters(blocks: Sequence[Block]) -> int:
    """Return the characters of blocks as Slack counts them, at least; their texts are escaped already."""
    containers = sum(
        1 + len(block.get("elements", ())) + len(block.get("child_blocks", ())) for block in blocks
    )
    return containers * CONTAINER_CHARACTERS + sum(len(text) for text in _find_texts(blocks))


def shorten_blocks(blocks: Sequence[Block], max_characters: int) -> list[Block]:
    """Return the blocks with at most so many characters, if their long texts can be cut so far.

    All texts longer than some length are cut to that length, so that the short ones stay whole.
    """
    if count_characters(blocks) <= max_characters:
        return list(blocks)
    cut_blocks = [block for block in blocks if block["type"] in SHORTENED_TYPES]
    lengths = sorted(len(text) for text in _find_texts(cut_blocks))
    remaining = max_characters - (count_characters(blocks) - sum(lengths))
    limit = MIN_TEXT_CHARACTERS
    for index, length in enumerate(lengths):
        limit = max(remaining // (len(lengths) - index), MIN_TEXT_CHARACTERS)
        if length > limit:
            break
        remaining -= length
    return [_cut_texts(block, limit) if block["type"] in SHORTENED_TYPES else block for block in blocks]


def _cut_texts(value: Any, limit: int) -> Any:
    if isinstance(value, list):
        return [_cut_texts(item, limit) for item in value]
    if isinstance(value, dict):
        return {
            key: truncate_mrkdwn(content, limit)
            if key == "text" and isinstance(content, str)
            else _cut_texts(content, limit)
            for key, content in value.items()
        }
    return value


def _find_texts(value: Any) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _find_texts(item)
    elif isinstance(value, dict):
        for key, content in value.items():
            if key == "text" and isinstance(content, str):
                yield content
            else:
                yield from _find_texts(content)
