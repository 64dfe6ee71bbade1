"""A canvas as CSV for spreadsheets and as Markdown for documents. Pure."""

import csv
import io
import re
from collections.abc import Iterable

from bot.method.figures import Figures
from bot.method.kinds import ABOUT, Kind
from bot.method.ranking import Ranked
from bot.method.shown import decimals, percent

COLUMNS = ("kind", "text", "category", "delivered_by", "score", "votes", "rank", "coverage", "relevance")
# What a spreadsheet takes for a formula, the full-width twins included.
_FORMULA = re.compile(r"^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_MARKS = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&])")


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
    products = "|".join(texts[product] for product in entry.delivered_by if product in texts)
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


def to_md(figures: Figures) -> str:
    """Return headings and ranked lists; text of people is escaped, so that none of it formats or links."""
    canvas, fit = figures.canvas, figures.fit
    lines = [f"# Value map: {_plain(canvas.name)}", ""]
    if canvas.segment:
        lines += [f"For **{_plain(canvas.segment)}**", ""]
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
    category = f" *({_plain(place.entry.category)})*" if place.entry.category else ""
    return f"{place.rank}. {_plain(place.entry.text)}{category}: {score}{must_have}"


def _plain(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)
