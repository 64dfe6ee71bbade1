"""A canvas as CSV for spreadsheets. Pure.

Spreadsheets run a cell that begins like a formula, also in somebody else's file (CSV injection, see
https://owasp.org/www-community/attacks/CSV_Injection), so such cells get an apostrophe in front.
"""

import csv
import io
import re
from collections.abc import Iterable

from bot.emoji_names import replace_emoji_codes
from bot.method.formatting import format_decimals, format_score
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics
from bot.method.model import Evidence
from bot.method.ranking import RankedEntry
from bot.times.clock import format_plain_moment

CSV_COLUMNS = ("kind", "text", "category", "delivered_by", "score", "votes", "rank", "coverage", "relevance")
# A second file, where there is evidence. Entries are written as "pain: slow", joined by "|".
EVIDENCE_COLUMNS = ("quote", "source", "grade", "n", "at", "link", "by", "supports", "contradicts")
# What a spreadsheet reads as a formula, full-width signs included. Leading apostrophes count too: a text that
# begins with "'=" gets one more, so that the import can tell it from an escaped "=".
_FORMULA_START = re.compile(r"^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_CELL_PART = re.compile(r"(?:[^\\|]|\\.?)+", re.DOTALL)


def to_csv(metrics: CanvasMetrics) -> str:
    """Return a line of column names and one line per entry, by box and rank. Lines end in CRLF (RFC 4180)."""
    texts = {entry.id: replace_emoji_codes(entry.text) for entry in metrics.canvas.entries}
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    writer.writerows(_format_row(ranked, metrics, texts) for kind in Kind for ranked in metrics.boxes[kind])
    return output.getvalue()


def to_evidence_csv(metrics: CanvasMetrics) -> str:
    """Return a line of column names and one line per item of evidence, in order of recording."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow(EVIDENCE_COLUMNS)
    writer.writerows(_format_item(item, metrics) for item in metrics.canvas.evidence)
    return output.getvalue()


def _format_item(item: Evidence, metrics: CanvasMetrics) -> Iterable[str]:
    yield escape_formula(replace_emoji_codes(item.quote))
    yield escape_formula(replace_emoji_codes(item.source))
    yield item.grade.label
    yield str(item.count)
    yield item.day.isoformat()
    yield item.link
    yield item.recorder_id
    for entry_ids, _ in item.sides:
        entries = [metrics.ranked[entry_id].entry for entry_id in entry_ids if entry_id in metrics.ranked]
        yield join_texts(f"{entry.kind}: {replace_emoji_codes(entry.text)}" for entry in entries)


def _format_row(ranked: RankedEntry, metrics: CanvasMetrics, texts: dict[int, str]) -> Iterable[str]:
    entry = ranked.entry
    need, offer = metrics.needs.get(entry.id), metrics.offers.get(entry.id)
    products = join_texts(texts[product_id] for product_id in entry.delivered_by if product_id in texts)
    yield entry.kind.value
    yield escape_formula(replace_emoji_codes(entry.text))
    yield escape_formula(entry.category or "")
    yield escape_formula(products)
    yield "" if ranked.waits_for_votes else format_score(ranked, format_plain_moment)
    yield "" if entry.seal else str(ranked.vote_count)
    yield "" if ranked.rank is None else str(ranked.rank)
    yield format_decimals(need.coverage) if need else ""
    yield format_decimals(offer.relevance) if offer else ""


def escape_formula(text: str) -> str:
    """Return the text as a cell that spreadsheets do not run: a formula gets an apostrophe in front."""
    return f"'{text}" if _FORMULA_START.match(text) else text


def unescape_formula(cell: str) -> str:
    """Return what a cell held before `escape_formula`."""
    return cell[1:] if cell.startswith("'") and _FORMULA_START.match(cell) else cell


def join_texts(texts: Iterable[str]) -> str:
    """Return several texts as one cell, separated by "|"; a "|" or backslash within a text is escaped."""
    return "|".join(re.sub(r"([\\|])", r"\\\1", text) for text in texts)


def split_texts(cell: str) -> list[str]:
    """Return the texts that `join_texts` put into a cell."""
    return [re.sub(r"\\([\\|])", r"\1", part) for part in _CELL_PART.findall(cell) if part.strip()]
