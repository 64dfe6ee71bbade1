"""Nothing that the bot shows, sends, logs or counts depends on the votes of a sealed round that runs.

Everything is looked at twice, before and after members change their votes in private and the numbers on the
cards. What depended on a vote, or on a number, would differ.
"""

import io
import json
import logging
import re
from collections.abc import Iterator
from hashlib import sha256

import pytest

from bot.app import FEATURES
from bot.fake_slack.client.harness import Person, VisibleMessage
from bot.fake_slack.models import SlackChannel, SlackFile
from bot.fake_slack.server.delivery import call_asgi
from bot.observability import logs
from bot.server import build_http_app
from tests.conftest import World
from tests.stories.test_sealed_rounds import open_dialog, vote_in_private
from tests.stories.voting import FRIDAY, find_card, find_public_messages

COMMANDS = (
    "",
    "show",
    "show links",
    "show today",
    "show 2026-10-12",
    "rank",
    "rank pain",
    "rank job",
    "fit",
    "why slow",
    "why dear",
    "why robot",
    "why report",
    "risks",
    "evidence",
    "evidence slow",
    "review",
    "discuss",
    "discuss slow",
    "digest",
    "digest now",
    "canvases",
    "settings",
    "help",
    "vote",
    "vote jobs sealed",
    "add",
    "import",
    "test",
    "test slow",
    "export json",
    "export csv",
    "export md",
    "export svg links",
    "export png",
)
TEXTS = ("slow", "dear", "dull")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Run on SQLite alone: what is shown is built from what both databases return."""
    return sqlite_url


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a process would write at the level DEBUG."""
    root, written = logging.getLogger(), io.StringIO()
    level, handlers = root.level, root.handlers[:]
    logs.set_up_logging("json", "DEBUG")
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)


def test_every_command_is_looked_at() -> None:
    commands = {command.name for feature in FEATURES for command in feature.commands}
    assert commands - {words.partition(" ")[0] for words in COMMANDS} == {"new"}, "it starts another canvas"


async def start_round(world: World, command: str) -> tuple[list[Person], SlackChannel]:
    """Start a canvas that has figures of everything, and seal it."""
    people = [world.harness.add_person("Ana", "Europe/Berlin")]
    people += [world.harness.add_person(name) for name in ("Ben", "Cleo", "Dan")]
    ana = people[0]
    channel = world.harness.add_channel("product", *people)
    await ana.type_text(channel, "/valuemap new Reports for small shops")
    await ana.type_text(
        channel,
        "/valuemap add pain: slow; dear; dull; job: report; reliever: robot; gain: right; product: app",
    )
    await world.advance_time(seconds=10)
    for person, level in zip(people, ("five", "five", "five", "one"), strict=True):
        for text in ("slow", "dear", "report", "robot", "right"):
            await person.add_reaction(find_card(person, channel, text), level)
    await ana.type_text(channel, "/valuemap review")
    await ana.modal.fill_field("Fits strongly", ["slow", "right", "report"])
    await ana.modal.submit()
    await ana.member.close_view(whole_stack=True)
    for _ in range(2):  # a digest compares with the last one, and has a trend from those before it
        await ana.type_text(channel, "/valuemap digest now")
        await world.advance_time(minutes=1)
    await ana.type_text(channel, f"/valuemap {command}")
    if command.startswith("discuss"):
        await ana.click_button(ana.find_message(channel, "[Open the vote]"), "Open the vote")
    await world.advance_time(minutes=3)
    await world.advance_time(minutes=3)
    return people, channel


async def look_at_everything(world: World, person: Person, channel: SlackChannel) -> dict[str, str]:
    """Return everything that a member sees: answers, dialogs, files, cards, Home, and the metrics' names."""
    seen: dict[str, str] = {}
    for name in COMMANDS:
        shown, files = len(world.slack.messages), len(world.slack.files)
        await person.type_text(channel, f"/valuemap {name}")
        await world.advance_time(seconds=20)
        posted = [VisibleMessage(message) for message in world.slack.messages[shown:]]
        seen[name] = "\n".join(f"{one.text}\n{one.message.text}\n{one.message.blocks}" for one in posted)
        seen[f"{name} files"] = "\n".join(
            f"{_read_file(file)}\n{file.alt_text}" for file in world.slack.files[files:]
        )
        if world.slack.top_view(person.id):
            seen[f"{name} dialog"] = person.modal.text
            await person.member.close_view(whole_stack=True)
    for text in (*TEXTS, "report", "robot"):
        card = find_card(person, channel, text)
        seen[f"card {text}"] = f"{card.text}\n{card.message.text}\n{card.message.blocks}"
        for option in ("Why?", "Vote", "Edit or move to another kind", "Merge into another"):
            await person.click_button(card, "⋯", option)
            seen[f"{option} {text}"] = (
                person.modal.text if world.slack.top_view(person.id) else person.last_message(channel).text
            )
            await person.member.close_view(whole_stack=True)
    seen["home"] = await person.open_home()
    await person.use_shortcut("value_maps")
    seen["shortcut"] = person.modal.text
    await person.member.close_view(whole_stack=True)
    return {name: _normalize(text) for name, text in seen.items()}


