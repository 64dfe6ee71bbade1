"""Parse the evidence of a canvas from the csv of an export. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import chain

from bot.features.exports.csv_format import split_texts
from bot.features.imports.evidence_items import read_item
from bot.features.imports.from_csv import Table, read_rows
from bot.features.imports.json_fields import EntryReference, InvalidFieldError
from bot.features.imports.parsed import Collector, ParsedEvidence, ParseResult, normalize_text
from bot.method.kinds import Kind

REQUIRED_COLUMNS = frozenset({"quote", "source", "grade"})
SIDES = ("supports", "contradicts")


def parse_evidence_csv(text: str, table: Table) -> ParseResult:
    """Parse one item per row. Its entries are those of the canvas with that kind and text, or new."""
    collector, references = Collector(), _References()
    items: list[ParsedEvidence] = []
    for location, cells in read_rows(text, table, collector):
        sides = {side: split_texts(cells.get(side, "")) for side in SIDES}
        if not references.add_all(location, [*chain(*sides.values())], collector):
            continue
        try:
            items.append(read_item({**cells, **sides, "n": _read_number(cells)}, references.by_mention))
        except InvalidFieldError as error:
            collector.errors.append(f"{location}: {error}.")
    return replace(collector.build_result(evidence=tuple(items)), is_evidence_alone=True)


def _read_number(cells: Mapping[str, str]) -> int | str:
    """Return the number of people or cases, 1 where there is none; a text that is no number stays a text."""
    text = cells.get("n", "").strip() or "1"
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else text


class _References:
    """The entries that items name, such as "pain: slow", each once among the file's entries."""

    def __init__(self) -> None:
        self.by_mention: dict[str, EntryReference] = {}
        self._indexes: dict[tuple[Kind, str], int] = {}

    def add_all(self, location: str, mentions: list[str], collector: Collector) -> bool:
        """Add entries; return False after an error."""
        return all(self._add(location, mention, collector) for mention in mentions)

    def _add(self, location: str, mention: str, collector: Collector) -> bool:
        kind_name, _, text = mention.partition(":")
        kind = collector.read_kind(location, kind_name)
        if kind is None:
            return False
        key = kind, normalize_text(text)
        if key not in self._indexes:
            index = len(collector.entries)
            collector.add_entry(location, kind, text)
            if len(collector.entries) == index:
                return False
            self._indexes[key] = index
        self.by_mention[mention] = EntryReference(self._indexes[key], kind)
        return True
