"""A workspace leaves out a scope: what needs it says so in one sentence, and everything else works."""

from datetime import UTC, datetime

import pytest

from bot.doctor import run_checks
from bot.fake_slack.client.harness import Person
from bot.fake_slack.models import SlackChannel
from bot.jobs.backlog_store import list_dead_letters
from bot.manifest import OPTIONAL_SCOPES, SCOPES, build_manifest
from tests.conftest import World, build_settings


async def start_without(world: World, scope: str) -> tuple[Person, SlackChannel]:
    """Start a canvas in a workspace that did not grant a scope."""
    world.slack.declined_scopes.add(scope)
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana, private=scope.startswith("groups"))
    await world.start_canvas(channel)
    return ana, channel


async def assert_main_job_works(world: World, ana: Person, channel: SlackChannel) -> None:
    """Add, vote, review and get a digest; nothing fails for good, and nothing is tried for ever."""
    await ana.type_text(channel, "/valuemap add pain: dear")
    await ana.add_reaction(ana.find_message(channel, "\ndear\nby"), "five")
    await world.advance_time(seconds=2)
    assert "1 vote" in ana.find_message(channel, "\ndear\nby").text
    await ana.type_text(channel, "/valuemap review")
    await ana.modal.fill_field("Fits strongly", ["dear"])
    await ana.modal.submit()
    await ana.type_text(channel, "/valuemap digest now")
    await world.advance_time(minutes=5)
    assert world.find_digests(ana, channel)
    assert "Your value maps" in await ana.open_home()
    calls = len(world.slack.calls)
    await world.advance_time(minutes=1)
    assert len(world.slack.calls) == calls, "nothing is tried again"
    async with world.bot.db.reading(None) as session:
        assert await list_dead_letters(session) == []


def test_the_manifest_marks_the_scopes_that_the_main_job_does_without() -> None:
    scopes = build_manifest("https://x.example/slack/events", socket_mode=False)["oauth_config"]["scopes"]
    assert scopes["bot"] == list(SCOPES)
    assert set(scopes["bot_optional"]) < set(scopes["bot"])
    reviewed_closely = {"channels:history", "groups:history", "im:history", "files:read", "canvases:write"}
    assert reviewed_closely <= set(scopes["bot_optional"])


@pytest.mark.parametrize("scope", OPTIONAL_SCOPES)
async def test_the_main_job_works_without_an_optional_scope(world: World, scope: str) -> None:
    ana, channel = await start_without(world, scope)
    await assert_main_job_works(world, ana, channel)


async def test_without_files_read_the_import_takes_pasted_text(world: World) -> None:
    ana, channel = await start_without(world, "files:read")
    await ana.type_text(channel, "/valuemap import")
    assert "Files can't be imported here: I lack the permission `files:read`" in ana.modal.text
    assert "file_input" not in ana.modal.text
    await ana.modal.submit()
    await ana.modal.fill_field("Paste text", "pain: dear")
    await ana.modal.submit()
    await ana.modal.submit()
    assert "Added 1 entry" in ana.find_message(channel, "Added 1 entry").text


async def test_a_file_that_was_chosen_before_the_scope_was_taken_away_is_explained(world: World) -> None:
    ana, channel = await start_without(world, "im:history")
    await ana.type_text(channel, "/valuemap import")
    await ana.modal.attach_file("Or choose a file", "list.txt", "pain: dear")
    world.slack.declined_scopes.add("files:read")
    modal = await ana.modal.submit()
    (error,) = modal.errors.values()
    assert error.startswith("I can't read files here, so paste the text: I lack the permission `files:read`")


async def test_without_files_write_exports_and_pictures_say_what_is_missing(world: World) -> None:
    ana, channel = await start_without(world, "files:write")
    sentence = "I lack the permission `files:write`, which an admin can give me by installing me again."
    for command in ("export", "export csv", "export png"):
        await ana.type_text(channel, f"/valuemap {command}")
        assert ana.last_message(channel).text == f"That is not possible here: {sentence}"
    await ana.type_text(channel, "/valuemap show")
    assert f"Its picture can't be sent: {sentence}" in ana.last_message(channel).text
    assert world.slack.files == []


async def test_without_canvases_write_there_is_no_document(world: World) -> None:
    ana, channel = await start_without(world, "canvases:write")
    await ana.type_text(channel, "/valuemap show")
    await ana.click_button(ana.last_message(channel), "Keep as a document")
    await world.advance_time(minutes=1)
    assert "I lack the permission `canvases:write`" in ana.last_message(channel).text
    await assert_main_job_works(world, ana, channel)


async def test_without_im_history_home_says_that_direct_messages_are_not_read(world: World) -> None:
    ana, channel = await start_without(world, "im:history")
    await ana.message_bot("fit")
    assert [message.text for message in ana.visible_messages(ana.direct_channel)] == ["fit"]
    home = await ana.open_home()
    assert "I can't read what you write to me under *Messages*, but `/valuemap` works there" in home
    await ana.type_text(ana.direct_channel, "/valuemap fit")
    assert "Fit: Reports" in ana.last_message(ana.direct_channel).text
    world.slack.declined_scopes.clear()
    await ana.type_text(channel, "/valuemap fit")  # its answers tell the bot that the scope is there now
    assert "I can't read" not in await ana.open_home()


@pytest.mark.parametrize("scope", ["channels:history", "groups:history"])
async def test_without_history_a_message_comes_after_a_broken_connection(world: World, scope: str) -> None:
    ana, channel = await start_without(world, scope)
    world.slack.inject_fault("chat.postMessage", drops_connection=True, takes_effect=True)
    await ana.type_text(channel, "/valuemap add pain: dear")
    await world.advance_time(minutes=1)
    await world.settle()
    cards = [message for message in ana.visible_messages(channel) if "\ndear\nby" in message.text]
    assert len(cards) == 2, "it cannot be looked up, and twice is better than never"
    await assert_main_job_works(world, ana, channel)


async def test_doctor_says_what_is_missing_without_an_optional_scope(world: World) -> None:
    url = world.bot.db.url.render_as_string(hide_password=False)
    settings = build_settings(world.slack, url)
    world.slack.declined_scopes |= {"files:read", "im:history"}
    printed = [str(finding) async for finding in run_checks(settings, datetime.now(UTC))]
    for scope in ("files:read", "im:history"):
        assert f"ok    optional scope: without {scope}, {OPTIONAL_SCOPES[scope]}" in printed
    assert "ok    scopes: all needed ones granted" in printed
    world.slack.declined_scopes.add("users:read")
    printed = [str(finding) async for finding in run_checks(settings, datetime.now(UTC))]
    assert "WRONG scopes: missing users:read: add them and reinstall the app" in printed
