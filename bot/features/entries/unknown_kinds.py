"""What a member reads who typed a box that there is not: the nearest one, with a button. Pure."""

from collections.abc import Callable

from bot.method.kinds import Kind, suggest_kind
from bot.slack.blockkit.builders import MAX_BUTTON_COMMAND_CHARACTERS, choice_button
from bot.slack.blockkit.text import capitalize, escape, truncate
from bot.slack.errors import UserError
from bot.slack.incoming.commands import HELP_LINE, build_help_button

MAX_QUOTED_CHARACTERS = 60


def build_unknown_kind_error(
    typed: str, verb: str, build_command: Callable[[Kind], str], hint: str = ""
) -> UserError:
    """Ask which box was meant by `typed`, the nearest one if one is near.

    `verb` begins the labels of the buttons, as in "Rank pains". `build_command` returns what a button runs.
    `hint` says what else may be typed there.
    """
    similar = suggest_kind(typed)
    if similar:
        question, kinds = f"Did you mean {escape(similar.spec.plural)}?{hint}", [similar]
    else:
        quoted = escape(truncate(typed, MAX_QUOTED_CHARACTERS))
        question, kinds = f"I know no kind “{quoted}”. Which box do you mean?{hint}", [*Kind]
    buttons = [
        choice_button(f"{verb} {kind.spec.plural}", command, style="primary" if similar else None)
        for kind in kinds
        if len(command := build_command(kind)) <= MAX_BUTTON_COMMAND_CHARACTERS
    ]
    return UserError(f"{question}\n{HELP_LINE}", *buttons, build_help_button())


def build_mistyped_kind_error(typed: str, kind: Kind, command: str) -> UserError:
    """Ask whether `kind` was meant by what was typed before an entry; the button adds it as that kind."""
    spec = kind.spec
    quoted = escape(truncate(typed, MAX_QUOTED_CHARACTERS))
    question = f"I know no kind “{quoted}”. Did you mean {escape(spec.singular)}?"
    if len(command) > MAX_BUTTON_COMMAND_CHARACTERS:
        question = f"{question} Type it as `{spec.singular}:`."
        return UserError(f"{question}\n{HELP_LINE}", build_help_button())
    button = choice_button(f"Add as {spec.singular}", command, style="primary")
    return UserError(f"{question}\n{HELP_LINE}", button, build_help_button())


def build_box_question(typed: str, quoted: str) -> UserError:
    """Ask for which box a text is; each button adds everything that was typed to its box."""
    text = f"Which box is “{escape(truncate(quoted, MAX_QUOTED_CHARACTERS))}” for?"
    buttons = [
        choice_button(capitalize(kind.spec.short_name), f"add {kind.spec.singular}: {typed.strip()}")
        for kind in Kind
        if typed and len(typed) <= MAX_BUTTON_COMMAND_CHARACTERS
    ]
    if not buttons:
        kinds = ", ".join(f"`{kind.spec.singular}:`" for kind in Kind)
        text = f"{text} Begin with one of {kinds}."
    return UserError(text, *buttons)
