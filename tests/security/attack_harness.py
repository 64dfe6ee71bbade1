"""Two teams that must not learn of each other, everything that can be asked of the bot, and what came of it.

Ana's private channel and Mallory's go through the same story; in hers every text has an unmistakable word.
Then each button, form, shortcut, select and event is sent once as Slack would send it, but kept from the bot:
what tests send instead is grown from these.
"""

import asyncio
import copy
import gc
import json
import logging
import pickle
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import Engine, Table, create_engine, false, insert, select

from bot.app import Bot
from bot.db.tables import Row
from bot.fake_slack.blockkit.traversal import all_options, interactive_elements
from bot.fake_slack.client.harness import Harness, Person
from bot.fake_slack.clock import FakeClock
from bot.fake_slack.models import BOT_USER_ID, TEAM_ID, SlackChannel
from bot.fake_slack.server.delivery import (
    FORM_CONTENT_TYPE,
    JSON_CONTENT_TYPE,
    Headers,
    RequestSender,
    asgi_sender,
)
from bot.fake_slack.server.http_server import FakeSlack
from bot.manifest import EVENTS, build_manifest
from bot.server import build_http_app
from bot.settings import Settings
from bot.store import canvases
from bot.timing import UNTHROTTLED_TIMING
from tests.conftest import World

VICTIM_WORD, ATTACKER_WORD = "quokka", "wombat"  # the unmistakable words
T = TypeVar("T")
Body = dict[str, Any]
Rows = dict[str, list[dict[str, Any]]]
SLACK_STATE_FIELDS = {"messages", "files", "documents", "views", "stacks", "homes", "replies", "_triggers", "_coming"}


@dataclass(frozen=True)
class RecordedRequest:
    """Something that was asked of the bot: by which route, and as Slack sent it."""

    route: str
    kind: str  # command, interact or event
    body: Body


@dataclass
class AttackTeam:
    """One team with its channel, and everything that its member asked, by route."""

    person: Person
    channel: SlackChannel
    word: str
    requests: list[RecordedRequest]
    canvas_id: int = 0

    def list_requests(self, route: str) -> list[RecordedRequest]:
        return [one for one in self.requests if one.route == route]


@dataclass
class AttackOutcome:
    status: int
    answer: bytes
    sent: list[Any]  # all that left the bot: calls to Slack, answers by response URL, the answer itself


