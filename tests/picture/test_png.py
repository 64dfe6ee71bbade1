import struct
import subprocess
import sys
import zlib

import pytest

from bot.picture.geometry import PICTURE_HEIGHT, PICTURE_WIDTH
from bot.picture.model import Links
from bot.picture.png import create_png, render_png
from bot.picture.svg import build_svg
from tests.picture.examples import build_example_metrics, build_metrics

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def read_size(file: bytes) -> tuple[int, int]:
    assert file.startswith(SIGNATURE)
    width, height = struct.unpack(">II", file[16:24])
    return width, height


def read_pixels(file: bytes) -> bytes:
    """Return the uncompressed image data, which tells a drawing from a blank one."""
    found, at = b"", len(SIGNATURE)
    while at < len(file):
        (length,) = struct.unpack(">I", file[at : at + 4])
        if file[at + 4 : at + 8] == b"IDAT":
            found += file[at + 8 : at + 8 + length]
        at += length + 12
    return zlib.decompress(found)


async def test_the_example_is_rendered_at_its_size_and_not_blank() -> None:
    file = await create_png(build_example_metrics(), links=Links.ALL)
    assert read_size(file) == (PICTURE_WIDTH, PICTURE_HEIGHT)
    assert len(set(read_pixels(file))) > 100
    assert len(file) < 2_000_000


def test_letters_of_the_font_are_drawn() -> None:
    with_text = read_pixels(render_png(build_svg(build_metrics(1, "Ελληνικά Быстро Zoë"))))
    assert with_text != read_pixels(render_png(build_svg(build_metrics(1, "Ελληνικά Быстро Zoé"))))


@pytest.mark.parametrize(
    "line",
    [
        "a 👍🏽",
        "thanks ❤️ 👍🏽",
        "a family 👩‍👩‍👧 of four",
        "1️⃣ first",
        "שלום 👩‍👧 עולם",
        "Ship الإصلاح لا بأس now",
        "🔥 रिपोर्ट की प्रस्तुति",
        "ה\u0d41ന്ന",  # a mark of another script, which no font has together with its letter
        "\u0acb\u0dcaու",
    ],
)
def test_letters_beside_joined_characters_are_drawn(line: str) -> None:
    """The renderer left out letters after such ones in another font, and failed where too few followed."""
    drawn = read_pixels(render_png(build_svg(build_metrics(1, f"{line} xo"))))
    assert drawn != read_pixels(render_png(build_svg(build_metrics(1, f"{line} ox"))))


def test_the_bot_s_process_does_not_load_the_renderer() -> None:
    """It lets no other thread run until it is done, which takes a quarter of a second."""
    loaded = "import sys, bot.cli; sys.exit('resvg_py' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0


def test_svg_that_cannot_be_rendered_raises() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        render_png("no drawing")
