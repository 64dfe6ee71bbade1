"""People at their Slack: what they type, press, fill in and see, sent to the bot signed as Slack does."""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from bot.playground.render import elements_of, label_of, text_of
from bot.playground.slack import Playground
from bot.playground.workspace import APP, BOT, TEAM, Channel, Posted, User

Asgi = Callable[[Any, Any, Any], Awaitable[None]]


class NotThere(AssertionError):
    """What a person looked for is not to be seen."""


class Bench:
    """The way from the people to the bot: its ASGI app, and what to wait for after each delivery."""

    def __init__(self, slack: Playground, app: Asgi, settle: Callable[[], Awaitable[None]]) -> None:
        self.slack, self._app, self._settle = slack, app, settle
        self.troubles: list[str] = []

    async def deliver(self, body: str, content_type: str) -> Any:
        stamp = str(int(time.time()))
        base = f"v0:{stamp}:{body}".encode()
        signature = hmac.new(self.slack.signing_secret.encode(), base, hashlib.sha256).hexdigest()
        headers = {
            "content-type": content_type,
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": f"v0={signature}",
        }
        status, answer = await call(self._app, "/slack/events", headers, body.encode())
        if status != 200:
            self.troubles.append(f"{status}: {body[:200]}")
        await self._settle()
        return json.loads(answer) if answer[:1] == b"{" else {}

    async def interact(self, payload: Mapping[str, Any]) -> Any:
        form = urlencode({"payload": json.dumps(payload)})
        return await self.deliver(form, "application/x-www-form-urlencoded")

    async def send_event(self, event: Mapping[str, Any]) -> None:
        envelope = {
            "token": "-",
            "team_id": TEAM,
            "api_app_id": APP,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{self.slack.number()}",
            "event_time": int(self.slack.clock.now().timestamp()),
            "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
            "is_ext_shared_channel": False,
        }
        await self.deliver(json.dumps(envelope), "application/json")

    def person(self, name: str, time_zone: str = "UTC", *, is_bot: bool = False) -> "Person":
        user = User(f"U{len(self.slack.users):04d}", name, time_zone, is_bot)
        self.slack.users[user.id] = user
        return Person(self, user)

    def channel(self, name: str, *people: "Person", bot: bool = True, private: bool = False) -> Channel:
        members = {person.user.id for person in people} | ({BOT} if bot else set())
        channel = Channel(f"C{len(self.slack.channels):04d}", name, members, private)
        self.slack.channels[channel.id] = channel
        return channel


