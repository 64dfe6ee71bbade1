"""Create the picture as SVG or PNG, without holding up the event loop."""

import atexit
from functools import lru_cache, partial

from bot.concurrency.work_thread import COMPUTING_THREAD, WorkThread
from bot.method.evidence import EvidenceMetrics
from bot.method.metrics import CanvasMetrics
from bot.picture.model import Links
from bot.picture.overview import build_overview_svg
from bot.picture.renderer import Renderer
from bot.picture.risks import build_risk_svg
from bot.picture.svg import build_svg

# Twice as wide as Slack shows a picture in a channel, for screens with two pixels to a point. Rendering takes
# half of the time that it takes at the width of the drawing.
OVERVIEW_PNG_WIDTH = 960
# Of 0.1 to 0.3 MB each. A picture is often asked for again, by several members or by repeated digests, and
# equal figures give the same drawing.
MAX_CACHED_PNGS = 16

_renderer = Renderer()
atexit.register(_renderer.stop)
_rendering_thread = WorkThread("rendering")


async def create_png(metrics: CanvasMetrics, *, links: Links = Links.NONE) -> bytes:
    """Return the canvas as PNG, with these lines between offers and needs that fit.

    Raises RenderingFailed if the picture cannot be rendered, or takes too long.
    """
    svg = await create_svg(metrics, links=links)
    return await _rendering_thread.run(partial(render_png, svg))


async def create_overview_png(metrics: CanvasMetrics) -> bytes:
    """Return the overview as PNG, for a channel. Raises what `create_png` raises."""
    svg = await COMPUTING_THREAD.run(partial(build_overview_svg, metrics))
    return await _rendering_thread.run(partial(render_png, svg, OVERVIEW_PNG_WIDTH))


async def create_risk_png(title: str, evidence: EvidenceMetrics) -> bytes:
    """Return the risks of the canvas with this title as PNG. Raises what `create_png` raises."""
    svg = await COMPUTING_THREAD.run(partial(build_risk_svg, title, evidence))
    return await _rendering_thread.run(partial(render_png, svg))


async def create_svg(metrics: CanvasMetrics, *, links: Links = Links.NONE) -> str:
    """Return the canvas as SVG, with these lines between offers and needs that fit."""
    return await COMPUTING_THREAD.run(partial(build_svg, metrics, links=links))


@lru_cache(maxsize=MAX_CACHED_PNGS)
def render_png(svg: str, width: int | None = None) -> bytes:
    """Render SVG at a width in pixels, or at its own. Raises RenderingFailed."""
    return _renderer.render(svg, width)
