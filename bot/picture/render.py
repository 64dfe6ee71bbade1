"""Render SVG as PNG, one drawing after another. renderer.py runs this file as a script.

Each line of standard input is an order as JSON. The answer on standard output is a line with the size of the
PNG, which is 0 if the drawing was refused, and then the PNG.
"""

import json
import os
import signal
import sys
from collections.abc import Sequence

import resvg_py

NICENESS = 10  # of 19: requests that wait for their acknowledgement come first


def render_svg(
    svg: str, family: str, font_files: Sequence[str], *, system_fonts: bool, width: int | None = None
) -> bytes:
    """Render with these fonts, and with the machine's fonts only where they are asked for."""
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        width=width,
        font_files=[*font_files],
        skip_system_fonts=not system_fonts,
        font_family=family,
        serif_family=family,
        sans_serif_family=family,
    )


def answer_orders() -> None:
    """Answer orders until standard input is closed."""
    for line in sys.stdin.buffer:
        try:
            png = render_svg(**json.loads(line))
        except ValueError:  # the text of the error may quote what people wrote
            png = b""
        try:
            sys.stdout.buffer.write(b"%d\n%b" % (len(png), png))
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            os._exit(1)  # the bot was killed: nobody reads what is left


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the bot, which then ends this
    if hasattr(os, "nice"):  # not on Windows
        os.nice(NICENESS)
    answer_orders()
