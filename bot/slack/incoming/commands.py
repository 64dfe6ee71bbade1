"""The commands after /valuemap: split the typed text, suggest a command, and show the help."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from bot.slack.blockkit.builders import (
    Message,
    build_message,
    command_button,
    context_note,
    header_block,
    section_block,
)
from bot.slack.blockkit.text import escape, truncate
from bot.slack.errors import UserError
from bot.slack.request import Handler

SLASH_COMMAND = "/valuemap"
MENU_COMMAND = ""  # the name of /valuemap alone
HELP_COMMAND = "help"
MIN_SIMILARITY = 0.5  # difflib's ratio of a mistyped name to a suggested command, from 0 to 1
MAX_SHOWN_NAME_CHARACTERS = 50
MAX_SHOWN_COMMAND_CHARACTERS = 200
_MARKS_AROUND_NAME = "`*\"'“”‘’:,.;!?…：，；！？"
_SLASH_COMMAND = re.compile(rf"^{SLASH_COMMAND}\b\s*", re.IGNORECASE)
HOW_VOTING_WORKS = (
    "*How voting works.* Every entry has a card. React to it with a number: :five: is the top of its box "
    "(an important job, an extreme pain, an essential gain), :one: the bottom. You have one vote on a card: "
    "of several numbers the last one that you set counts, and taking a reaction back takes the vote back. "
    "Few votes count less. An entry without votes waits for votes: it has no score, and no gap comes of it."
)


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a feature, with its line in the help."""

    name: str
    usage: str  # what may follow the name
    description: str
    handler: Handler
    order: int  # sort key in the help; steps of ten, so that a command can be inserted


def split_command(command_text: str) -> tuple[str, str]:
    """Return the command's name in lower case, and the unchanged rest of the text."""
    text = _SLASH_COMMAND.sub("", _remove_code_marks(command_text.strip()))
    name, *rest = text.split(maxsplit=1) or [""]
    return name.lower().strip(_MARKS_AROUND_NAME), rest[0] if rest else ""


def _remove_code_marks(text: str) -> str:
    """Return a command without the backticks around it, which it has where the help was copied."""
    return text.strip("`").strip() if text.startswith("`") else text


def build_unknown_command_error(text: str, commands: Mapping[str, Command], guess: str | None) -> UserError:
    """Return the answer to an unknown command: a suggestion, by guess or by spelling, and a short help."""
    name, argument = split_command(text)
    similar = get_close_matches(name, filter(None, commands), n=1, cutoff=MIN_SIMILARITY)
    suggestion = guess or " ".join([*similar, argument] if similar else []).strip()
    typed_name = next(iter(text.split()), "").strip(_MARKS_AROUND_NAME)
    problem = f"I don't know “{escape(truncate(typed_name, MAX_SHOWN_NAME_CHARACTERS))}”."
    names = ", ".join(f"`{each}`" for each in commands if each)
    short_help = f"I know {names}: `{SLASH_COMMAND} {HELP_COMMAND}` says what they do."
    if not suggestion:
        return UserError(f"{problem}\n{short_help}")
    shown_command = escape(truncate(suggestion, MAX_SHOWN_COMMAND_CHARACTERS))
    problem += f" Did you mean `{SLASH_COMMAND} {shown_command}`?"
    is_short = len(suggestion) < MAX_SHOWN_COMMAND_CHARACTERS
    buttons = [command_button(suggestion, suggestion, style="primary")] if is_short else []
    return UserError(f"{problem}\n{short_help}", *buttons)


def build_file_alone_error() -> UserError:
    """Return the answer to a message that is a file without words."""
    return UserError(
        f"I add what a file says with `{SLASH_COMMAND} import`: press the button and choose the file there.",
        command_button("Import", "import", style="primary"),
    )


def build_help_message(commands: Mapping[str, Command]) -> Message:
    """Build the list of commands and the explanation of voting."""
    lines = "\n".join(_format_command(command) for command in commands.values())
    return build_message(
        lines,
        header_block("The value map bot"),
        section_block(lines),
        section_block(HOW_VOTING_WORKS),
        context_note(
            f"The same words work after mentioning me, and in a direct message with me. "
            f"Answers to {SLASH_COMMAND} are seen by you alone."
        ),
    )


def _format_command(command: Command) -> str:
    text = " ".join(part for part in (SLASH_COMMAND, command.name, command.usage) if part)
    return f"`{escape(text)}` {command.description}"
