"""A canvas as CSV for spreadsheets and as Markdown for documents. Pure."""

import csv
import io
import re
from collections.abc import Iterable

from bot.method.formatting import decimals, percent
from bot.method.kinds import ABOUT, Kind
from bot.method.metrics import Figures
from bot.method.ranking import Ranked
from bot.slack.blockkit.text import md

COLUMNS = ("kind", "text", "category", "delivered_by", "score", "votes", "rank", "coverage", "relevance")
# What a spreadsheet takes for a formula, the full-width twins included; or would, but for its apostrophes.
_FORMULA = re.compile(r"^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_PARTS = re.compile(r"(?:[^\\|]|\\.?)+", re.DOTALL)


def to_csv(figures: Figures) -> str:
    """Return one line an entry, in the order of the boxes and their ranks, after a line of column names."""
    texts = {entry.id: entry.text for entry in figures.canvas.entries}
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(COLUMNS)
    table.writerows(_row(place, figures, texts) for kind in Kind for place in figures.boxes[kind])
    return written.getvalue()


def _row(place: Ranked, figures: Figures, texts: dict[int, str]) -> Iterable[str]:
    entry = place.entry
    need, offer = figures.needs.get(entry.id), figures.offers.get(entry.id)
    products = joined(texts[product] for product in entry.delivered_by if product in texts)
    yield entry.kind.value
    yield _inert(entry.text)
    yield _inert(entry.category or "")
    yield _inert(products)
    yield str(float(place.score))
    yield str(place.votes)
    yield str(place.rank)
    yield str(float(need.coverage)) if need else ""
    yield str(float(offer.relevance)) if offer else ""


def _inert(text: str) -> str:
    """Return a cell that no spreadsheet runs; one that begins like a formula gets an apostrophe in front."""
    return f"'{text}" if _FORMULA.match(text) else text


def as_written(cell: str) -> str:
    """Return what a cell held before it was made inert."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def joined(texts: Iterable[str]) -> str:
    """Return texts in one cell, parted by bars; a bar within one has a backslash in front."""
    return "|".join(re.sub(r"([\\|])", r"\\\1", text) for text in texts)


def parted(cell: str) -> list[str]:
    """Return the texts that were joined in a cell."""
    return [re.sub(r"\\([\\|])", r"\1", part) for part in _PARTS.findall(cell) if part.strip()]


def to_md(figures: Figures) -> str:
    """Return headings and ranked lists; text of people is escaped, so that none of it formats or links."""
    canvas, fit = figures.canvas, figures.fit
    lines = [f"# Value map: {md(canvas.name)}", ""]
    if canvas.segment:
        lines += [f"For **{md(canvas.segment)}**", ""]
    for kind in Kind:
        lines += [f"## {ABOUT[kind].plural.capitalize()}", ""]
        lines += [_item(place) for place in figures.boxes[kind]] or ["*nothing yet*"]
        lines.append("")
    counts = ", ".join(f"{ABOUT[kind].must_have} {count}" for kind, count in fit.must_haves.items())
    lines += ["## Fit", "", f"{percent(fit.all)} in all; must-haves addressed: {counts}", ""]
    return "\n".join(lines)


def _item(place: Ranked) -> str:
    score = decimals(place.score) if place.votes else "not ranked yet"
    must_have = " ★" if place.must_have else ""
    category = f" *({md(place.entry.category)})*" if place.entry.category else ""
    return f"{place.rank}. {md(place.entry.text)}{category}: {score}{must_have}"
