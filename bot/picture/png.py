"""The picture as PNG. This is work for the processor, not for the event loop."""

import asyncio

import resvg_py

from bot.method.figures import Figures
from bot.picture.font import FAMILY, file
from bot.picture.svg import svg


def png(drawn: str) -> bytes:
    """Render SVG, with the font that comes along and with the machine's own for what that lacks."""
    return resvg_py.svg_to_bytes(
        svg_string=drawn,
        font_files=[file()],
        font_family=FAMILY,
        serif_family=FAMILY,
        sans_serif_family=FAMILY,
    )


async def picture(figures: Figures, *, links: bool = False) -> bytes:
    """Return the canvas as PNG, made beside the event loop."""
    return await asyncio.to_thread(lambda: png(svg(figures, links=links)))


async def drawing(figures: Figures, *, links: bool = False) -> str:
    """Return the canvas as SVG, made beside the event loop."""
    return await asyncio.to_thread(svg, figures, links=links)
