"""Render SVG from standard input as PNG to standard output. png.py runs this file as a script.

It is a process of its own since the renderer lets no other thread run until it is done, and since a text that
it cannot handle may end the process.
"""

import os
import sys

import resvg_py

OTHER_FONTS_MARK = "<tspan font-family"  # is in the SVG where the bot's font lacks some of the text
NICENESS = 10  # of 19: requests that wait for their acknowledgement come first


def render_svg(svg: str, font_file: str, family: str) -> bytes:
    """Render with the bot's font, and with the machine's fonts only for text that the bot's font lacks."""
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        font_files=[font_file],
        skip_system_fonts=OTHER_FONTS_MARK not in svg,  # loading them takes long: a machine may have hundreds
        font_family=family,
        serif_family=family,
        sans_serif_family=family,
    )


if __name__ == "__main__":
    if hasattr(os, "nice"):  # not on Windows
        os.nice(NICENESS)
    svg, (font_file, family) = sys.stdin.buffer.read().decode(), sys.argv[1:]
    sys.stdout.buffer.write(render_svg(svg, font_file, family))
