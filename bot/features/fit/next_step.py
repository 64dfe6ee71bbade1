"""The one next best step as everybody sees it, with the button that does it. Pure."""

from slack_sdk.models.blocks import ButtonElement

from bot.method.coach import Do, Step
from bot.method.kinds import ABOUT
from bot.slack.blockkit.builders import Block, button, run, section
from bot.slack.blockkit.text import cut, esc
from bot.store.model import CanvasInfo


def step(head: CanvasInfo, next_: Step) -> list[Block]:
    """The one next best step, with the button that does it."""
    return [section(f":point_right: *Next:* {step_words(next_)}", _button(head, next_))]


def step_words(next_: Step) -> str:
    return next_.says.format(esc(cut(next_.entry.text, 120)) if next_.entry else "")


def _button(head: CanvasInfo, next_: Step) -> ButtonElement:
    word, plural = (ABOUT[next_.kind].word, ABOUT[next_.kind].plural) if next_.kind else ("", "all boxes")
    entry = f"{head.id}:{next_.entry.id}" if next_.entry else ""
    match next_.do:
        case Do.ADD:
            return run(f"Add a {word}", f"add {word}", head.id, style="primary")
        case Do.ANSWER:
            return button(f"Add a {word}", "answer", entry, style="primary")
        case Do.RANK:
            return run(f"Rank {plural}", f"rank {word}".strip(), head.id, style="primary")
        case Do.REVIEW:
            return button("Review it", "review_at", entry, style="primary")
        case Do.LOOK:
            return button("Look at it", "look", entry, style="primary")
        case Do.TEST:
            return run("See what to test", "fit", head.id, style="primary")
