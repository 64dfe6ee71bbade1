"""A victim's and an attacker's team, and the bot between them, restored before each attack.

Ana's private channel and Mallory's go through the same story; every text of hers has a word that no other
text has. Then each request that either can make is recorded without the bot getting it, and the attacks are
built from these.
"""

import asyncio
import copy
import gc
import json
import logging
import pickle
import traceback
from collections import defaultdict
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Coroutine,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Engine, Table, create_engine, false, insert, select

from bot.db.tables import Row
from bot.fake_slack.models import TEAM_ID, SlackMessage
from bot.fake_slack.server.change_feed import ChangeKind
from bot.fake_slack.server.delivery import (
    FORM_CONTENT_TYPE,
    JSON_CONTENT_TYPE,
    Headers,
)
from bot.store import canvases
from tests.conftest import World, open_world
from tests.security.attack_story import AttackTeam, Body, open_all_dialogs, play_story
from tests.security.request_recorder import RequestRecorder

VICTIM_WORD, ATTACKER_WORD = "quokka", "wombat"  # in all texts of a team, and nowhere else
T = TypeVar("T")
Rows = dict[str, list[dict[str, Any]]]
RawRows = dict[str, list[tuple[Any, ...]]]  # as the driver reads them
# The attributes of the fake Slack that requests change, beside those that are empty before each attack, and
# the changes that it then publishes. Of files it publishes none.
SLACK_STATE_FIELDS: dict[str, frozenset[ChangeKind]] = {
    "messages": frozenset({ChangeKind.MESSAGE, ChangeKind.DELETED}),
    "files": frozenset(),
    "canvases": frozenset({ChangeKind.CANVAS}),
    "views": frozenset({ChangeKind.VIEW}),
    "view_stacks": frozenset({ChangeKind.VIEW}),
    "home_views": frozenset({ChangeKind.HOME}),
}


@dataclass
class AttackOutcome:
    status: int
    answer: bytes
    sent: list[Any]  # all that left the bot: calls to Slack, messages, the answer to the request


