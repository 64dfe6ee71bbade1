"""The picture as PNG. This is work for the processor, not for the event loop."""

import asyncio
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from threading import Lock

from bot.method.metrics import Figures
from bot.picture.font import FAMILY, file
from bot.picture.svg import svg

_RENDER = Path(__file__).with_name("render.py")
_PATIENCE = 60  # seconds; a drawing takes a quarter of one
_LAYING_OUT = Lock()  # one at a time: several would hold up the event loop, each for its turn
_KEPT = 16  # drawings of some 0.3 MB: where several members ask, or a digest was just posted


@lru_cache(maxsize=_KEPT)
def png(drawn: str) -> bytes:
    """Render SVG in a process of its own, which holds nobody up; the same drawing once."""
    command = [sys.executable, "-P", str(_RENDER), file(), FAMILY]
    asked = drawn.encode()
    done = subprocess.run(command, input=asked, stdout=subprocess.PIPE, check=True, timeout=_PATIENCE)  # noqa: S603 - ours
    return done.stdout


async def picture(figures: Figures, *, links: bool = False) -> bytes:
    """Return the canvas as PNG, made beside the event loop."""
    return await asyncio.to_thread(lambda: png(_laid_out(figures, links=links)))


async def drawing(figures: Figures, *, links: bool = False) -> str:
    """Return the canvas as SVG, made beside the event loop."""
    return await asyncio.to_thread(_laid_out, figures, links=links)


def _laid_out(figures: Figures, *, links: bool) -> str:
    with _LAYING_OUT:
        return svg(figures, links=links)
