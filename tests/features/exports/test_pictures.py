"""Pictures of a canvas as files in the direct message of the person who asked."""

import pytest

from bot.picture.renderer import RenderingFailed
from tests.conftest import World
from tests.picture.examples import parse_svg
from tests.stories.voting import find_card


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Run on SQLite alone: the database makes no difference here."""
    return sqlite_url


async def test_export_sends_a_png_with_alternative_text_to_the_person_who_asked(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    await ana.type_text(channel, "/valuemap export png")
    (file,) = world.slack.files
    assert file.name == "reports.png"
    assert file.is_picture
    assert file.content.startswith(b"\x89PNG")
    assert file.channel_id == ana.direct_channel.id
    assert "Value proposition canvas of Reports for small shops." in file.alt_text
    assert "Fit is not achieved: no need is a must-have yet." in file.alt_text
    assert "I sent you *Reports for small shops* as a file" in ana.last_message(channel).text


async def test_show_sends_the_picture_and_a_button_sends_it_with_links(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    await ana.type_text(channel, "/valuemap show")
    (file,) = world.slack.files
    assert (file.name, file.channel_id) == ("reports.png", ana.direct_channel.id)
    await ana.click_button(ana.find_message(channel, "I sent you the picture"), "Picture with links")
    assert [file.name for file in world.slack.files] == ["reports.png", "reports.png"]


@pytest.mark.parametrize(
    ("method", "fault"),
    [("files.getUploadURLExternal", {"error": "internal_error"}), ("upload", {"status": 503})],
)
async def test_show_reports_a_picture_that_could_not_be_sent(
    world: World, method: str, fault: dict[str, object]
) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    world.slack.inject_fault(method, **fault)
    await ana.type_text(channel, "/valuemap show")
    assert "– report — waits for votes" in ana.find_message(channel, "I sent you the picture").text
    assert "could not send you the picture" in ana.last_message(channel).text
    assert world.slack.files == []


@pytest.mark.parametrize(
    ("command", "renderer"),
    [
        ("show", "bot.features.exports.service.create_png"),
        ("risks", "bot.features.evidence.service.create_risk_png"),
    ],
)
async def test_who_waits_for_a_picture_that_cannot_be_drawn_is_told_once(
    world: World, monkeypatch: pytest.MonkeyPatch, command: str, renderer: str
) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    await world.advance_time(seconds=5)
    await ana.add_reaction(find_card(ana, channel, "report"), "five")

    async def fail(*_args: object, **_kwargs: object) -> bytes:
        raise RenderingFailed("The renderer ended with -9.")

    monkeypatch.setattr(renderer, fail)
    await ana.type_text(channel, f"/valuemap {command}")
    await world.advance_time(minutes=5)
    ana.find_message(channel, "I sent you the picture")
    retry = "export png" if command == "show" else command
    (told,) = ana.visible_messages(ana.direct_channel)
    assert told.text == (
        f"I could not draw the picture of *Reports for small shops* in <#{channel.id}>. There, "
        f"`/valuemap {retry}` tries again, and `/valuemap export json` has all that would be in it."
    )
    assert world.slack.files == []


async def test_export_sends_an_svg_with_links(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    await ana.type_text(channel, "/valuemap export SVG links")
    (file,) = world.slack.files
    assert file.name == "reports.svg"
    assert "fits partly" in "".join(parse_svg(file.content.decode()).itertext())


@pytest.mark.parametrize("arguments", ["pdf", "json links", "png arrows"])
async def test_an_unknown_format_is_answered_with_the_known_ones(world: World, arguments: str) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    await ana.type_text(channel, f"/valuemap export {arguments}")
    assert f"I can't export “{arguments}”." in ana.last_message(channel).text
    assert "type `json`, `csv`, `md`, `png` or `svg`." in ana.last_message(channel).text
    assert world.slack.files == []