class AttackHarness:
    """The bot with the two teams, in the same state before each attack.

    The database is read by its driver alone: after each of thousands of attacks.
    """

    def __init__(self, world: World, engine: Engine) -> None:
        self.world, self._engine = world, engine
        self.bot, self.slack, self.slack_harness = world.bot, world.slack, world.harness
        self.victim = self._create_team("Ana", VICTIM_WORD)
        self.attacker = self._create_team("Mallory", ATTACKER_WORD)
        self._send_raw = self.slack_harness.delivery.send_raw
        self._saved_rows: Rows = {}
        self._saved_raw_rows: RawRows = {}
        self._saved_slack: dict[str, SavedItems] = {}
        self._raw_rows: RawRows = {}  # after the last attack
        self._shown_messages: dict[str, tuple[str, Any]] = {}
        self._change_feed = self.slack.open_change_feed()
        self._changes: dict[ChangeKind, set[str]] = defaultdict(set)  # keys, since the last restoring
        self.saved_victim_rows: dict[str, Any] = {}
        self.errors = ErrorLog()

    def _create_team(self, name: str, word: str) -> AttackTeam:
        person = self.slack_harness.add_person(name)
        return AttackTeam(person, self.slack_harness.add_channel(f"{word}s", person, private=True), word, [])

    async def prepare(self) -> None:
        """Play the story, record the requests, and save the state that each attack starts from."""
        for team in (self.victim, self.attacker):
            await play_story(self.world, team)
        await self.world.advance_time(minutes=2)
        for team in (self.victim, self.attacker):
            await open_all_dialogs(team)
        await self.world.advance_time(seconds=30)  # a round can be taken back for five minutes
        for team in (self.victim, self.attacker):
            async with self.bot.db.reading(None) as session:
                canvas_info = await canvases.find_current_canvas(session, team.channel.id)
            assert canvas_info is not None
            team.canvas_id = canvas_info.id
            discussions = [
                row for row in self._read_rows()["discussion"] if row["canvas_id"] == canvas_info.id
            ]
            (team.discussion_id,) = [row["id"] for row in discussions]
            entry_ids = {row["text"]: row["id"] for row in self._read_rows()["entry"]}
            await RequestRecorder(self.world).record_everything(team, entry_ids)
        self._saved_rows = self._read_rows()
        self._saved_rows["idempotency_key"] = []  # or a recorded request would count as a repetition
        self._restore_rows(_list_team_tables())
        self._saved_raw_rows = self._raw_rows = self._read_raw_rows()
        self.saved_victim_rows = self._select_victim_rows()
        self._saved_slack = {name: SavedItems(getattr(self.slack, name)) for name in SLACK_STATE_FIELDS}
        self._shown_messages = {
            message.key: (message.text, message.blocks) for message in copy.deepcopy(self.slack.messages)
        }

    async def send(self, kind: str, body: Body) -> AttackOutcome:
        """Restore the state, send a request as Slack signs it, and wait until all its effects are done."""
        self.restore_everything()
        body = self._renew_keys(body)
        answer, status = b"", 200

        async def send_raw(raw: bytes, headers: Headers) -> tuple[int, bytes]:
            nonlocal answer, status
            status, answer = await self._send_raw(raw, headers)
            return 200, b""

        self.slack_harness.delivery.send_raw, send_body = send_raw, self._senders()[kind]
        try:
            await send_body(body)
        finally:
            self.slack_harness.delivery.send_raw = self._send_raw
        await self._settle()
        sent = [*map(list, self.slack.calls), *self._list_new_messages(), answer.decode()]
        return AttackOutcome(status, answer, sent)

    def _list_new_messages(self) -> list[list[Any]]:
        """Return the messages that show something else than before the attack."""
        changed_keys = self._read_changes()[ChangeKind.MESSAGE]
        return [
            [message.text, message.blocks, message.file_ids]
            for message in self.slack.messages
            if message.key in changed_keys
            and (message.text, message.blocks) != self._shown_messages.get(message.key)
        ]

    def _read_changes(self) -> dict[ChangeKind, set[str]]:
        for change in self._change_feed.take_changes():
            self._changes[change.kind].add(change.key)
        return self._changes

    async def remove_member(self, team: AttackTeam) -> None:
        """Remove a team's person from its channel; Slack tells the bot so."""
        await team.person.member.leave_channel(team.channel)
        await self.bot.deps.background.drain()
        self._raw_rows = self._read_raw_rows()  # the next attack restores them

    async def _settle(self) -> None:
        """Wait for background work; run due jobs only if something was written, since it is slow."""
        await self.bot.deps.background.drain()
        self._raw_rows = self._read_raw_rows()
        if _select_relevant_tables(self._raw_rows) != _select_relevant_tables(self._saved_raw_rows):
            await self.world.finish_jobs()
            self._raw_rows = self._read_raw_rows()

    def _senders(self) -> Mapping[str, Callable[[Body], Awaitable[Any]]]:
        delivery = self.slack_harness.delivery

        async def send_command(body: Body) -> None:
            await delivery.send_request(urlencode(body, errors="surrogatepass"), FORM_CONTENT_TYPE)

        async def send_event(body: Body) -> None:
            await delivery.send_request(json.dumps(body), JSON_CONTENT_TYPE)

        return {"command": send_command, "interact": delivery.send_interaction, "event": send_event}

    def _renew_keys(self, body: Body) -> Body:
        """Return the request with a new trigger_id and response_url: each works once."""
        body = copy.deepcopy(body)
        user_id = str(body.get("user_id") or get_at_path(body, ("user", "id")) or "")
        if str(body.get("trigger_id")).endswith(".trigger"):
            body["trigger_id"] = self.slack.new_trigger_id(user_id)
        if str(body.get("response_url")).startswith(self.slack.url):
            channel_id = str(body.get("channel_id") or get_at_path(body, ("channel", "id")) or "")
            body["response_url"] = self.slack.new_response_url(channel_id, user_id)
        return body

    def restore_everything(self) -> None:
        """Restore the database and the fake Slack to the saved state."""
        changed = {name for name, rows in self._raw_rows.items() if rows != self._saved_raw_rows[name]}
        if changed:
            self._restore_rows(_list_with_dependents(changed))
        self._restore_slack()
        self.errors.errors.clear()
        self.slack_harness.delivery.failures.clear()

    def _restore_slack(self) -> None:
        changes = self._read_changes()
        for name, kinds in SLACK_STATE_FIELDS.items():
            if not kinds or changes.keys() & kinds:
                saved, current = self._saved_slack[name], getattr(self.slack, name)
                keys = changes[ChangeKind.MESSAGE] if name == "messages" else None
                setattr(self.slack, name, saved.restore(current, keys))
        changes.clear()
        self.slack.response_urls.clear()  # each attack gets new ones
        self.slack._triggers.clear()
        self.slack._pending_uploads.clear()
        self.slack.calls.clear()

    def _read_rows(self) -> Rows:
        with self._engine.connect() as connection:
            return {
                table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
                for table in _list_team_tables()
            }

    def _read_raw_rows(self) -> RawRows:
        with closing(self._engine.raw_connection()) as connection:
            cursor = connection.cursor()
            return {name: list(cursor.execute(statement)) for name, statement in _build_selects().items()}

    def _restore_rows(self, tables: Sequence[Table]) -> None:
        """Restore rows of the workspace."""
        with self._engine.begin() as connection:
            for table in reversed(tables):
                connection.execute(table.delete().where(~_is_kept(table)))
            for table in tables:
                team_rows = [row for row in self._saved_rows[table.name] if row["team_id"] == TEAM_ID]
                if team_rows:
                    connection.execute(insert(table), team_rows)

    def close(self) -> None:
        """Assert that restoring gives each attack the same state, and close the database."""
        self.restore_everything()
        for name, saved in self._saved_slack.items():
            assert saved.equal(getattr(self.slack, name)), name
        assert self._read_raw_rows() == self._saved_raw_rows
        self._engine.dispose()

    def list_saved_victim_rows(self, *tables: str) -> list[dict[str, Any]]:
        return [row for table in tables for row in self.saved_victim_rows[table]]

    def current_victim_rows(self) -> dict[str, Any]:
        """Return all that is stored now of the victim's channel and canvases."""
        if self._raw_rows == self._saved_raw_rows:
            return self.saved_victim_rows
        return self._select_victim_rows()

    def _select_victim_rows(self) -> dict[str, Any]:
        rows = {
            table.name: [dict(zip(table.c.keys(), row, strict=True)) for row in self._raw_rows[table.name]]
            for table in _list_team_tables()
        }
        return select_channel_rows(rows, self.victim.channel.id)


