"""SVG in, PNG out: a program of its own, run by png.py.

The renderer lets nothing else in its process run until it is done, and may end the process over a text.
"""

import os
import sys

import resvg_py

OTHER_FONTS = "<tspan font-family"  # what a drawing says where the font that comes along lacks something


def render(drawn: str, font: str, family: str) -> bytes:
    """Render with the font that comes along, and with the machine's own for what that lacks."""
    return resvg_py.svg_to_bytes(
        svg_string=drawn,
        font_files=[font],
        skip_system_fonts=OTHER_FONTS not in drawn,  # a machine may have hundreds
        font_family=family,
        serif_family=family,
        sans_serif_family=family,
    )


if __name__ == "__main__":
    if hasattr(os, "nice"):  # not on Windows
        os.nice(10)  # whoever waits for an acknowledgement comes first
    drawn, (font, family) = sys.stdin.buffer.read().decode(), sys.argv[1:]
    sys.stdout.buffer.write(render(drawn, font, family))
