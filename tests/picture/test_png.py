import asyncio
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from bot.picture.geometry import PICTURE_HEIGHT, PICTURE_WIDTH
from bot.picture.model import Links
from bot.picture.png import OVERVIEW_PNG_WIDTH, create_overview_png, create_png, render_png
from bot.picture.renderer import Renderer, RenderingFailed
from bot.picture.svg import build_svg
from tests.picture.examples import build_example_metrics, build_metrics

TINY_SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="4"/>'
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
    with_text = read_pixels(render_png(build_svg(build_metrics(1, "Ελληνικά Быстро Zoë")), 800))
    assert with_text != read_pixels(render_png(build_svg(build_metrics(1, "Ελληνικά Быстро Zoé")), 800))


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
    drawn = read_pixels(render_png(build_svg(build_metrics(1, f"{line} xo")), 800))
    assert drawn != read_pixels(render_png(build_svg(build_metrics(1, f"{line} ox")), 800))


def test_the_bot_s_process_does_not_load_the_renderer() -> None:
    """It lets no other thread run until it is done, which takes a quarter of a second."""
    loaded = "import sys, bot.cli; sys.exit('resvg_py' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0


def test_a_drawing_that_is_refused_raises_and_the_next_one_is_rendered_by_the_same_process() -> None:
    renderer = Renderer()
    with pytest.raises(RenderingFailed):
        renderer.render("no drawing", None)
    process = renderer._process
    assert read_size(renderer.render(TINY_SVG, None)) == (8, 4)
    assert read_size(renderer.render(TINY_SVG, 80)) == (80, 40)
    assert renderer._process is process
    assert process is not None
    renderer.stop()
    assert process.returncode is not None


def test_a_renderer_that_died_is_replaced_and_its_pipes_are_closed() -> None:
    renderer = Renderer()
    renderer.render(TINY_SVG, None)
    died = renderer._process
    assert died is not None
    assert died.stdin is not None
    assert died.stdout is not None
    died.kill()
    died.wait()
    assert read_size(renderer.render(TINY_SVG, None)) == (8, 4)
    assert (died.stdin.closed, died.stdout.closed) == (True, True)
    renderer.stop()


@pytest.mark.parametrize(
    ("script", "timeout"),
    [
        ("import sys; sys.stdin.readline()", 60),
        ('import sys; sys.stdin.readline(); print(10); print("short")', 60),
        ("import sys; sys.stdin.read()", 0),  # it never answers
    ],
)
def test_a_renderer_that_ends_or_hangs_raises(
    script: str, timeout: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "render.py").write_text(script)
    monkeypatch.setattr("bot.picture.renderer._SCRIPT", tmp_path / "render.py")
    monkeypatch.setattr("bot.picture.renderer.RENDER_TIMEOUT_SECONDS", timeout)
    renderer = Renderer()
    with pytest.raises(RenderingFailed):
        renderer.render(TINY_SVG, None)
    renderer.stop()


async def test_equal_figures_are_rendered_once_even_if_they_are_asked_for_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rendered = []

    def render(_renderer: Renderer, svg: str, width: int | None) -> bytes:
        rendered.append((svg, width))
        return b"png"

    monkeypatch.setattr(Renderer, "render", render)
    render_png.cache_clear()
    same = [build_metrics(3, "same") for _ in range(4)]
    await asyncio.gather(*map(create_png, same))
    assert len(rendered) == 1
    await create_png(build_metrics(3, "other"))
    await asyncio.gather(*map(create_overview_png, same))
    assert [width for _, width in rendered] == [None, None, OVERVIEW_PNG_WIDTH]
    render_png.cache_clear()
