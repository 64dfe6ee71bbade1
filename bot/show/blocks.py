"""What the canvas of an earlier day looks like. Pure."""

from datetime import date

from bot.canvas.model import Head
from bot.fit.blocks import shares
from bot.kit.blocks import Message, actions, header, message, note, run, section
from bot.kit.text import esc
from bot.method.figures import Figures
from bot.method.said import counts, verdict
from bot.ranking.blocks import boxes


def earlier(head: Head, day: date, then: Figures) -> Message:
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
