"""What follows /valuemap: finding the command that was meant, and the help."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from bot.slack.blockkit.builders import (
    Message,
    actions_block as row,
    build_message,
    command_button,
    context_note,
    header_block,
    section_block,
)
from bot.slack.blockkit.text import escape, truncate
from bot.slack.request import Handler

SLASH_COMMAND = "/valuemap"
MENU_COMMAND = ""  # the name of what the bare command does
HELP_COMMAND = "help"


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    usage: str  # what may follow the name
    description: str
    handler: Handler
    order: int  # place in the help; steps of ten leave room for commands to come


def split_command(command_text: str) -> tuple[str, str]:
    """Return the command's name in lower case, and the rest as it was typed."""
    words = command_text.strip().removeprefix(SLASH_COMMAND).strip()
    name, *rest = words.split(maxsplit=1) or [""]
    return name.lower().rstrip(":"), rest[0] if rest else ""


def build_unknown_command_message(name: str, commands: Mapping[str, Command], guess: str | None) -> Message:
    """Say which command may have been meant, and what there is."""
    close = get_close_matches(name, [known for known in commands if known], n=1, cutoff=0.5)
    meant = guess or (close[0] if close else None)
    if meant:
        says = f"I don't know “{escape(truncate(name, 50))}”. Did you mean `{SLASH_COMMAND} {escape(truncate(meant, 200))}`?"
    else:
        says = f"I don't know “{escape(truncate(name, 50))}”."
    shown = build_help_message(commands)
    suggestion = (
        row(command_button(truncate(meant, 75), meant, style="primary"))
        if meant and len(meant) < 200
        else None
    )
    return build_message(f"{says}\n{shown.text}", section_block(says), suggestion, *shown.blocks)


def build_help_message(commands: Mapping[str, Command]) -> Message:
    """Say what the commands do and how voting works."""
    lines = [_line(command) for command in commands.values()]
    return build_message(
        "\n".join(lines),
        header_block("The value map bot"),
        section_block("\n".join(lines)),
        section_block(HOW_VOTING_WORKS),
        context_note(
            f"The same words work after mentioning me, and in a direct message with me. "
            f"Answers to {SLASH_COMMAND} are seen by you alone."
        ),
    )


HOW_VOTING_WORKS = (
    "*How voting works.* Every entry has a card. React to it with a number: :five: is the top of its box "
    "(an important job, an extreme pain, an essential gain), :one: the bottom. You have one vote on a card: "
    "with several numbers the highest counts, and taking a reaction back takes the vote back. Two imaginary "
    "votes of 3 keep one voice from deciding alone."
)


def _line(command: Command) -> str:
    typed = " ".join(part for part in (SLASH_COMMAND, command.name, command.usage) if part)
    return f"`{escape(typed)}` {command.description}"