class AttackHarness:
    """The bot between the two teams, as it was before each thing that is tried.

    Its database is looked at beside the bot, by a connection without a loop: that is done thousands of times.
    """

    def __init__(self, world: World, beside: Engine) -> None:
        self.world, self._engine = world, beside
        self.bot, self.slack, self.slack_harness = world.bot, world.slack, world.harness
        self.victim, self.attacker = self._create_team("Ana", VICTIM_WORD), self._create_team("Mallory", ATTACKER_WORD)
        self._send_raw = self.slack_harness.delivery.send_raw
        self._saved: tuple[Rows, bytes] = ({}, b"")
        self._rows: Rows = {}  # as they were when what was tried last had come to rest
        self._shown_messages: dict[str, str] = {}
        self.saved_victim_rows: dict[str, Any] = {}
        self.errors = ErrorLog()

    def _create_team(self, name: str, word: str) -> AttackTeam:
        person = self.slack_harness.add_person(name)
        return AttackTeam(person, self.slack_harness.add_channel(f"{word}s", person, private=True), word, [])

    async def prepare(self) -> None:
        for team in (self.victim, self.attacker):
            await _play_story(self.world, team)
        await self.world.advance_time(minutes=2)
        for team in (self.victim, self.attacker):
            await _open_all_dialogs(team)
        await self.world.advance_time(minutes=2)
        for team in (self.victim, self.attacker):
            async with self.bot.db.reading(None) as session:
                head = await canvases.find_current_canvas(session, team.channel.id)
            assert head is not None
            team.canvas_id = head.id
            await self._record_everything(team)
        rows = self._read_rows()
        rows["idempotency_key"] = []  # what is sent again is to act again
        self._restore_rows(rows)
        self.slack.response_urls.clear()  # which are made anew each time
        self.slack._triggers.clear()
        self._saved, self._rows, self._shown_messages = (rows, self._pickle_slack()), rows, self._dump_messages()
        self.saved_victim_rows = select_channel_rows(rows, self.victim.channel.id)

    # What can be asked

    async def _record_everything(self, team: AttackTeam) -> None:
        for name in self.bot.router.commands:
            words = f"/valuemap {name} {_EXAMPLE_ARGUMENTS.get(name, '')}".strip()
            await self._record(team, f"command {name}", team.person.type_text(team.channel, words))
            await self._record(
                team, f"command {name}", team.person.message_bot(words.removeprefix("/valuemap "))
            )
            mention = f"@{self.slack.users[BOT_USER_ID].name} {words.removeprefix('/valuemap ')}"
            await self._record(team, f"command {name}", team.person.type_text(team.channel, mention))
        for seen in team.person.visible_messages(team.channel) + team.person.visible_messages(
            team.person.direct_channel
        ):
            for block in seen.message.blocks:
                for element, given in _list_choices(block):
                    act = team.person.member.act_on_message(
                        seen.message, block["block_id"], element["action_id"], given, {}
                    )
                    await self._record(team, _build_action_route(element), act)
        mine = [view for view in self.slack.views.values() if view["user"] == team.person.id]
        for view in [*mine, self.slack.home_views[team.person.id]]:
            await self._record_view(team, view)
        await self._record_shortcuts(team)
        await self._record_rare_actions(team)
        for name in self.bot.router.options:
            asking = team.person.member.load_suggestions(
                view := self._find_dialog(team, name), *_find_first_field(view), "a", {}
            )
            await self._record(team, f"option {name}", asking, {"action_id": name})
        await self._record_events(team)

    def _find_dialog(self, team: AttackTeam, field: str) -> Body:
        """Return an open dialog of somebody's in which this field may be, once there are many entries."""
        mine = (view for view in self.slack.views.values() if view["user"] == team.person.id)
        return next(view for view in mine if view["callback_id"] == _DIALOG_OF_FIELD[field])

    async def _record_view(self, team: AttackTeam, view: Body) -> None:
        """Press everything in a view, type into its selects, fill it in and submit it."""
        member, filled = team.person.member, {}
        for block in view["blocks"]:
            for element, given in _list_choices(block):
                if block["type"] != "input" or block.get("dispatch_action"):
                    act = member.act_in_view(view, block["block_id"], element["action_id"], given, {})
                    await self._record(team, _build_action_route(element), act)
                if block["block_id"].startswith("partial"):
                    continue  # a need is marked strongly or partly
                if block["type"] == "input" and (held := _fill_element(block, element, given)):
                    filled[block["block_id"]] = {element["action_id"]: held}
        if view["type"] == "modal" and view["callback_id"] in self.bot.router.views:
            route = f"view {view['callback_id']}"
            await self._record(team, route, member.send_submission(view, filled))
            await self._record(team, route, member.send_submission(view, {}))

    async def _record_shortcuts(self, team: AttackTeam) -> None:
        card = team.person.find_message(team.channel, f"slow {team.word}\nby").message
        for name in self.bot.router.shortcuts:
            message = card if name == "add_message" else None
            await self._record(team, f"shortcut {name}", team.person.member.use_shortcut(name, message))

    async def _record_rare_actions(self, team: AttackTeam) -> None:
        """Press, wherever one can press, what no message of the story has a button for."""
        home, message = (
            self.slack.home_views[team.person.id],
            team.person.find_message(team.channel, "Value map:").message,
        )
        entries = {row["text"]: row["id"] for row in self._read_rows()["entry"]}
        need, offer = entries[f"slow {team.word}"], entries[f"robot {team.word}"]
        values = {"maps": ["0"], "answer": [f"{team.canvas_id}:{need}"], "to_card": [""]}
        values |= {"look": [f"{team.canvas_id}:{need}"], "walk": [f"{team.canvas_id}:all next {need}"]}
        values |= {"why": [str(offer)], "review_at": [f"{team.canvas_id}:{offer}"]}
        values["run"] = [
            f"{team.canvas_id}:{name} {_EXAMPLE_ARGUMENTS.get(name, '')}".strip() for name in self.bot.router.commands
        ]
        view = next(v for v in self.slack.views.values() if v["user"] == team.person.id and _has_button(v))
        for place in (home, message, view):
            blocks = message.blocks if place is message else place["blocks"]  # type: ignore[index]
            block, element = next(
                (b, e)
                for b in blocks
                for e in interactive_elements(b)
                if e["type"] == "button" and "url" not in e
            )
            press = team.person.member.act_on_message if place is message else team.person.member.act_in_view
            for action, pressed in values.items():
                for value in pressed:
                    act = press(place, block["block_id"], element["action_id"], None, {})  # type: ignore[arg-type]
                    await self._record(
                        team, f"action {action}", act, {"action_id": action, "value": value, "type": "button"}
                    )

    async def _record_events(self, team: AttackTeam) -> None:
        """All events that the bot hears, about this team's channel."""
        card = team.person.find_message(team.channel, f"slow {team.word}\nby").message
        member, bench = team.person.member, self.slack_harness
        where = {"channel": team.channel.id}
        events: list[Body] = [
            member.reaction_event(card, "five", "reaction_added"),
            member.reaction_event(card, "five", "reaction_removed"),
            {"type": "channel_id_changed", "old_channel_id": team.channel.id, "new_channel_id": "C0NEW"},
            {"type": "app_uninstalled"},
            {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER_ID]}},
            {"type": "app_home_opened", "user": team.person.id, "tab": "home", **where},
            *({"type": kind, "user": team.person.id, **where} for kind in _CHANNEL_EVENTS),
        ]
        for event in events:
            await self._record(team, f"event {event['type']}", bench.delivery.send_event(event))
        assert {event["type"] for event in events} == {
            *(event for event in EVENTS if event not in {"app_mention", "message.im"})
        }

    async def _record(
        self, team: AttackTeam, route: str, act: Awaitable[Any], instead: Mapping[str, Any] | None = None
    ) -> None:
        """Let somebody do something of which the bot hears nothing; keep what it would have heard."""
        heard: list[tuple[bytes, Headers]] = []

        async def hold(body: bytes, headers: Headers) -> tuple[int, bytes]:
            heard.append((body, headers))
            return 200, b""

        self.slack_harness.delivery.send_raw = hold
        try:
            await act
        finally:
            self.slack_harness.delivery.send_raw = self._send_raw
        for raw, headers in heard:
            kind, body = _parse_request(raw, headers)
            if instead is not None and "actions" in body:
                body["actions"] = [{**body["actions"][0], **instead}]
            elif instead is not None:
                body |= instead
            said = body["event"] if kind == "event" and route.startswith("command") else {}
            if said.get("type") == "message" and said["channel_type"] != "im":
                continue  # of what is said in channels, the bot hears mentions alone
            team.requests.append(RecordedRequest(route, kind, body))

    # Trying something

    async def send(self, kind: str, body: Body) -> AttackOutcome:
        """Send something as Slack signs it, to a bot and a Slack as they were kept; let it come to rest."""
        self.restore_everything()
        body = self._renew_keys(body)
        answer, status = b"", 200

        async def straight(raw: bytes, headers: Headers) -> tuple[int, bytes]:
            nonlocal answer, status
            status, answer = await self._send_raw(raw, headers)
            return 200, b""

        self.slack_harness.delivery.send_raw, way = straight, self._senders()[kind]
        try:
            await way(body)
        finally:
            self.slack_harness.delivery.send_raw = self._send_raw
        await self._settle()
        now = self._dump_messages()
        new = [
            [posted.text, posted.blocks, posted.file_ids]
            for posted in self.slack.messages
            if now[posted.key] != self._shown_messages.get(posted.key)
        ]
        return AttackOutcome(status, answer, [*map(list, self.slack.calls), *new, answer.decode()])

    async def _settle(self) -> None:
        """Let come to rest what was begun. Where nothing was written, nothing is due that was not before."""
        await self.bot.deps.background.drain()
        self._rows = self._read_rows()
        if _select_relevant_tables(self._rows) != _select_relevant_tables(self._saved[0]):
            await self.world.settle()
            self._rows = self._read_rows()

    def _dump_messages(self) -> dict[str, str]:
        return {posted.key: json.dumps([posted.text, posted.blocks]) for posted in self.slack.messages}

    def _senders(self) -> Mapping[str, Callable[[Body], Awaitable[Any]]]:
        delivery = self.slack_harness.delivery

        async def command(body: Body) -> None:
            await delivery.send_request(urlencode(body, errors="surrogatepass"), FORM_CONTENT_TYPE)

        async def event(body: Body) -> None:
            await delivery.send_request(json.dumps(body), JSON_CONTENT_TYPE)

        return {"command": command, "interact": delivery.send_interaction, "event": event}

    def _renew_keys(self, body: Body) -> Body:
        """Return a request with the keys that Slack makes anew each time."""
        body = copy.deepcopy(body)
        user = str(body.get("user_id") or get_at_path(body, ("user", "id")) or "")
        if str(body.get("trigger_id")).endswith(".trigger"):
            body["trigger_id"] = self.slack.new_trigger_id(user)
        if str(body.get("response_url")).startswith(self.slack.url):
            where = str(body.get("channel_id") or get_at_path(body, ("channel", "id")) or "")
            body["response_url"] = self.slack.new_response_url(where, user)
        return body

    def restore_everything(self) -> None:
        """Make everything as it was kept."""
        kept, pickled = self._saved
        if self._rows != kept:
            self._restore_rows(kept)
        for name, value in pickle.loads(pickled).items():
            setattr(self.slack, name, value)
        self.slack.calls.clear()
        self.errors.errors.clear()
        self.slack_harness.delivery.failures.clear()

    def _pickle_slack(self) -> bytes:
        return pickle.dumps({name: getattr(self.slack, name) for name in SLACK_STATE_FIELDS})

    def _read_rows(self) -> Rows:
        with self._engine.connect() as connection:
            return {
                table.name: [dict(row) for row in connection.execute(_select_all(table)).mappings()]
                for table in Row.metadata.sorted_tables
            }

    def _restore_rows(self, rows: Rows) -> None:
        """Make all rows as they were; but a workspace that the bot got to know meanwhile stays known."""
        with self._engine.begin() as connection:
            for table in reversed(Row.metadata.sorted_tables):
                stays = table.c.team_id != TEAM_ID if table.name == "workspace" else false()
                connection.execute(table.delete().where(~stays))
            for table in Row.metadata.sorted_tables:
                mine = [row for row in rows[table.name] if row["team_id"] == TEAM_ID]
                if mine:
                    connection.execute(insert(table), mine)

    def close(self) -> None:
        self._engine.dispose()

    def list_saved_victim_rows(self, *tables: str) -> list[dict[str, Any]]:
        return [row for table in tables for row in self.saved_victim_rows[table]]

    def current_victim_rows(self) -> dict[str, Any]:
        """All that is stored of her channel and her canvases."""
        return select_channel_rows(self._rows, self.victim.channel.id)


