"""Create the picture as SVG or PNG, without holding up the event loop."""

import asyncio
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from threading import Lock

from bot.method.metrics import CanvasMetrics
from bot.picture.font import FAMILY
from bot.picture.model import Links
from bot.picture.overview import build_overview_svg
from bot.picture.scripts import find_needed_fonts
from bot.picture.svg import build_svg

RENDER_TIMEOUT_SECONDS = 60  # a picture takes a quarter of a second
# Of 0.3 MB each. A picture is often asked for again: by several members, or after a digest with the same
# picture.
MAX_CACHED_PNGS = 16
_RENDER_SCRIPT = Path(__file__).with_name("render.py")

# Layouts are computed in Python, and so take turns with the event loop. One at a time delays it for one turn
# only.
_laying_out = Lock()


async def create_png(metrics: CanvasMetrics, *, links: Links = Links.NONE) -> bytes:
    """Return the canvas as PNG, with these lines between offers and needs that fit.

    Raises subprocess.CalledProcessError if the picture cannot be rendered, TimeoutExpired if it takes too
    long.
    """
    return await asyncio.to_thread(lambda: render_png(_build_svg_alone(metrics, links=links)))


async def create_overview_png(metrics: CanvasMetrics) -> bytes:
    """Return the overview as PNG, for a channel. Raises what `create_png` raises."""
    return await asyncio.to_thread(lambda: render_png(_build_overview_alone(metrics)))


async def create_svg(metrics: CanvasMetrics, *, links: Links = Links.NONE) -> str:
    """Return the canvas as SVG, with these lines between offers and needs that fit."""
    return await asyncio.to_thread(_build_svg_alone, metrics, links=links)


@lru_cache(maxsize=MAX_CACHED_PNGS)
def render_png(svg: str) -> bytes:
    """Render SVG in a process of its own, since the renderer does not release the interpreter's lock."""
    fonts = find_needed_fonts(svg)
    system = "with-system-fonts" if fonts.system else "without-system-fonts"
    command = [sys.executable, "-P", str(_RENDER_SCRIPT), FAMILY, system, *fonts.files]
    rendered = subprocess.run(  # noqa: S603 - the command is ours
        command, input=svg.encode(), stdout=subprocess.PIPE, check=True, timeout=RENDER_TIMEOUT_SECONDS
    )
    return rendered.stdout


def _build_overview_alone(metrics: CanvasMetrics) -> str:
    with _laying_out:
        return build_overview_svg(metrics)


def _build_svg_alone(metrics: CanvasMetrics, *, links: Links) -> str:
    with _laying_out:
        return build_svg(metrics, links=links)
