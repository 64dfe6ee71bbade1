"""How many statements and calls a command takes: a regression shows here without a clock."""

from datetime import timedelta

import pytest

from bot.app import FEATURES
from bot.features.digest.model import DIGEST_JOB
from bot.features.digest.service import enqueue_due_digests
from bot.store import entries as entry_store
from bot.store.loading import load_canvas
from bot.store.votes import Reaction, record_reactions
from bot.times.clock import to_microseconds
from tests.bench import seed
from tests.bench.constants import TEAM_ID
from tests.conftest import World
from tests.statement_counts.counting import WorkCounts, count_work, record_statements

MAX_STATEMENTS = 7
MAX_DIGEST_STATEMENTS = 23  # with the claims before and after it
MAX_CALLS = 3  # one of them lists the members of the channel, once a minute, since people leave
COMMANDS = (
    "",
    "add",
    "add pain: it rains",
    "add pain: it pours; gain: the sun comes out; job: take a walk",
    "show",
    "rank",
    "rank pain",
    "vote",
    "discuss",
    "discuss report",
    "review",
    "fit",
    "why report",
    "digest",
    "digest now",
    "digest daily 09:00",
    "digest off",
    "evidence",
    "risks",
    "test",
    "test report",
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
UPLOAD_METHODS = ("conversations.open", "files.getUploadURLExternal", "files.completeUploadExternal")
EXCEPTIONS = {
    # Opens a round, once in days, and stores the metrics before it.
    "vote": (13, MAX_CALLS),
    # One asks whether the answer has to name the canvas. On SQLite, one INSERT for each entry.
    "add pain: it rains": (7, MAX_CALLS),
    "add pain: it pours; gain: the sun comes out; job: take a walk": (9, MAX_CALLS),
    "new Another canvas": (8, MAX_CALLS),  # two look for one of the same name, one for any other
    "why report": (9, MAX_CALLS),  # of the answer, discussions, reviewers and tickets take one each
    # Starts a discussion: its transaction takes six, and Slack is asked who is in the channel.
    "discuss report": (11, 2),
    # Of the answer, the evidence takes one.
    "rank": (8, MAX_CALLS),
    "rank pain": (8, MAX_CALLS),
    "test report": (10, MAX_CALLS),  # of the form, the entry's card takes three, and its member one
    "show": (MAX_STATEMENTS, 1 + len(UPLOAD_METHODS)),
    "export": (MAX_STATEMENTS, 1 + len(UPLOAD_METHODS)),
    "export csv": (MAX_STATEMENTS, 1 + len(UPLOAD_METHODS)),
    "export md": (MAX_STATEMENTS, 1 + len(UPLOAD_METHODS)),
    "export png": (MAX_STATEMENTS, 1 + len(UPLOAD_METHODS)),
}


async def count_commands(world: World) -> dict[str, WorkCounts]:
    """Type each command in a channel with a canvas; return what each took until it was answered."""
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    await ana.type_text(channel, "/valuemap add pain: known by name")
    counts_by_command: dict[str, WorkCounts] = {}
    for command_text in COMMANDS:
        with count_work(world) as counts_by_command[command_text]:
            await ana.member.send_text(channel, f"/valuemap {command_text}")
            await world.bot.deps.background.drain()
    return counts_by_command


def is_within_limits(command_text: str, counts: WorkCounts) -> bool:
    statements, calls = EXCEPTIONS.get(command_text, (MAX_STATEMENTS, MAX_CALLS))
    return len(counts.statements) <= statements and len(counts.calls) <= calls


def test_every_command_is_counted() -> None:
    commands = {command.name for feature in FEATURES for command in feature.commands}
    assert {*commands, "help"} <= {command_text.partition(" ")[0] for command_text in COMMANDS}


async def test_a_command_takes_few_statements_and_calls(world: World) -> None:
    exceeding = {
        command_text: (len(counts.statements), counts.calls)
        for command_text, counts in (await count_commands(world)).items()
        if not is_within_limits(command_text, counts)
    }
    assert exceeding == {}


async def test_a_vote_takes_three_statements_and_no_call_even_a_members_first(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.play_canvas(channel)
    card = ana.find_message(channel, "*Job*  [⋯]\nreport")
    for act, name in (
        (ana.member.add_reaction, "five"),
        (ana.member.add_reaction, "four"),
        (ana.member.remove_reaction, "five"),
    ):
        with count_work(world) as counts:
            await act(card.message, name)
            await world.bot.deps.background.drain()
        assert len(counts.statements) == 3
        assert counts.calls == []


async def test_a_reaction_on_any_other_message_takes_one_statement(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await ana.type_text(channel, "/valuemap help")  # after which the workspace is known
    await ana.type_text(channel, "good morning")
    with count_work(world) as counts:
        await ana.member.add_reaction(ana.last_message(channel).message, "five")
        await world.bot.deps.background.drain()
    assert len(counts.statements) == 1
    assert counts.calls == []


@pytest.mark.parametrize("entries", [6, 120])
async def test_loading_a_canvas_takes_five_statements_however_many_entries_it_has(
    world: World, entries: int
) -> None:
    await seed.add_workspace(world.bot.db)
    canvas_info, entry_ids = await seed.add_canvas(world.bot.db, entries)
    await seed.add_votes(world.bot.db, entry_ids, 5 * entries)
    await seed.add_reviews(world.bot.db, [entry_ids[4], entry_ids[5]], entry_ids[:3], 18)
    with record_statements(world.bot.db) as statements:
        async with world.bot.db.reading(TEAM_ID) as session:
            canvas = await load_canvas(session, canvas_info.id)
    assert len(statements) == 5
    assert len(canvas.entries) == entries
    assert sum(len(entry.votes) for entry in canvas.entries) == 5 * entries
    assert canvas.reviews


async def test_loading_a_canvas_with_merged_entries_takes_one_statement_more(world: World) -> None:
    await seed.add_workspace(world.bot.db)
    canvas_info, entry_ids = await seed.add_canvas(world.bot.db, 18)
    await seed.add_votes(world.bot.db, entry_ids, 18)
    async with world.bot.db.transaction(TEAM_ID) as session:
        for merged_id in (entry_ids[6], entry_ids[12]):
            assert await entry_store.merge_entry(session, merged_id, entry_ids[0], "U1", world.clock.now())
    with record_statements(world.bot.db) as statements:
        async with world.bot.db.reading(TEAM_ID) as session:
            canvas = await load_canvas(session, canvas_info.id)
    assert len(statements) == 6
    assert len(canvas.entries) == 16


async def test_a_vote_in_a_sealed_round_takes_six_statements_and_two_calls(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    await ana.type_text(channel, "/valuemap add pain: known by name")
    with count_work(world) as counts:
        await ana.member.send_text(channel, "/valuemap vote sealed until in 2 hours")
        await world.bot.deps.background.drain()
    assert len(counts.statements) <= 15, counts.statements
    await world.advance_time(seconds=10)
    await ana.type_text(channel, "/valuemap rank")
    await ana.click_button(ana.last_message(channel), "Vote")
    for label in ("4", "2", "No opinion"):
        world.harness.settle = world.bot.deps.background.drain
        with count_work(world) as counts:
            await ana.modal.click_button(label)
        assert len(counts.statements) <= 6, counts.statements
        assert counts.calls == ["views.update"]


async def test_the_announcement_of_a_vote_looks_for_no_discussion(world: World) -> None:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    with count_work(world) as counts:
        await ana.type_text(channel, "/valuemap vote until in 2 hours")
        await world.advance_time(seconds=10)
    assert "chat.postMessage" in counts.calls
    assert [each for each in counts.statements if "WHERE discussion.round_id" in each] == []


async def test_a_reason_takes_six_statements_and_one_call(world: World) -> None:
    people = [world.harness.add_person(name) for name in ("Ana", "Ben")]
    ana = people[0]
    channel = world.harness.add_channel("product", *people)
    await world.start_canvas(channel)
    await ana.type_text(channel, "/valuemap add pain: known by name")
    await world.advance_time(seconds=10)
    card = ana.find_message(channel, "known by name\nby")
    for person, name in zip(people, ("five", "one"), strict=True):
        await person.add_reaction(card, name)
    await ana.type_text(channel, "/valuemap discuss known")
    await world.advance_time(seconds=10)
    await ana.click_button(ana.find_message(ana.direct_channel, "[Give a reason]"), "Give a reason")
    world.harness.settle = world.bot.deps.background.drain
    form = ana.modal
    await form.fill_field("Your reason for higher", "I know it")
    with count_work(world) as counts:
        await form.submit()
    assert len(counts.statements) <= 6, counts.statements
    assert counts.calls == ["chat.postEphemeral"]


@pytest.mark.parametrize("entries", [6, 60])
async def test_a_digest_takes_as_many_statements_however_many_entries_it_has(
    world: World, entries: int
) -> None:
    worker = world.bot.worker
    worker._handlers = {DIGEST_JOB: worker._handlers[DIGEST_JOB]}  # the picture comes later
    await seed.add_workspace(world.bot.db)
    ((first_id, *_),) = await seed.add_due_digests(world.bot.db, 1, entries)
    for has_changes in (True, False, True):
        if has_changes:
            change = Reaction(first_id, "U0001", 1, True, to_microseconds(world.clock.now()))
            async with world.bot.db.transaction(TEAM_ID) as session:
                await record_reactions(session, [change])
        world.clock.advance(timedelta(days=7))
        await enqueue_due_digests(world.bot.deps)
        with record_statements(world.bot.db) as statements:
            await worker.run_due_jobs()
        assert len(statements) <= MAX_DIGEST_STATEMENTS, statements
