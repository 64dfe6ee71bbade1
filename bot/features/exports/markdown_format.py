"""A canvas as Markdown for documents. Pure."""

from bot.method.formatting import format_percent, format_score
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics
from bot.method.ranking import RankedEntry
from bot.slack.blockkit.text import escape_markdown


def to_markdown(metrics: CanvasMetrics) -> str:
    """Return headings and ranked lists. User text is escaped, so that it cannot add formatting or links."""
    canvas, fit = metrics.canvas, metrics.fit
    lines = [f"# Value map: {escape_markdown(canvas.name)}", ""]
    if canvas.segment:
        lines += [f"For **{escape_markdown(canvas.segment)}**", ""]
    for kind in Kind:
        lines += [f"## {kind.spec.plural.capitalize()}", ""]
        lines += [_format_item(ranked) for ranked in metrics.boxes[kind]] or ["*nothing yet*"]
        lines.append("")
    must_haves = ", ".join(
        f"{kind.need_spec.must_have_plural} {count}" for kind, count in fit.must_haves.items()
    )
    lines += ["## Fit", "", f"{format_percent(fit.overall)} in all; must-haves addressed: {must_haves}", ""]
    return "\n".join(lines)


def _format_item(ranked: RankedEntry) -> str:
    # No numbered list, since Markdown counts its items itself, and entries may share a rank.
    rank = "" if ranked.rank is None else f"**{ranked.rank}** "
    must_have = " ★" if ranked.must_have else ""
    category = f" *({escape_markdown(ranked.entry.category)})*" if ranked.entry.category else ""
    text = escape_markdown(ranked.entry.text)
    return f"- {rank}{text}{category}: {format_score(ranked.score)}{must_have}"