def _read_file(file: SlackFile) -> str:
    return sha256(file.content).hexdigest() if file.is_picture else file.content.decode()


def _normalize(text: str) -> str:
    """Replace what changes with time, and the ids of messages and blocks."""
    text = re.sub(r"'block_id': '[^']*'| \([0-9]+\)(?=')", "", text)
    # The trend has a point more for each digest: points that are alike count as one.
    text = re.sub(r"( → [0-9]+\u00a0%|, \{'label': [^}]*\}|, '12 Oct')\1+", r"\1", text)
    text = re.sub(r"p[0-9]{16}|[0-9]{10}\.[0-9]{6}|[0-9]{10}", "TS", text)
    return re.sub(r"[0-9]+ (hours|days|minutes) left|<!date[^>]*>|Mon(day)? [0-9 A-Za-z,:-]+", "TIME", text)


async def list_metrics(world: World) -> set[str]:
    """Return the names and labels of all metrics."""
    status, page = await call_asgi(build_http_app(world.bot), "/metrics", {}, b"")
    assert status == 200
    return {line.rpartition(" ")[0] for line in page.decode().splitlines() if not line.startswith("#")}


async def test_nothing_depends_on_the_votes_in_a_running_discussion(world: World) -> None:
    (ana, ben, cleo, dan), channel = await start_round(world, "discuss slow")
    await ana.type_text(channel, "/valuemap vote jobs until friday")
    await vote_in_private(ben, channel, slow="5")
    await vote_in_private(cleo, channel, slow="4")
    await ana.type_text(channel, "/valuemap digest now")
    await world.advance_time(minutes=1)
    before = await look_at_everything(world, ana, channel)
    await vote_in_private(ben, channel, slow="1")
    await vote_in_private(cleo, channel, slow="No opinion")
    await dan.add_reaction(find_card(ana, channel, "slow"), "four")
    await world.advance_time(minutes=1)
    after = await look_at_everything(world, ana, channel)
    assert {name: (text, after[name]) for name, text in before.items() if after[name] != text} == {}
    shown = "\n".join(before[name] for name in ("card slow", "why slow", "export json files"))
    assert "three 5" not in shown
    assert "pain “slow” · its sealed vote is open" in before["discuss"]
    assert '"discussions": []' in shown


def check_no_figures_of_before(seen: dict[str, str]) -> None:
    """Check what is seen where every box is sealed: not even the figures of before are shown."""
    assert seen["rank"].count("sealed until TIME") >= 7
    shown = "\n".join(text for name, text in seen.items() if not name.startswith("digest"))
    for words in (
        r"score [1-5]\.",
        r"\*[1-5]\.[0-9]{2}\*",
        r"Fit [0-9]+\u00a0%",
        r"(one|two|three) 5",
        r"agreement 0",
    ):
        assert re.findall(words, shown) == [], words
    assert '"score": null' in seen["export json files"]
    assert not re.search(r'"(score|rank|weight|agreement)": [0-9]|"votes": \{\s*"', seen["export json files"])
    for name in (
        "card slow",
        "rank",
        "why slow",
        "show",
        "export csv files",
        "export md files",
        "export svg links files",
    ):
        assert "sealed until Fri 16 Oct 17:00 (Europe/Berlin)" in seen[name], name
    for name in ("fit", "risks", "home", "digest now", ""):
        assert "Fri 16 Oct 17:00" in seen[name], name