class AttackRunner:
    """Grounds with the loop that they live in, for tests that are no coroutines."""

    def __init__(self, grounds: AttackHarness, runner: asyncio.Runner) -> None:
        self.harness, self._runner = grounds, runner

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(doing)


class ErrorLog(logging.Handler):
    """What the log says of errors."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info or record.levelno >= logging.ERROR:
            trace = traceback.format_exception(record.exc_info[1]) if record.exc_info else []
            self.errors.append("".join([record.getMessage(), "\n", *trace[-6:]]))


def _select_relevant_tables(rows: Rows) -> Rows:
    """Return what decides what is due: all but which workspaces are known, and what came already."""
    return {name: table for name, table in rows.items() if name not in {"workspace", "idempotency_key"}}


def select_channel_rows(rows: Rows, channel: str) -> dict[str, Any]:
    """Return the rows that belong to a channel, by way of its canvases and entries, and its errands."""
    rows = {name: [row for row in table if row["team_id"] == TEAM_ID] for name, table in rows.items()}
    canvases = {row["id"] for row in rows["canvas"] if row["channel_id"] == channel}
    entries = {row["id"] for row in rows["entry"] if row["canvas_id"] in canvases}
    mine = {"canvas_id": canvases, "entry_id": entries, "offer_id": entries, "channel_id": {channel}}
    return {
        name: [row for row in table if any(row.get(key) in ids for key, ids in mine.items())]
        for name, table in rows.items()
    }


@asynccontextmanager
async def open_attack_harness(url: str) -> AsyncIterator[AttackHarness]:
    clock = FakeClock()
    app = build_manifest("https://bot.example/slack/events", socket_mode=False)
    async with FakeSlack(clock, app) as slack:
        settings = Settings(
            bot_token=slack.bot_token,
            signing_secret=slack.signing_secret,
            api_url=slack.api_url,
            database_url=url,
        )
        bot = Bot(settings, clock.now, UNTHROTTLED_TIMING)
        async with bot.running():

            async def settle() -> None:
                await world.settle()

            send: RequestSender = asgi_sender(build_http_app(bot))
            world = World(slack, bot, Harness(slack, send, settle), clock)
            driver = bot.db.url.drivername.removesuffix("+aiosqlite")
            grounds = AttackHarness(world, create_engine(bot.db.url.set(drivername=driver)))
            await grounds.prepare()
            for name in ("bot", "slack_bolt"):
                logging.getLogger(name).addHandler(grounds.errors)
            gc.collect()
            gc.freeze()  # or all that stays is looked through for garbage again and again
            yield grounds
            gc.unfreeze()
            grounds.close()
            for name in ("bot", "slack_bolt"):
                logging.getLogger(name).removeHandler(grounds.errors)


_EXAMPLE_ARGUMENTS = {
    "new": "Billing for banks",
    "add": "pain: dull",
    "rank": "pains",
    "vote": "jobs",
    "why": "slow",
    "digest": "daily 10:00",
    "export": "csv",
}
_DIALOG_OF_FIELD = {"products": "add_entry", "into": "merge_entry"}
_CHANNEL_EVENTS = (
    "channel_deleted",
    "channel_unarchive",
    "group_deleted",
    "group_unarchive",
    "member_joined_channel",
    "member_left_channel",
)


async def _play_story(world: World, team: AttackTeam) -> None:
    """A canvas with everything on it, and one that rests in the archive."""
    person, channel, word = team.person, team.channel, team.word

    async def type_(words: str) -> None:
        await person.type_text(channel, f"/valuemap {words}")

    await type_(f"new Archive {word}")
    await world.advance_time(minutes=1)
    await type_(f"new Reports {word} for shops {word}")
    texts = "job: use an app {0}; pain: slow {0}; dear {0}; gone {0}; gain: right {0}; product: builder {0}"
    await type_(f"add {texts.format(word)}; reliever: robot {word}; notes {word}; creator: sources {word}")
    await world.advance_time(minutes=1)
    await person.add_reaction(person.find_message(channel, f"slow {word}\nby"), "five")
    await person.click_button(person.find_message(channel, f"gone {word}\nby"), "⋯", "Delete")
    await type_("canvases")
    listed = person.last_message(channel).message
    resting = next(block for block in listed.blocks if f"Archive {word}" in str(block.get("text")))
    menu = resting["accessory"]
    archive = next(o["value"] for o in menu["options"] if o["text"]["text"] == "Archive")
    await person.act_on_message(person.last_message(channel), resting["block_id"], menu["action_id"], archive)
    await type_(f"add pain: slow {word}!")
    await type_("vote pains until in 2 days")
    for name in ("", "show", "canvases", "digest", "fit", "rank", "why slow", "help"):
        await type_(name)
    await type_("digest now")


async def _open_all_dialogs(team: AttackTeam) -> None:
    """Every dialog that there is, left open."""
    person, channel, word = team.person, team.channel, team.word
    person.user.is_admin = True
    await person.type_text(channel, "/valuemap settings")
    await person.modal.click_button("Delete all data of this workspace…")
    person.user.is_admin = False  # as an admin, anybody may delete everything
    for name in ("new", "add", "digest change", "settings", "review", "import"):
        await person.type_text(channel, f"/valuemap {name}")
    await person.modal.fill_field("Paste text", "job: one; two")
    await person.modal.submit()
    for option in ("Edit or move to another kind", "Merge into another"):
        await person.click_button(person.find_message(channel, f"slow {word}\nby"), "⋯", option)
    listed = person.find_message(channel, f"Archive {word}")
    block = next(b for b in listed.message.blocks if f"Reports {word}" in str(b.get("text")))
    for option in block["accessory"]["options"]:
        if option["text"]["text"] in {"Rename", "Delete…"}:
            action = block["accessory"]["action_id"]
            await person.act_on_message(listed, block["block_id"], action, option["value"])
    await person.use_shortcut("add_message", person.find_message(channel, f"slow {word}\nby").message)
    await person.use_shortcut("value_maps")
    await person.open_home()
    await person.click_in_home("Vote")
    await person.open_home()


def _list_choices(block: Mapping[str, Any]) -> Iterator[tuple[Body, Any]]:
    """Yield each element of a block with each thing that can be chosen in it."""
    for element in interactive_elements(block):
        options = [option["value"] for option in all_options(element)]
        many = element["type"].startswith("multi_") or element["type"] == "checkboxes"
        for given in options[:12] if element["type"] == "overflow" else options[-1:] or [None]:
            yield element, [given] if many and given else given


def _fill_element(block: Body, element: Body, given: Any) -> Any:
    known = {"zone": "Europe/Berlin", "sure": "delete"}
    texts = {"plain_text_input": "job: anew", "timepicker": "10:30"}
    return known.get(block["block_id"]) or texts.get(element["type"], given)


def _find_first_field(view: Body) -> tuple[str, str]:
    """Return block and action of the first field of a view."""
    return next((b["block_id"], e["action_id"]) for b in view["blocks"] for e in interactive_elements(b))


def _has_button(view: Body) -> bool:
    return any(
        e["type"] == "button" and "url" not in e for b in view["blocks"] for e in interactive_elements(b)
    )


def _build_action_route(element: Body) -> str:
    return f"action {element['action_id'].partition(':')[0]}"


def get_at_path(body: Any, path: tuple[str, ...]) -> Any:
    """Return what is at a place of a request, also within JSON; None where nothing is."""
    found: Any = body
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
        if key == "private_metadata":
            found = json.loads(found or "{}")
    return found


def _parse_request(raw: bytes, headers: Headers) -> tuple[str, Body]:
    if headers["content-type"] == "application/json":
        return "event", json.loads(raw)
    form = dict(parse_qsl(raw.decode(), keep_blank_values=True))
    return ("interact", json.loads(form["payload"])) if "payload" in form else ("command", form)


def _select_all(table: Table) -> Any:
    return select(table).order_by(*table.primary_key.columns)
