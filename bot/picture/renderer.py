"""The process that renders pictures, which is started with the first one and stays."""

import contextlib
import json
import subprocess
import sys
from pathlib import Path
from threading import Timer

from bot.picture.font import FAMILY
from bot.picture.scripts import find_needed_fonts

RENDER_TIMEOUT_SECONDS = 60  # a picture takes a quarter of a second
_SCRIPT = Path(__file__).with_name("render.py")


class RenderingFailed(Exception):
    """The renderer refused a drawing, ended or took too long."""


class Renderer:
    """Renders one drawing at a time, in a process of its own.

    The renderer lets no other thread of its process run until it is done, and a text that it cannot handle
    may end the process. The process ends with the bot, which closes its standard input.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def render(self, svg: str, width: int | None) -> bytes:
        """Return the drawing as PNG at a width in pixels, or at its own. Raises RenderingFailed."""
        fonts = find_needed_fonts(svg)
        order = {
            "svg": svg,
            "width": width,
            "family": FAMILY,
            "font_files": fonts.files,
            "system_fonts": fonts.system,
        }
        process = self._find_process()
        timer = Timer(RENDER_TIMEOUT_SECONDS, process.kill)
        timer.start()
        try:
            return _exchange(process, json.dumps(order))
        except (OSError, ValueError) as error:
            process.kill()  # the next drawing gets a new process
            raise RenderingFailed(f"The renderer ended with {process.wait()}.") from error
        finally:
            timer.cancel()

    def stop(self) -> None:
        """End the process, if there is one; the next drawing starts another."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            _close_pipes(self._process)
            self._process = None

    def _find_process(self) -> subprocess.Popen[bytes]:
        """Return the process, or start it if it does not run."""
        if self._process is not None and self._process.poll() is not None:
            _close_pipes(self._process)
            self._process = None
        if self._process is None:
            command = [sys.executable, "-P", str(_SCRIPT)]
            self._process = subprocess.Popen(  # noqa: S603 - the command is ours
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        return self._process


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    """Close the pipes to a process that has ended."""
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        with contextlib.suppress(OSError):  # what it has not read is lost
            pipe.close()


def _exchange(process: subprocess.Popen[bytes], order: str) -> bytes:
    """Send an order as one line; return the PNG, which follows a line with its size.

    Raises OSError or ValueError where the process ends before it has answered.
    """
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{order}\n".encode())
    process.stdin.flush()
    size = int(process.stdout.readline())
    if not size:
        raise RenderingFailed("The renderer refused the drawing.")
    png = process.stdout.read(size)
    if len(png) < size:
        raise ValueError("The picture is incomplete.")
    return png
