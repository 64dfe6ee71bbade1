import struct
import subprocess
import sys
import zlib

import pytest
from tests.picture.examples import build_example_metrics, build_metrics

from bot.picture.geometry import PICTURE_HEIGHT, PICTURE_WIDTH
from bot.picture.png import create_png, render_png
from bot.picture.svg import build_svg

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def size(file: bytes) -> tuple[int, int]:
    assert file.startswith(SIGNATURE)
    width, height = struct.unpack(">II", file[16:24])
    return width, height


def pixels(file: bytes) -> bytes:
    """Return the unpacked image data: enough to tell a drawing from a blank sheet."""
    found, at = b"", len(SIGNATURE)
    while at < len(file):
        (length,) = struct.unpack(">I", file[at : at + 4])
        if file[at + 4 : at + 8] == b"IDAT":
            found += file[at + 8 : at + 8 + length]
        at += length + 12
    return zlib.decompress(found)


async def test_the_example_is_rendered_at_its_size_and_not_blank() -> None:
    file = await create_png(build_example_metrics(), links=True)
    assert size(file) == (PICTURE_WIDTH, PICTURE_HEIGHT)
    assert len(set(pixels(file))) > 100
    assert len(file) < 2_000_000


def test_letters_of_the_font_that_comes_along_are_drawn() -> None:
    with_text = pixels(render_png(build_svg(build_metrics(1, "Ελληνικά Быстро Zoë"))))
    assert with_text != pixels(render_png(build_svg(build_metrics(1, "Ελληνικά Быстро Zoé"))))


@pytest.mark.parametrize(
    "line",
    [
        "a 👍🏽",
        "thanks ❤️ 👍🏽",
        "a family 👩‍👩‍👧 of four",
        "1️⃣ first",
        "שלום 👩‍👧 עולם",
        "Ship الإصلاح لا بأس now",
    ],
)
def test_letters_beside_what_is_joined_of_several_are_drawn(line: str) -> None:
    """The renderer left out letters after such an emoji, and gave up where too few followed."""
    drawn = pixels(render_png(build_svg(build_metrics(1, f"{line} xo"))))
    assert drawn != pixels(render_png(build_svg(build_metrics(1, f"{line} ox"))))


def test_the_renderer_runs_in_no_process_that_answers() -> None:
    """It holds everything else up until it is done, which takes a quarter of a second."""
    loaded = "import sys, bot.cli; sys.exit('resvg_py' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0


def test_what_cannot_be_drawn_is_an_error_like_any_other() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        render_png("no drawing")
