"""Format an entry for a digest. Pure."""

from bot.method.model import Entry
from bot.slack.blockkit.text import escape, truncate

MAX_ENTRY_CHARACTERS = 120


def quote_entry(entry: Entry, max_characters: int = MAX_ENTRY_CHARACTERS) -> str:
    """Return an entry's kind and text for mrkdwn: pain “slow”."""
    return f"{entry.kind.spec.singular} “{escape(truncate(entry.text, max_characters))}”"
