"""What follows /valuemap: finding the command that was meant, and the help."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from bot.slack.blockkit.builders import Message, actions as row, header, message, note, run, section
from bot.slack.blockkit.text import cut, esc
from bot.slack.request import Handler

SLASH = "/valuemap"
MENU = ""  # the name of what the bare command does
HELP = "help"


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    usage: str  # what may follow the name
    does: str
    handler: Handler


def split(typed: str) -> tuple[str, str]:
    """Return the command's name in lower case, and the rest as it was typed."""
    words = typed.strip().removeprefix(SLASH).strip()
    name, *rest = words.split(maxsplit=1) or [""]
    return name.lower().rstrip(":"), rest[0] if rest else ""


def unknown(name: str, commands: Mapping[str, Command], guess: str | None) -> Message:
    """Say which command may have been meant, and what there is."""
    close = get_close_matches(name, [known for known in commands if known], n=1, cutoff=0.5)
    meant = guess or (close[0] if close else None)
    if meant:
        says = f"I don't know “{esc(cut(name, 50))}”. Did you mean `{SLASH} {esc(cut(meant, 200))}`?"
    else:
        says = f"I don't know “{esc(cut(name, 50))}”."
    shown = help_message(commands)
    suggestion = row(run(cut(meant, 75), meant, style="primary")) if meant and len(meant) < 200 else None
    return message(f"{says}\n{shown.text}", section(says), suggestion, *shown.blocks)


def help_message(commands: Mapping[str, Command]) -> Message:
    """Say what the commands do and how voting works."""
    lines = [_line(command) for command in commands.values()]
    return message(
        "\n".join(lines),
        header("The value map bot"),
        section("\n".join(lines)),
        section(HOW_VOTING_WORKS),
        note(
            f"The same words work after mentioning me, and in a direct message with me. "
            f"Answers to {SLASH} are seen by you alone."
        ),
    )


HOW_VOTING_WORKS = (
    "*How voting works.* Every entry has a card. React to it with a number: :five: is the top of its box "
    "(an important job, an extreme pain, an essential gain), :one: the bottom. You have one vote on a card: "
    "with several numbers the highest counts, and taking a reaction back takes the vote back. Two imaginary "
    "votes of 3 keep one voice from deciding alone."
)


def _line(command: Command) -> str:
    typed = " ".join(part for part in (SLASH, command.name, command.usage) if part)
    return f"`{esc(typed)}` {command.does}"
