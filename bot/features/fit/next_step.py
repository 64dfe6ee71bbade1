"""Build the block of the next step with its button. Pure."""

from slack_sdk.models.blocks import ButtonElement

from bot.features.cards.blocks import build_discuss_button
from bot.features.votes.blocks import build_vote_button
from bot.features.votes.model import ALL_BOXES
from bot.method.next_step import NextStep, StepAction
from bot.slack.blockkit.builders import Block, action_button, command_button, section_block
from bot.slack.blockkit.text import escape, truncate
from bot.store.model import CanvasInfo
from bot.times.clock import format_moment

TEST_ACTION = "test_start"  # action id
ENTRY_BUTTONS = {  # label and action id
    StepAction.REVIEW: ("Review it", "review_at"),
    StepAction.VIEW: ("Look at it", "look"),
    StepAction.TEST: ("Test it", TEST_ACTION),
}


def build_next_step(canvas_info: CanvasInfo, step: NextStep) -> list[Block]:
    """Return the step as a block with its button."""
    return [
        section_block(
            f":point_right: *Next:* {format_next_step(step)}", _build_step_button(canvas_info, step)
        )
    ]


def build_test_button(
    canvas_info: CanvasInfo, entry_id: int, *, has_open_test: bool = False
) -> ButtonElement:
    """Return the button that opens the form of a test, or shows the open test of the entry."""
    label, action_id = ENTRY_BUTTONS[StepAction.TEST]
    return action_button(
        "See its test" if has_open_test else label, action_id, f"{canvas_info.id}:{entry_id}"
    )


def format_next_step(step: NextStep) -> str:
    """Return the step's text with the text of its entry, or until when it is open, filled in, as mrkdwn."""
    if step.until:
        return step.text.format(format_moment(step.until))
    return step.text.format(escape(truncate(step.entry.text, 120)) if step.entry else "")


def _build_step_button(canvas_info: CanvasInfo, step: NextStep) -> ButtonElement:
    spec = step.kind.spec if step.kind else None
    singular = spec.singular if spec else ""
    add_label = f"Add {spec.singular_with_article}" if spec else ""
    value = f"{canvas_info.id}:{step.entry.id}" if step.entry else ""
    match step.action:
        case StepAction.ADD:
            return command_button(add_label, f"add {singular}", canvas_info.id, style="primary")
        case StepAction.ANSWER:
            return action_button(add_label, "answer", value, style="primary")
        case StepAction.RANK:
            label = f"Vote on {f'the {spec.plural}' if spec else 'all boxes'}"
            return build_vote_button(canvas_info.id, step.kind or ALL_BOXES, label=label, style="primary")
        case StepAction.REVIEW | StepAction.VIEW | StepAction.TEST:
            return action_button(*ENTRY_BUTTONS[step.action], value, style="primary")
        case StepAction.DISCUSS:
            assert step.entry is not None
            return build_discuss_button(canvas_info.id, step.entry, style="primary")
        case StepAction.LIST_TESTS:
            return command_button("See the tests", "test", canvas_info.id, style="primary")
