"""Render SVG from standard input as PNG to standard output. png.py runs this file as a script.

It is a process of its own since the renderer lets no other thread run until it is done, and since a text that
it cannot handle may end the process.
"""

import os
import sys
from collections.abc import Sequence

import resvg_py

NICENESS = 10  # of 19: requests that wait for their acknowledgement come first


def render_svg(svg: str, family: str, font_files: Sequence[str], *, system_fonts: bool) -> bytes:
    """Render with these fonts, and with the machine's fonts only where they are asked for."""
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        font_files=[*font_files],
        skip_system_fonts=not system_fonts,
        font_family=family,
        serif_family=family,
        sans_serif_family=family,
    )


if __name__ == "__main__":
    if hasattr(os, "nice"):  # not on Windows
        os.nice(NICENESS)
    family, system, *font_files = sys.argv[1:]
    svg = sys.stdin.buffer.read().decode()
    sys.stdout.buffer.write(render_svg(svg, family, font_files, system_fonts=system == "with-system-fonts"))
