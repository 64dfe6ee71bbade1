"""What people ask about files."""

from dataclasses import dataclass

from bot.canvas.service import in_hand
from bot.exchange.model import to_json
from bot.exchange.tables import to_csv, to_md
from bot.fit.service import figures_of
from bot.kit.blocks import message
from bot.kit.commands import Command
from bot.kit.errors import Refusal
from bot.kit.request import Answer, Deps, Request
from bot.kit.router import Routes
from bot.kit.text import cut, esc, file_name, listed
from bot.method.figures import Figures
from bot.picture.png import drawing, picture
from bot.picture.words import alt

PICTURES = ("png", "svg")
FORMATS = ("json", "csv", "md", *PICTURES)


@dataclass(frozen=True, slots=True)
class File:
    """A canvas as a file: what is in it and, where it is a picture, what that shows."""

    content: str | bytes
    alt: str | None = None


async def export(request: Request, deps: Deps) -> Answer:
    """Send the canvas as a file to the person who asked, in their direct message with the bot."""
    wanted, links = _asked(request.words)
    head = await in_hand(request, deps)
    file = await _file(wanted, links, await figures_of(deps, request.team, head))
    opened = await deps.slack.conversations_open(users=request.user)
    await deps.slack.files_upload_v2(
        channel=opened["channel"]["id"],
        content=file.content,
        filename=f"{file_name(head.name)}.{wanted}",
        title=f"Value map: {head.title}",
        alt_txt=file.alt,
    )
    return message(f"I sent you *{esc(head.title)}* as a file in our direct message.")


def _asked(words: str) -> tuple[str, bool]:
    """Return the format, and whether the picture is wanted with lines for what fits what."""
    match words.lower().split():
        case []:
            return "json", False
        case [wanted] if wanted in FORMATS:
            return wanted, False
        case [wanted, "links"] if wanted in PICTURES:
            return wanted, True
        case _:
            works = listed([f"`/valuemap export {each}`" for each in FORMATS])
            raise Refusal(f"I can't export “{esc(cut(words.strip(), 30))}” yet: {works} work.")


async def _file(wanted: str, links: bool, now: Figures) -> File:
    match wanted:
        case "csv":
            return File(to_csv(now))
        case "md":
            return File(to_md(now))
        case "png":
            return File(await picture(now, links=links), alt(now))
        case "svg":
            return File(await drawing(now, links=links), alt(now))
        case _:
            return File(to_json(now))


ROUTES = Routes(
    commands=(
        Command(
            "export",
            "[json|csv|md|png|svg] [links]",
            "the canvas as a file, to you alone; pictures also with lines for what fits what",
            export,
        ),
    ),
)
