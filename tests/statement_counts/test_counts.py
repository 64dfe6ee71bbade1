"""How much is asked of the database and of Slack. A regression shows here without a clock."""

import pytest
from tests.statement_counts.counting import Asked, asked, statements

from bot.app import FEATURES
from bot.store.loading import load_canvas
from tests.bench import seed
from tests.bench.constants import TEAM
from tests.conftest import World

MOST_STATEMENTS = 6
MOST_CALLS = 3  # one of them asks who is in the channel: people leave, so it is asked each time
TYPED = (
    "",
    "add",
    "add pain: it rains",
    "add pain: it pours; gain: the sun comes out; job: take a walk",
    "show",
    "rank",
    "rank pain",
    "vote",
    "review",
    "fit",
    "why report",
    "digest",
    "digest now",
    "digest daily 09:00",
    "digest off",
    "export",
    "export csv",
    "export md",
    "export png",
    "import",
    "canvases",
    "settings",
    "help",
    "nonsense",
    "new Another canvas",
)
UPLOAD = ("conversations.open", "files.getUploadURLExternal", "files.completeUploadExternal")
EXCEPTIONS = {
    "vote": (
        10,
        MOST_CALLS,
    ),  # opens a round, once in days: remembers the figures before it and whom it calls
    "add pain: it pours; gain: the sun comes out; job: take a walk": (
        8,
        MOST_CALLS,
    ),  # SQLite: an INSERT an entry
    "show": (MOST_STATEMENTS, 1 + len(UPLOAD)),
    "export": (MOST_STATEMENTS, 1 + len(UPLOAD)),
    "export csv": (MOST_STATEMENTS, 1 + len(UPLOAD)),
    "export md": (MOST_STATEMENTS, 1 + len(UPLOAD)),
    "export png": (MOST_STATEMENTS, 1 + len(UPLOAD)),
}


async def counted(world: World) -> dict[str, Asked]:
    """Type each command in a channel with a canvas; return what each asked until it was answered."""
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    await ana.type_text(channel, "/valuemap add pain: known by name")
    found: dict[str, Asked] = {}
    for typed in TYPED:
        with asked(world) as found[typed]:
            await ana.member.send_text(channel, f"/valuemap {typed}")
            await world.bot.deps.background.drain()
    return found


def within(typed: str, counts: Asked) -> bool:
    statements, calls = EXCEPTIONS.get(typed, (MOST_STATEMENTS, MOST_CALLS))
    return len(counts.statements) <= statements and len(counts.calls) <= calls


def test_every_command_is_counted() -> None:
    commands = {command.name for feature in FEATURES for command in feature.commands}
    assert {*commands, "help"} <= {typed.partition(" ")[0] for typed in TYPED}


async def test_a_command_asks_little_of_the_database_and_of_slack(world: World) -> None:
    found = await counted(world)
    too_much = {
        typed: (len(counts.statements), counts.calls)
        for typed, counts in found.items()
        if not within(typed, counts)
    }
    assert too_much == {}


async def test_a_vote_takes_three_statements_and_no_call_also_a_members_first(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    card = ana.find_message(channel, "*Job*\nreport")
    for reacts, name in (
        (ana.member.add_reaction, "five"),
        (ana.member.add_reaction, "four"),
        (ana.member.remove_reaction, "five"),
    ):
        with asked(world) as counts:
            await reacts(card.message, name)
            await world.bot.deps.background.drain()
        assert len(counts.statements) <= 3
        assert counts.calls == []


async def test_a_reaction_on_any_other_message_takes_one_statement(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap help")  # after which the workspace is known
    await ana.type_text(channel, "good morning")
    with asked(world) as counts:
        await ana.member.add_reaction(ana.last_message(channel).message, "five")
        await world.bot.deps.background.drain()
    assert len(counts.statements) == 1
    assert counts.calls == []


@pytest.mark.parametrize("entries", [6, 120])
async def test_the_figures_take_three_statements_however_many_entries_there_are(
    world: World, entries: int
) -> None:
    await seed.workspace(world.bot.db)
    head, ids = await seed.canvas(world.bot.db, entries)
    await seed.vote(world.bot.db, ids, 5 * entries)
    await seed.mark(world.bot.db, [ids[4], ids[5]], ids[:3], 18)
    with statements(world.bot.db) as run:
        async with world.bot.db.reading(TEAM) as session:
            canvas = await load_canvas(session, head.id)
    assert len(run) == 3
    assert len(canvas.entries) == entries
    assert sum(len(entry.votes) for entry in canvas.entries) == 5 * entries
    assert canvas.reviews