class SavedItems:
    """The items of a list or a dictionary, each of which can be restored."""

    def __init__(self, container: list[Any] | dict[Any, Any]) -> None:
        self._pickled = {key: pickle.dumps(item) for key, item in _list_items(container).items()}
        self._items = {key: pickle.loads(pickled) for key, pickled in self._pickled.items()}

    def equal(self, container: list[Any] | dict[Any, Any]) -> bool:
        return [*_list_items(container).items()] == [*self._items.items()]

    def restore(
        self, container: list[Any] | dict[Any, Any], changed_keys: Collection[str] | None = None
    ) -> list[Any] | dict[Any, Any]:
        """Restore the items with these keys, or, without keys, those that differ from what was saved."""
        current = _list_items(container)

        def is_unchanged(key: str, item: Any) -> bool:
            if key not in current:
                return False
            return current[key] == item if changed_keys is None else key not in changed_keys

        restored = {
            key: current[key] if is_unchanged(key, item) else pickle.loads(self._pickled[key])
            for key, item in self._items.items()
        }
        return [*restored.values()] if isinstance(container, list) else restored


def _list_items(container: list[Any] | dict[str, Any]) -> dict[str, Any]:
    """Return messages by the keys of their changes, and files by their ids."""
    if isinstance(container, dict):
        return container
    return {item.key if isinstance(item, SlackMessage) else item.id: item for item in container}


