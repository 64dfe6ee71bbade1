"""Write a canvas as a file."""

from collections.abc import Sequence

from bot.emoji_names import replace_emoji_codes
from bot.features.exports.csv_format import to_csv, to_evidence_csv
from bot.features.exports.json_format import to_json
from bot.features.exports.markdown_format import to_markdown
from bot.method.discussions import Discussion
from bot.method.metrics import CanvasMetrics
from bot.picture.alt_text import build_alt_text
from bot.picture.model import Links
from bot.picture.png import create_png, create_svg
from bot.slack.blockkit.text import make_file_name
from bot.slack.deps import Deps
from bot.slack.outgoing.files import File
from bot.store import discussions as discussion_store
from bot.store.model import CanvasInfo

PICTURE_FORMATS = ("png", "svg")
EXPORT_FORMATS = ("json", "csv", "md", *PICTURE_FORMATS)


def build_evidence_file(canvas_info: CanvasInfo, metrics: CanvasMetrics) -> File:
    """Return the evidence of a canvas as csv: a table of its own, since that of the canvas is of entries."""
    return File(
        f"{make_file_name(canvas_info.name)}-evidence.csv",
        f"Evidence: {replace_emoji_codes(canvas_info.title)}",
        to_evidence_csv(metrics),
    )


async def load_discussions(deps: Deps, team_id: str, canvas_info: CanvasInfo) -> list[Discussion]:
    """Return the discussions of a canvas in order of their start."""
    async with deps.db.reading(team_id) as session:
        return await discussion_store.list_discussions(session, canvas_info.id)


async def build_export(
    canvas_info: CanvasInfo,
    metrics: CanvasMetrics,
    format_name: str,
    *,
    links: Links = Links.NONE,
    discussions: Sequence[Discussion] = (),
) -> File:
    """Return a canvas as a file in one of EXPORT_FORMATS."""
    return File(
        f"{make_file_name(canvas_info.name)}.{format_name}",
        f"Value map: {replace_emoji_codes(canvas_info.title)}",
        await _render(format_name, links, metrics, discussions),
        build_alt_text(metrics) if format_name in PICTURE_FORMATS else None,
    )


async def _render(
    format_name: str, links: Links, metrics: CanvasMetrics, discussions: Sequence[Discussion]
) -> str | bytes:
    match format_name:
        case "csv":
            return to_csv(metrics)
        case "md":
            return to_markdown(metrics, discussions)
        case "png":
            return await create_png(metrics, links=links)
        case "svg":
            return await create_svg(metrics, links=links)
        case _:
            return to_json(metrics, discussions)
