"""The commands after /valuemap: split the typed text, suggest a command, and show the help."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from slack_sdk.models.blocks import ButtonElement

from bot.slack.blockkit.builders import (
    MAX_BUTTON_COMMAND_CHARACTERS,
    Message,
    build_message,
    choice_button,
    command_button,
    context_note,
    header_block,
    section_block,
)
from bot.slack.blockkit.text import capitalize, escape, truncate
from bot.slack.errors import UserError
from bot.slack.request import Handler

SLASH_COMMAND = "/valuemap"
MENU_COMMAND = ""  # the name of /valuemap alone
HELP_COMMAND = "help"
MIN_SIMILARITY = 0.5  # difflib's ratio of a mistyped name to a suggested command, from 0 to 1
MIN_SYNONYM_SIMILARITY = 0.65
MAX_SHOWN_NAME_CHARACTERS = 50
MAX_SHOWN_COMMAND_CHARACTERS = 200
HELP_LINE = f"`{SLASH_COMMAND} {HELP_COMMAND}` lists all."
_MARKS_AROUND_NAME = "`*\"'“”‘’:,.;!?…：，；！？"
_SLASH_COMMAND = re.compile(rf"^{SLASH_COMMAND}\b\s*", re.IGNORECASE)
HOW_VOTING_WORKS = (
    "*How voting works.* *Vote* asks you card by card; or react to a card: :five: matters most, :one: least. "
    "Of several numbers the last one that you set counts, and taking it back takes the vote back. "
    "Few votes count less, and what nobody has voted on waits for votes."
)


class HelpGroup(StrEnum):
    """The groups of the help, in its order: the steps of the method, and the rest."""

    GATHER = "Gather"
    VOTE = "Vote"
    FIT = "Check the fit"
    EVIDENCE = "Test it with customers"
    MORE = "Keep and change"


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a feature, with its line in the help."""

    name: str
    usage: str  # what may follow the name
    description: str
    handler: Handler
    order: int  # sort key in the help; no two commands have the same
    group: HelpGroup


def split_command(command_text: str) -> tuple[str, str]:
    """Return the command's name in lower case, and the unchanged rest of the text."""
    text = _SLASH_COMMAND.sub("", _remove_code_marks(command_text.strip()))
    name, *rest = text.split(maxsplit=1) or [""]
    return name.lower().strip(_MARKS_AROUND_NAME), rest[0] if rest else ""


def _remove_code_marks(text: str) -> str:
    """Return a command without the backticks around it, which it has where the help was copied."""
    return text.strip("`").strip() if text.startswith("`") else text


def build_unknown_command_error(
    text: str, commands: Mapping[str, Command], synonyms: Mapping[str, str], guess: str | None
) -> UserError:
    """Return the answer to an unknown command: the nearest one, by guess or by spelling, and the help.

    A button runs the nearest command with the rest of what was typed.
    """
    suggestion = guess or _suggest_command(text, commands, synonyms)
    typed_name = next(iter(text.split()), "").strip(_MARKS_AROUND_NAME)
    problem = f"I don't know “{escape(truncate(typed_name, MAX_SHOWN_NAME_CHARACTERS))}”."
    return build_suggestion_error(problem, suggestion)


def build_suggestion_error(problem: str, suggestion: str) -> UserError:
    """Return an error that asks whether a command was meant, with a button that runs it; "" suggests none."""
    if suggestion:
        shown_command = escape(truncate(" ".join(suggestion.split()), MAX_SHOWN_COMMAND_CHARACTERS))
        problem += f" Did you mean `{SLASH_COMMAND} {shown_command}`?"
    has_button = bool(suggestion) and len(suggestion) <= MAX_BUTTON_COMMAND_CHARACTERS
    buttons = [choice_button(capitalize(suggestion), suggestion, style="primary")] if has_button else []
    return UserError(f"{problem}\n{HELP_LINE}", *buttons, build_help_button())


def _suggest_command(text: str, commands: Mapping[str, Command], synonyms: Mapping[str, str]) -> str:
    """Return the command that is spelled most similarly, with the rest of the text; "" if none is similar.

    The words of `synonyms` stand for a whole command, so that nothing may follow them.
    """
    name, argument = split_command(text)
    similar = get_close_matches(name, filter(None, commands), n=1, cutoff=MIN_SIMILARITY)
    words = " ".join([name, *argument.lower().split()])
    if words in synonyms or not argument:
        nearest = get_close_matches(words, [*synonyms, *similar], n=1, cutoff=MIN_SYNONYM_SIMILARITY)
        similar = [synonyms.get(each, each) for each in nearest] or similar
        argument = ""
    return " ".join([*similar, argument]).strip() if similar else ""


def build_advice_error(advice: str) -> UserError:
    """Return the answer to a word that is no command, but for which a feature says what to do instead."""
    return UserError(f"{advice}\n{HELP_LINE}", build_help_button())


def build_help_button() -> ButtonElement:
    """Return the button that shows the help."""
    return command_button("Help", HELP_COMMAND)


def build_file_alone_error() -> UserError:
    """Return the answer to a message that is a file without words."""
    return UserError(
        f"I add what a file says with `{SLASH_COMMAND} import`: press the button and choose the file there.",
        command_button("Import", "import", style="primary"),
    )


def build_help_message(commands: Mapping[str, Command]) -> Message:
    """Build the list of commands by the steps of the method, and the explanation of voting."""
    groups = {
        group: [_format_command(command) for command in commands.values() if command.group is group]
        for group in HelpGroup
    }
    sections = ["\n".join([f"*{group}*", *lines]) for group, lines in groups.items() if lines]
    return build_message(
        "\n".join([*sections, HOW_VOTING_WORKS]),
        header_block("The value map bot"),
        *(section_block(each) for each in sections),
        section_block(HOW_VOTING_WORKS),
        context_note(
            "The same words work after mentioning me and in a direct message. Only you see the answers."
        ),
    )


def _format_command(command: Command) -> str:
    text = " ".join(part for part in (SLASH_COMMAND, command.name, command.usage) if part)
    return f"`{escape(text)}` {command.description}"
