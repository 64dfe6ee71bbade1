"""What the picture says, in words: for screen readers and wherever it cannot be seen."""

from bot.method.kinds import ABOUT, Kind
from bot.method.metrics import Figures
from bot.method.summary import counts, verdict
from bot.picture.geometry import REGIONS
from bot.picture.text import shown
from bot.slack.blockkit.text import capital, cut

MOST = 1000  # characters that Slack takes as alternative text
GAPS = 3
_TEXT, _TITLE = 60, 80


def alt(figures: Figures) -> str:
    """Return the essentials: verdict, counts, the top of each box, the first gaps."""
    canvas = figures.canvas
    title = f"{canvas.name} for {canvas.segment}" if canvas.segment else canvas.name
    lines = [
        f"Value proposition canvas of {cut(shown(title), _TITLE)}.",
        verdict(figures.fit),
        f"{capital(counts(figures.fit))}.",
        *(_top(figures, region.kind) for region in REGIONS),
        _gaps(figures),
    ]
    return cut("\n".join(line for line in lines if line), MOST)


def _top(figures: Figures, kind: Kind) -> str:
    name, places = capital(ABOUT[kind].plural), figures.boxes[kind]
    if not places:
        return f"{name}: none yet."
    first = places[0]
    text = f"“{cut(shown(first.entry.text), _TEXT)}”"
    return f"{name} ({len(places)}): {'first ' if first.votes else 'not ranked yet, such as '}{text}."


def _gaps(figures: Figures) -> str:
    gaps = figures.fit.gaps
    if not gaps:
        return ""
    named = ", ".join(f"“{cut(shown(gap.ranked.entry.text), _TEXT)}”" for gap in gaps[:GAPS])
    more = f" and {len(gaps) - GAPS} more" if len(gaps) > GAPS else ""
    return f"Gaps: {named}{more}."
