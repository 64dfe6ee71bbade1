"""The state of a world, saved once in each process of the tests, for the many tests that begin with it.

What people do before a story begins is played once in a world of its own, and what it leaves is saved: the
state of the fake Slack and the rows of the database. Each test gets a copy in a few milliseconds; to play it,
with the cards and their reactions, takes as long as many a story.
"""

import copy
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.tables import Row
from bot.fake_slack.client.harness import Person
from bot.fake_slack.clock import DEFAULT_START
from bot.fake_slack.models import BOT_USER_ID, SlackChannel, SlackUser
from bot.fake_slack.server.workspace import FakeWorkspace

if TYPE_CHECKING:
    from tests.conftest import World

# What is saved of the fake Slack beside its people, its channels and its numbers.
SAVED_ATTRIBUTES = ("messages", "response_urls", "calls", "_triggers")
# What a test may prepare before the state is restored, and what differs between two fake Slacks that are new.
OWN_ATTRIBUTES = frozenset({"users", "channels", "clock", "manifest", "url", "_change_feeds"})


@dataclass(frozen=True)
class SavedState:
    url: str
    manifest: Mapping[str, Any] | None
    next_number: int
    users: dict[str, SlackUser]
    channels: dict[str, SlackChannel]
    pickled: bytes  # the values of `SAVED_ATTRIBUTES`
    rows: dict[str, list[dict[str, Any]]]  # by table


async def save_state(world: "World") -> SavedState:
    """Return the state of a world whose clock still stands where it started."""
    slack, next_number = world.slack, world.slack.next_number()
    before, after = _describe(FakeWorkspace(None, slack.manifest)), _describe(slack)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {*SAVED_ATTRIBUTES, "_numbers"}
    assert slack.clock.now() == DEFAULT_START
    pickled = pickle.dumps([getattr(slack, name) for name in SAVED_ATTRIBUTES])
    async with world.bot.db.engine.connect() as connection:
        rows = {table.name: await _read_rows(connection, table) for table in Row.metadata.sorted_tables}
    assert rows["job"] == [], "something is still to be done"
    return SavedState(slack.url, slack.manifest, next_number, slack.users, slack.channels, pickled, rows)


def can_restore_state(world: "World", state: SavedState) -> bool:
    """Say whether nothing has happened in this world yet, and nothing there would fail.

    People may be there who are not of this state, and channels that are in it.
    """
    slack = world.slack
    return (
        slack.manifest == state.manifest
        and _describe(slack) == _describe(FakeWorkspace(None, state.manifest))
        and slack.clock.now() == DEFAULT_START
        and slack.fault_policy is None
        and slack.workspaces == [slack]
        and slack.users.keys() & state.users.keys() == {BOT_USER_ID}
        and all(_is_same_channel(channel, state.channels.get(id_)) for id_, channel in slack.channels.items())
    )


def _is_same_channel(channel: SlackChannel, saved: SlackChannel | None) -> bool:
    has_bot = BOT_USER_ID in channel.member_ids
    return saved is not None and has_bot and replace(channel, member_ids=saved.member_ids) == saved


async def restore_state(world: "World", state: SavedState) -> None:
    """Give a world in which nothing has happened yet a copy of this state.

    Its bot is then like one that has been started again: it has not yet asked Slack who it is.
    """
    slack = world.slack
    for name, value in zip(SAVED_ATTRIBUTES, pickle.loads(state.pickled), strict=True):
        setattr(slack, name, value)
    slack.users |= copy.deepcopy(state.users)
    for id_, channel in copy.deepcopy(state.channels).items():
        slack.channels.setdefault(id_, channel).member_ids.update(channel.member_ids)
    slack.start_numbers_at(state.next_number)
    async with world.bot.db.engine.begin() as connection:
        for table in Row.metadata.sorted_tables:
            if rows := [_replace_url(row, state.url, slack.url) for row in state.rows[table.name]]:
                await connection.execute(insert(table), rows)
                await _continue_numbers(connection, table, rows)
    await world.settle()


def find_person(world: "World", name: str) -> Person:
    (user,) = (user for user in world.slack.users.values() if user.name == name)
    return Person(world.harness, user)


def find_channel(world: "World", name: str) -> SlackChannel:
    (channel,) = (channel for channel in world.slack.channels.values() if channel.name == name)
    return channel


def _describe(slack: FakeWorkspace) -> dict[str, str]:
    """Return the state of a workspace in words, which can be compared."""
    names = vars(FakeWorkspace()).keys() - OWN_ATTRIBUTES
    return {name: repr(getattr(slack, name)) for name in names}


async def _read_rows(connection: AsyncConnection, table: Table) -> list[dict[str, Any]]:
    return [dict(row) for row in (await connection.execute(select(table))).mappings()]


async def _continue_numbers(connection: AsyncConnection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Let PostgreSQL go on after the ids of these rows, as SQLite does."""
    column = table.autoincrement_column
    if column is not None and connection.dialect.name == "postgresql":
        sequence = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
        last = max(row[column.name] for row in rows)
        await connection.execute(text(f"SELECT setval({sequence}, {last})"))


def _replace_url(row: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    return {name: value.replace(old, new) if isinstance(value, str) else value for name, value in row.items()}
