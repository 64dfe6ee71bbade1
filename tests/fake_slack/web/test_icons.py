"""The page's icons look the same on every machine."""

from pathlib import Path

import pytest

import bot.fake_slack.web
from bot.fake_slack.web.icons import PATHS, render_icon

SOURCES = {".py", ".js", ".css"}


def test_the_page_itself_needs_no_font_with_emoji() -> None:
    sources = [path for path in Path(bot.fake_slack.web.__file__).parent.rglob("*") if path.suffix in SOURCES]
    assert {path.suffix for path in sources} == SOURCES
    assert [
        path.name for path in sources if any(ord(character) > 0xFFFF for character in path.read_text())
    ] == []


@pytest.mark.parametrize("name", PATHS)
def test_an_icon_is_a_drawing_that_screen_readers_pass_over(name: str) -> None:
    icon = str(render_icon(name))
    assert f'<path d="{PATHS[name]}">' in icon
    assert 'aria-hidden="true"' in icon
