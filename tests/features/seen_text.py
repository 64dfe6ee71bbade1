"""What a person sees of a message before anything unfolds."""

from typing import Any

from bot.fake_slack.client.plain_text import blocks_to_text
from bot.slack.blockkit.builders import Message


def read_seen(message: Message) -> str:
    """Return the lines that are seen: of a folded block its title, of a table its caption and first page."""
    return blocks_to_text([_cut(block) for block in message.blocks])


def _cut(block: dict[str, Any]) -> dict[str, Any]:
    if block["type"] == "container":
        return {"type": "context", "elements": [block["title"]]}
    if block["type"] == "data_table":
        return {**block, "rows": block["rows"][: 1 + block["page_size"]]}
    return block
