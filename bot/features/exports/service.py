"""A canvas as a file, on its way to a person."""

from dataclasses import dataclass

from bot.features.exports.json_format import to_json
from bot.features.exports.tables import to_csv, to_md
from bot.method.metrics import Figures
from bot.picture.alt_text import alt
from bot.picture.png import drawing, picture
from bot.slack.blockkit.text import file_name
from bot.slack.request import Deps
from bot.store.model import CanvasInfo

PICTURES = ("png", "svg")
FORMATS = ("json", "csv", "md", *PICTURES)


@dataclass(frozen=True, slots=True)
class File:
    """What is in a file and, where it is a picture, what that shows."""

    content: str | bytes
    alt: str | None = None


async def send(
    deps: Deps, user: str, head: CanvasInfo, now: Figures, wanted: str, *, links: bool = False
) -> None:
    """Send a canvas as a file to a person, in their direct message with the bot."""
    file = await _file(wanted, links, now)
    opened = await deps.slack.conversations_open(users=user)
    await deps.slack.files_upload_v2(
        channel=opened["channel"]["id"],
        content=file.content,
        filename=f"{file_name(head.name)}.{wanted}",
        title=f"Value map: {head.title}",
        alt_txt=file.alt,
    )


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