@pytest.mark.parametrize("command", ["vote pains sealed until friday", "vote sealed until friday"])
async def test_nothing_depends_on_the_votes_of_a_running_round(
    world: World, log: io.StringIO, command: str
) -> None:
    (ana, ben, cleo, dan), channel = await start_round(world, command)
    await vote_in_private(ben, channel, slow="5", dear="5", dull="4")
    await vote_in_private(cleo, channel, slow="4", dear="1", dull="No opinion")
    await world.advance_time(minutes=1)
    await ana.type_text(channel, "/valuemap digest now")  # the first of the round says that it began
    await world.advance_time(minutes=1)
    before = await look_at_everything(world, ana, channel)
    if "pains" not in command:
        check_no_figures_of_before(before)
    metrics_before, log_start = await list_metrics(world), len(log.getvalue())

    world.slack.inject_fault("chat.update", error="internal_error")  # so that there is something to log
    await vote_in_private(ben, channel, slow="1", dear="No opinion", dull="1")
    await vote_in_private(cleo, channel, slow="1", dear="5", dull="5")
    for text in TEXTS:
        for person, name in ((ben, "two"), (cleo, "three"), (dan, "four")):
            await person.add_reaction(find_card(ana, channel, text), name)
    await ben.remove_reaction(find_card(ana, channel, "slow"), "five")
    await world.advance_time(minutes=1)
    after = await look_at_everything(world, ana, channel)
    assert {name: (text, after[name]) for name, text in before.items() if after[name] != text} == {}
    assert after.keys() == before.keys()
    assert {name for name in await list_metrics(world) - metrics_before if "slow" in name} == set()
    written = [json.loads(line) for line in log.getvalue()[log_start:].splitlines()]
    assert written
    assert not [line for line in written if re.search(r"extreme|moderate|opinion", json.dumps(line))]


@pytest.mark.databases("sqlite", "postgresql")
async def test_an_id_of_another_channel_opens_and_changes_nothing(world: World) -> None:
    (ana, ben, *_), channel = await start_round(world, "vote pains sealed until friday")
    eve = world.harness.add_person("Eve")
    elsewhere = world.harness.add_channel("elsewhere", eve)
    await eve.type_text(elsewhere, "/valuemap new Other")
    await eve.type_text(elsewhere, "/valuemap add pain: own")
    await eve.type_text(elsewhere, "/valuemap vote sealed until friday")
    await world.advance_time(seconds=10)
    await open_dialog(ben, channel)
    foreign = next(
        element["value"]
        for block in ben.modal._view["blocks"]
        for element in block.get("elements", ())
        if str(element.get("action_id", "")).startswith("cast_sealed")
    )
    await open_dialog(eve, elsewhere)
    own_canvas_id = next(
        element["value"]
        for block in eve.modal._view["blocks"]
        for element in block.get("elements", ())
        if str(element.get("action_id", "")).startswith("cast_sealed")
    ).partition(":")[0]
    for value in (foreign, f"{own_canvas_id}:{foreign.partition(':')[2]}"):
        for block in eve.modal._view["blocks"]:
            for element in block.get("elements", ()):
                if element.get("action_id") == "cast_sealed:5":
                    element["value"] = value
        await eve.modal.click_button("5")
        for text in (*TEXTS, "report"):
            assert f"*{text}*" not in eve.modal.text
        await eve.member.close_view(whole_stack=True)
        await open_dialog(eve, elsewhere)
    await world.advance_to(FRIDAY)
    await world.advance_time(seconds=30)
    await ana.type_text(channel, "/valuemap export json")
    assert f'"{eve.id}"' not in world.slack.files[-1].content.decode()


async def test_neither_the_trend_nor_home_has_a_fit_of_before(world: World) -> None:
    (ana, *_), channel = await start_round(world, "vote pains sealed until friday")
    earlier = ana.find_message(channel, "Fit digest").text
    (share,) = re.findall(r"Fit ([0-9]+\u00a0%) \(", earlier)
    await ana.type_text(channel, "/valuemap digest now")
    await world.advance_time(minutes=1)
    digest = ana.find_message(channel, "sealed until")
    assert "Fit digest" in digest.text
    home = await ana.open_home()
    for text in (digest.text, str(digest.message.blocks), home):
        assert share not in text
    assert "since today" not in home
    assert "as in today" not in home


async def test_an_import_that_changes_sealed_texts_does_not_say_which_had_votes(world: World) -> None:
    (ana, *_), channel = await start_round(world, "vote pains sealed until friday")
    new_texts = {"slow": "slow!", "dull": "dull!"}  # of which only the first was voted on
    pasted = "\n".join(f"pain: {text}" for text in new_texts.values())
    await ana.type_text(channel, "/valuemap import")
    await ana.modal.attach_file("Or choose a file", "map.txt", pasted)
    await ana.modal.submit()
    await ana.modal.fill_field("What looks alike", "Change the text of what is there")
    await ana.modal.submit()
    await world.advance_time(minutes=1)
    revisions = find_public_messages(ana, channel, " changed a pain: ")
    assert sorted(message.text for message in revisions) == [
        f":pencil2: Ana changed a pain: “{old}” → “{new}”. The votes are kept."
        for old, new in sorted(new_texts.items())
    ]