async def call(app: Asgi, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
    """Send one HTTP request to an ASGI app; return its status and body."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST" if body else "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "scheme": "http",
        "server": ("bot", 80),
        "client": ("slack", 1),
    }
    answer: dict[str, Any] = {"status": 500, "body": b""}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answer["status"] = message["status"]
        elif message["type"] == "http.response.body":
            answer["body"] += message.get("body", b"")

    await app(scope, receive, send)
    return answer["status"], answer["body"]


class Seen:
    """A message as a person sees it."""

    def __init__(self, posted: Posted) -> None:
        self.posted = posted

    @property
    def text(self) -> str:
        return text_of(self.posted.blocks, self.posted.text)


class Person:
    def __init__(self, bench: Bench, user: User) -> None:
        self._bench, self.user = bench, user
        self._slack = bench.slack

    @property
    def id(self) -> str:
        return self.user.id

    async def types(self, channel: Channel, text: str) -> None:
        """Type a slash command, or a message that mentions the bot."""
        if text.startswith("/"):
            await self._command(channel, text)
            return
        said = re.sub(r"@valuemap\b", f"<@{BOT}>", _as_sent(text))
        await self._bench.send_event(
            {"type": "app_mention", "user": self.id, "text": said, "channel": channel.id, **self._stamp()}
        )

    async def _command(self, channel: Channel, text: str) -> None:
        await self._bench.deliver(self.command_form(channel, text), "application/x-www-form-urlencoded")

    def command_form(self, channel: Channel, text: str) -> str:
        """Return what Slack sends for a command."""
        command, _, rest = text.partition(" ")
        form = {
            "token": "-",
            "team_id": TEAM,
            "team_domain": "playground",
            "channel_id": channel.id,
            "channel_name": channel.name,
            "user_id": self.id,
            "user_name": self.user.name,
            "command": command,
            "text": _as_sent(rest.strip()),
            "api_app_id": APP,
            "response_url": self._slack.response_url(channel.id, self.id),
            "trigger_id": self._slack.trigger(self.id),
        }
        return urlencode(form)

    async def tells_bot(self, text: str) -> None:
        await self._bench.send_event(
            {
                "type": "message",
                "channel_type": "im",
                "user": self.id,
                "text": _as_sent(text),
                "channel": self.direct.id,
                **self._stamp(),
            }
        )

    @property
    def direct(self) -> Channel:
        key = f"D{self.id[1:]}"
        return self._slack.channels.setdefault(
            key, Channel(key, "directmessage", {self.id, BOT}, private=True)
        )

    def sees(self, channel: Channel) -> list[Seen]:
        return [
            Seen(posted)
            for posted in self._slack.messages
            if posted.channel == channel.id and posted.only_for in {None, self.id}
        ]

    def last(self, channel: Channel) -> Seen:
        return self.sees(channel)[-1]

    def finds(self, channel: Channel, words: str) -> Seen:
        """Return the newest message with these words."""
        for seen in reversed(self.sees(channel)):
            if words in seen.text:
                return seen
        raise NotThere(f"{words!r} is not in {[seen.text[:80] for seen in self.sees(channel)]}")

    async def reacts(self, seen: Seen, name: str) -> None:
        users = seen.posted.reactions.setdefault(name, [])
        assert self.id not in users, "already_reacted"
        users.append(self.id)
        await self._bench.send_event(self.reaction(seen, name, "reaction_added"))

    async def unreacts(self, seen: Seen, name: str) -> None:
        seen.posted.reactions[name].remove(self.id)
        await self._bench.send_event(self.reaction(seen, name, "reaction_removed"))

    def reaction(self, seen: Seen, name: str, kind: str) -> dict[str, Any]:
        item = {"type": "message", "channel": seen.posted.channel, "ts": seen.posted.ts}
        return {"type": kind, "user": self.id, "reaction": name, "item": item, "event_ts": self._slack.ts()}

    async def clicks(self, seen: Seen, label: str, option: str = "") -> None:
        """Press a button of a message by its label, or choose from its "⋯" menu."""
        action = _pressed(seen.posted.blocks, label, option)
        container = {
            "type": "message",
            "message_ts": seen.posted.ts,
            "channel_id": seen.posted.channel,
            "is_ephemeral": seen.posted.only_for is not None,
        }
        await self._bench.interact(
            {
                **self._interaction("block_actions"),
                "container": container,
                "channel": {"id": seen.posted.channel},
                "actions": [action],
                "response_url": self._slack.response_url(seen.posted.channel, self.id),
            }
        )

    async def opens_home(self) -> str:
        await self._bench.send_event(
            {"type": "app_home_opened", "user": self.id, "tab": "home", "channel": "D"}
        )
        return text_of(self._slack.homes[self.id]["blocks"])

    async def clicks_home(self, label: str) -> None:
        view = {**self._slack.homes[self.id], "id": "VHOME"}
        action = _pressed(view["blocks"], label, "")
        container = {"type": "view", "view_id": "VHOME"}
        await self._bench.interact(
            {**self._interaction("block_actions"), "container": container, "view": view, "actions": [action]}
        )

    @property
    def modal(self) -> "Modal":
        stack = self._slack.stacks.get(self.id)
        if not stack:
            raise NotThere(f"{self.user.name} has no modal open")
        return Modal(self, self._slack.views[stack[-1]])

    def _stamp(self) -> dict[str, str]:
        ts = self._slack.ts()
        return {"ts": ts, "event_ts": ts}

    def _interaction(self, kind: str) -> dict[str, Any]:
        return {
            "type": kind,
            "team": {"id": TEAM},
            "user": {"id": self.id, "team_id": TEAM},
            "api_app_id": APP,
            "token": "-",
            "trigger_id": self._slack.trigger(self.id),
        }

    async def send_view(self, kind: str, view: Mapping[str, Any], **more: Any) -> Any:
        return await self._bench.interact({**self._interaction(kind), "view": view, **more})

    def close(self) -> None:
        self._slack.stacks.pop(self.id, None)

    @property
    def slack(self) -> Playground:
        return self._slack


class Modal:
    """The modal on top, as the person fills it in. What was filled stays while block and action stay."""

    def __init__(self, person: Person, view: dict[str, Any]) -> None:
        self._person, self._view = person, view
        self.errors: dict[str, str] = {}
        self._filled: dict[str, Any] = view.setdefault("filled", {})

    @property
    def text(self) -> str:
        return f"{self._view['title']['text']}\n{text_of(self._view['blocks'])}"

    def options(self, label: str) -> list[str]:
        return [option["text"]["text"] for option in _options(self._block(label)["element"])]

    async def fill(self, label: str, value: Any) -> "Modal":
        block = self._block(label)
        element = block["element"]
        key = f"{block['block_id']}/{element['action_id']}"
        self._filled[key] = _value(element, value)
        if block.get("dispatch_action"):
            action = {
                "type": element["type"],
                "block_id": block["block_id"],
                "action_id": element["action_id"],
                **self._filled[key],
            }
            await self._person.send_view(
                "block_actions",
                self._sent(),
                actions=[action],
                container={"type": "view", "view_id": self._view["id"]},
            )
            self._take_over()
        return self

    async def clicks(self, label: str) -> None:
        action = _pressed(self._view["blocks"], label, "")
        await self._person.send_view(
            "block_actions",
            self._sent(),
            actions=[action],
            container={"type": "view", "view_id": self._view["id"]},
        )
        self._take_over()

    async def submit(self, *, twice: bool = False) -> "Modal":
        """Submit; the modal closes, changes, or shows errors at its fields. `twice`: by a double click."""
        sent = self._sent()
        if twice:
            await self._person.send_view("view_submission", sent)
        answer = await self._person.send_view("view_submission", sent)
        slack = self._person.slack
        match answer.get("response_action"):
            case "errors":
                labels = {
                    b["block_id"]: b["label"]["text"] for b in self._view["blocks"] if b["type"] == "input"
                }
                self.errors = {labels[block]: says for block, says in answer["errors"].items()}
            case "update":
                filled = self._filled
                self._view = slack.store_view(answer["view"], self._view["id"], self._person.id)
                self._view["filled"] = self._filled = filled
            case _:
                self._person.close()
        return self

    def _take_over(self) -> None:
        newest = self._person.slack.views[self._view["id"]]
        newest["filled"] = self._filled
        self._view = newest

    def _block(self, label: str) -> dict[str, Any]:
        for block in self._view["blocks"]:
            if block["type"] == "input" and block["label"]["text"] == label:
                found: dict[str, Any] = block
                return found
        raise NotThere(f"no field {label!r} in {self.text}")

    def _sent(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for block in self._view["blocks"]:
            if block["type"] == "input":
                element = block["element"]
                filled = self._filled.get(f"{block['block_id']}/{element['action_id']}", _initial(element))
                values[block["block_id"]] = {element["action_id"]: {"type": element["type"], **filled}}
        view = {key: value for key, value in self._view.items() if key != "filled"}
        return {**view, "state": {"values": values}}


def _as_sent(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _pressed(blocks: list[dict[str, Any]], label: str, option: str) -> dict[str, Any]:
    labels: list[str] = []
    for block in blocks:
        for element in elements_of(block):
            if "action_id" not in element:
                continue
            labels.append(label_of(element))
            if label_of(element) == label:
                action = {"type": element["type"], "action_id": element["action_id"], "block_id": "b"}
                if not option:
                    return {**action, "value": element.get("value", "")}
                (chosen,) = (o for o in element["options"] if o["text"]["text"] == option)
                return {**action, "selected_option": chosen}
    raise NotThere(f"no button {label!r}; there are {labels}")


def _options(element: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [option for group in element.get("option_groups", [element]) for option in group["options"]]


def _value(element: Mapping[str, Any], value: Any) -> dict[str, Any]:
    match element["type"]:
        case "plain_text_input":
            assert len(value) <= element.get("max_length", 3000), "Slack's client lets nobody type more"
            return {"value": value or None}
        case "timepicker":
            return {"selected_time": value}
        case "static_select":
            return {"selected_option": _chosen(element, value)}
        case _:
            return {"selected_options": [_chosen(element, one) for one in value]}


def _chosen(element: Mapping[str, Any], words: str) -> dict[str, Any]:
    for option in _options(element):
        label = option["text"]["text"]
        if words in label or (label.endswith("…") and words.startswith(label.removeprefix("★ ")[:-1])):
            return option
    raise NotThere(f"no option {words!r} among {[o['text']['text'] for o in _options(element)]}")


def _initial(element: Mapping[str, Any]) -> dict[str, Any]:
    match element["type"]:
        case "plain_text_input":
            return {"value": element.get("initial_value")}
        case "timepicker":
            return {"selected_time": element.get("initial_time")}
        case "static_select":
            return {"selected_option": element.get("initial_option")}
        case _:
            return {"selected_options": element.get("initial_options", [])}
