"""What the canvas of an earlier day looks like. Pure."""

from datetime import date

from bot.features.fit.blocks import shares
from bot.features.ranking.blocks import boxes
from bot.method.metrics import Figures
from bot.method.summary import counts, verdict
from bot.slack.blockkit.builders import Message, actions, header, message, note, run, section
from bot.slack.blockkit.text import esc
from bot.store.model import CanvasInfo


def earlier(head: CanvasInfo, day: date, then: Figures) -> Message:
    """The six boxes and the fit as they were at the end of a day."""
    fit = then.fit
    shown, words = boxes(then)
    title = f"Value map on {day}"
    return message(
        "\n".join([f"{title}: {esc(head.title)}. {verdict(fit)} {counts(fit)}. {shares(fit)}", *words]),
        header(f"{title}: {head.name}"),
        section(f"*{verdict(fit)}*\n{counts(fit)}\n{shares(fit)}"),
        *shown,
        note(f"As it was at the end of {day} ({head.time_zone}), with the votes and marks of then."),
        actions(run("Show as it is now", "show", head.id), run("Fit now", "fit", head.id)),
    )
