"""The picture as it comes to the person who asked for it."""

import pytest

from tests.conftest import World
from tests.picture.drawn import parsed


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough: nothing here is about it."""
    return sqlite_url


async def test_the_picture_comes_as_png_with_its_words_to_the_one_who_asked(world: World) -> None:
    ana = world.bench.person("Ana")
    channel = world.bench.channel("product", ana)
    await world.canvas(channel)
    await ana.types(channel, "/valuemap export png")
    (file,) = world.slack.files
    assert file.name == "reports.png"
    assert file.is_picture
    assert file.content.startswith(b"\x89PNG")
    assert file.channel == ana.direct.id
    assert "Value proposition canvas of Reports for small shops." in file.alt_text
    assert "Fit is not achieved: no need is a must-have yet." in file.alt_text
    assert "I sent you *Reports for small shops* as a file" in ana.last(channel).text


async def test_show_brings_the_picture_and_a_button_one_with_its_links(world: World) -> None:
    ana = world.bench.person("Ana")
    channel = world.bench.channel("product", ana)
    await world.canvas(channel)
    await ana.types(channel, "/valuemap show")
    (file,) = world.slack.files
    assert (file.name, file.channel) == ("reports.png", ana.direct.id)
    await ana.clicks(ana.finds(channel, "Its picture comes"), "Picture with links")
    assert [file.name for file in world.slack.files] == ["reports.png", "reports.png"]


async def test_a_picture_that_cannot_be_sent_is_said_and_the_canvas_is_shown(world: World) -> None:
    ana = world.bench.person("Ana")
    channel = world.bench.channel("product", ana)
    await world.canvas(channel)
    world.slack.fail("files.getUploadURLExternal", error="internal_error")
    await ana.types(channel, "/valuemap show")
    assert "1. report" in ana.finds(channel, "Its picture comes").text
    assert "could not send you the picture" in ana.last(channel).text
    assert world.slack.files == []


async def test_the_picture_comes_as_svg_too_and_with_lines(world: World) -> None:
    ana = world.bench.person("Ana")
    channel = world.bench.channel("product", ana)
    await world.canvas(channel)
    await ana.types(channel, "/valuemap export SVG links")
    (file,) = world.slack.files
    assert file.name == "reports.svg"
    assert "fits partly" in "".join(parsed(file.content.decode()).itertext())


@pytest.mark.parametrize("typed", ["pdf", "json links", "png arrows"])
async def test_what_it_cannot_export_it_says(world: World, typed: str) -> None:
    ana = world.bench.person("Ana")
    channel = world.bench.channel("product", ana)
    await world.canvas(channel)
    await ana.types(channel, f"/valuemap export {typed}")
    assert f"I can't export “{typed}” yet" in ana.last(channel).text
    assert "`/valuemap export png`" in ana.last(channel).text
    assert world.slack.files == []