class AttackRunner:
    """The harness with its event loop, for tests that are no coroutines."""

    def __init__(self, harness: AttackHarness, runner: asyncio.Runner) -> None:
        self.harness, self._runner = harness, runner

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)


class ErrorLog(logging.Handler):
    """Collects the errors that are logged."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info or record.levelno >= logging.ERROR:
            trace = traceback.format_exception(record.exc_info[1]) if record.exc_info else []
            self.errors.append("".join([record.getMessage(), "\n", *trace[-6:]]))


def _select_relevant_tables(rows: RawRows) -> RawRows:
    """Return the tables that can make something due."""
    return {name: table for name, table in rows.items() if name not in {"workspace", "idempotency_key"}}


def select_channel_rows(rows: Rows, channel_id: str) -> dict[str, Any]:
    """Return the rows that belong to a channel, by its canvases and entries, or its jobs."""
    rows = {name: [row for row in table if row["team_id"] == TEAM_ID] for name, table in rows.items()}
    canvas_ids = {row["id"] for row in rows["canvas"] if row["channel_id"] == channel_id}
    entry_ids = {row["id"] for row in rows["entry"] if row["canvas_id"] in canvas_ids}
    discussion_ids = {row["id"] for row in rows["discussion"] if row["canvas_id"] in canvas_ids}
    references = {
        "canvas_id": canvas_ids,
        "entry_id": entry_ids,
        "offer_id": entry_ids,
        "discussion_id": discussion_ids,
        "channel_id": {channel_id},
    }
    return {
        name: [row for row in table if any(row.get(key) in ids for key, ids in references.items())]
        for name, table in rows.items()
    }


@asynccontextmanager
async def open_attack_harness(url: str) -> AsyncIterator[AttackHarness]:
    """Start a bot on this database, and prepare the two teams."""
    async with open_world(url) as world:
        driver = world.bot.db.url.drivername.removesuffix("+aiosqlite")
        harness = AttackHarness(world, create_engine(world.bot.db.url.set(drivername=driver)))
        await harness.prepare()
        for name in ("bot", "slack_bolt"):
            logging.getLogger(name).addHandler(harness.errors)
        gc.collect()
        gc.freeze()  # or each collection looks through all that stays
        yield harness
        gc.unfreeze()
        harness.close()
        for name in ("bot", "slack_bolt"):
            logging.getLogger(name).removeHandler(harness.errors)


def get_at_path(body: Any, path: tuple[str, ...]) -> Any:
    """Return what is at a path of a payload, also within `private_metadata`; None where nothing is."""
    found: Any = body
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
        if key == "private_metadata":
            found = json.loads(found or "{}")
    return found


@cache
def _list_team_tables() -> list[Table]:
    """Return the tables of what belongs to a workspace, each after those that it refers to."""
    return [table for table in Row.metadata.sorted_tables if "team_id" in table.c]


def _list_with_dependents(names: Collection[str]) -> list[Table]:
    """Return these tables and those whose rows go with theirs, each after those that it refers to."""
    found: dict[str, Table] = {}
    for table in _list_team_tables():
        references = {key.column.table.name for key in table.foreign_keys}
        if table.name in names or references & found.keys():
            found[table.name] = table
    return [*found.values()]


@cache
def _build_selects() -> dict[str, str]:
    """Return a SELECT for each of these tables, without parameters, whose order is always the same."""
    return {
        table.name: str(
            select(table)
            .where(~_is_kept(table))
            .order_by(*table.primary_key.columns)
            .compile(compile_kwargs={"literal_binds": True})
        )
        for table in _list_team_tables()
    }


def _is_kept(table: Table) -> ColumnElement[bool]:
    """Select the rows that no restoring deletes: the bot remembers that it stored other workspaces."""
    return table.c.team_id != TEAM_ID if table.name == "workspace" else false()
