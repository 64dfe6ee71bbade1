"""Parse entries from lines, as people type them after `/valuemap add`. Pure."""

from bot.features.entries.typed_lists import read_list
from bot.features.imports.parsed import Collector, ParseResult
from bot.method.kinds import Kind
from bot.slack.blockkit.markdown import read_inline


def parse_lines(text: str, box: Kind | None = None) -> ParseResult:
    """Parse "pain: too slow; too dear", or several such lines. A kind applies until the next one is named."""
    collector = Collector(box)
    for item in read_list(text, clean_line=read_inline):
        collector.place_text(f"Line {item.line}", item.kind, item.text)
    return collector.build_result()
