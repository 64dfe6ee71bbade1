"""Send a canvas to one person as a file."""

from dataclasses import dataclass

from bot.emoji_names import replace_emoji_codes
from bot.features.exports.csv_format import to_csv
from bot.features.exports.json_format import to_json
from bot.features.exports.markdown_format import to_markdown
from bot.method.metrics import CanvasMetrics
from bot.picture.alt_text import build_alt_text
from bot.picture.model import Links
from bot.picture.png import create_png, create_svg
from bot.slack.blockkit.text import make_file_name
from bot.slack.deps import Deps
from bot.store.model import CanvasInfo

PICTURE_FORMATS = ("png", "svg")
EXPORT_FORMATS = ("json", "csv", "md", *PICTURE_FORMATS)


@dataclass(frozen=True, slots=True)
class ExportFile:
    """The content of a file and, for a picture, its alternative text."""

    content: str | bytes
    alt_text: str | None = None


async def send_export(
    deps: Deps,
    user_id: str,
    canvas_info: CanvasInfo,
    metrics: CanvasMetrics,
    format_name: str,
    *,
    links: Links = Links.NONE,
) -> None:
    """Upload a canvas, in one of EXPORT_FORMATS, to a person's direct message with the bot.

    Slack cannot show a file to one person alone within a channel. Raises the errors of the Slack client.
    """
    file = await _render_file(format_name, links, metrics)
    conversation = await deps.slack.conversations_open(users=user_id)
    await deps.slack.files_upload_v2(
        channel=conversation["channel"]["id"],
        content=file.content,
        filename=f"{make_file_name(canvas_info.name)}.{format_name}",
        title=f"Value map: {replace_emoji_codes(canvas_info.title)}",
        alt_txt=file.alt_text,
    )


async def _render_file(format_name: str, links: Links, metrics: CanvasMetrics) -> ExportFile:
    match format_name:
        case "csv":
            return ExportFile(to_csv(metrics))
        case "md":
            return ExportFile(to_markdown(metrics))
        case "png":
            return ExportFile(await create_png(metrics, links=links), build_alt_text(metrics))
        case "svg":
            return ExportFile(await create_svg(metrics, links=links), build_alt_text(metrics))
        case _:
            return ExportFile(to_json(metrics))
