"""Record every request that a member of a team can make, without the bot getting it."""

import json
from collections.abc import Awaitable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from bot.fake_slack.blockkit.traversal import all_options, interactive_elements
from bot.fake_slack.client.events import (
    build_deleted_event,
    build_id_changed_event,
    build_joined_event,
    build_left_event,
    build_revoked_event,
    build_unarchived_event,
    build_uninstalled_event,
)
from bot.fake_slack.models import BOT_USER_ID, TEAM_ID, SlackMessage
from bot.fake_slack.server.delivery import JSON_CONTENT_TYPE, Headers
from bot.fake_slack.server.objects import user_object
from bot.manifest import EVENTS
from tests.conftest import World
from tests.security.attack_story import AttackTeam, Body, RecordedRequest

EXAMPLE_ARGUMENTS = {
    "new": "Billing for banks",
    "add": "pain: dull",
    "rank": "pains",
    "vote": "jobs",
    "discuss": "slow",
    "why": "slow",
    "digest": "daily 10:00",
    "export": "csv",
    "test": "slow",
}
DIALOG_OF_SELECT = {
    "products": "add_entry",
    "into": "merge_entry",
    "supports": "evidence",
    "contradicts": "evidence",
}


class RequestRecorder:
    """Lets people press and type everything, and keeps the requests that Slack would send."""

    def __init__(self, world: World) -> None:
        self._router, self._slack, self._delivery = world.bot.router, world.slack, world.harness.delivery

    async def record_everything(self, team: AttackTeam, entry_ids: Mapping[str, int]) -> None:
        """Record each command, action, view, shortcut, select and event; `entry_ids` is by text."""
        for name in self._router.commands:
            command_text = f"/valuemap {name} {EXAMPLE_ARGUMENTS.get(name, '')}".strip()
            await self._record(team, f"command {name}", team.person.type_text(team.channel, command_text))
            await self._record(
                team, f"command {name}", team.person.message_bot(command_text.removeprefix("/valuemap "))
            )
            mention = f"@{self._slack.users[BOT_USER_ID].name} {command_text.removeprefix('/valuemap ')}"
            await self._record(team, f"command {name}", team.person.type_text(team.channel, mention))
        person = team.person
        for visible in person.visible_messages(team.channel) + person.visible_messages(person.direct_channel):
            for block in visible.message.blocks:
                for element, given in _list_choices(block):
                    act = team.person.member.act_on_message(
                        visible.message, block["block_id"], element["action_id"], given, {}
                    )
                    await self._record(team, _build_action_route(element), act)
        mine = [view for view in self._slack.views.values() if view["user"] == team.person.id]
        for view in [*mine, self._slack.home_views[team.person.id]]:
            await self._record_view(team, view)
        await self._record_shortcuts(team)
        await self._record_rare_actions(team, entry_ids)
        for name in self._router.options:
            asking = team.person.member.load_suggestions(
                view := self._find_dialog(team, name), *_find_first_field(view), "a", {}
            )
            await self._record(team, f"option {name}", asking, {"action_id": name})
        await self._record_events(team)

    def _find_dialog(self, team: AttackTeam, field: str) -> Body:
        """Return the dialog that has this select once there are many entries."""
        mine = (view for view in self._slack.views.values() if view["user"] == team.person.id)
        return next(view for view in mine if view["callback_id"] == DIALOG_OF_SELECT[field])

    async def _record_view(self, team: AttackTeam, view: Body) -> None:
        """Press everything in a view, then fill it in and submit it."""
        member, filled = team.person.member, {}
        for block in view["blocks"]:
            for element, given in _list_choices(block):
                if block["type"] != "input" or block.get("dispatch_action"):
                    act = member.act_in_view(view, block["block_id"], element["action_id"], given, {})
                    await self._record(team, _build_action_route(element), act)
                if block["block_id"].startswith(("partial", "contradicts")):
                    continue  # a need is marked strongly or partly, an entry supported or contradicted
                if block["type"] == "input" and (held := _fill_element(block, element, given)):
                    filled[block["block_id"]] = {element["action_id"]: held}
        if view["type"] == "modal" and view["callback_id"] in self._router.views:
            route = f"view {view['callback_id']}"
            await self._record(team, route, member.send_submission(view, filled))
            await self._record(team, route, member.send_submission(view, {}))

    async def _record_shortcuts(self, team: AttackTeam) -> None:
        card = team.person.find_message(team.channel, f"slow {team.word}\nby").message
        for name in self._router.shortcuts:
            message = card if name.startswith("add_") else None
            await self._record(team, f"shortcut {name}", team.person.member.use_shortcut(name, message))

    async def _record_rare_actions(self, team: AttackTeam, entry_ids: Mapping[str, int]) -> None:
        """Press, in App Home, a message and a modal, the buttons that the story leaves nowhere."""
        home, message = (
            self._slack.home_views[team.person.id],
            team.person.find_message(team.channel, "Value map:").message,
        )
        need_id, offer_id = entry_ids[f"slow {team.word}"], entry_ids[f"robot {team.word}"]
        values = {"maps": ["0"], "answer": [f"{team.canvas_id}:{need_id}"]}
        values |= {"look": [f"{team.canvas_id}:{need_id}"], "vote": [f"{team.canvas_id}:all {need_id}"]}
        values |= {name: [f"{team.canvas_id}:all {need_id} 4"] for name in ("cast", "uncast")}
        values |= {"cast_sealed": [f"{team.canvas_id}:all {need_id} 1 4"]}
        values |= {"discuss": [f"{team.canvas_id}:{need_id}"]}
        values |= {
            name: [f"{team.canvas_id}:{team.discussion_id}"]
            for name in ("give_reason", "no_reason", "open_vote", "discussion_back")
        }
        values |= {"why": [str(offer_id)], "review_at": [f"{team.canvas_id}:{offer_id}"]}
        values["run"] = [
            f"{team.canvas_id}:{name} {EXAMPLE_ARGUMENTS.get(name, '')}".strip()
            for name in self._router.commands
        ]
        view = next(v for v in self._slack.views.values() if v["user"] == team.person.id and _has_button(v))
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
        """Send all events that the bot subscribes to, about this team's channel."""
        card = team.person.find_message(team.channel, f"slow {team.word}\nby").message
        member = team.person.member
        channels = [replace(team.channel, is_private=is_private) for is_private in (False, True)]
        events: list[Body] = [
            member.reaction_event(card, "five", "reaction_added"),
            member.reaction_event(card, "five", "reaction_removed"),
            build_id_changed_event(self._slack, team.channel.id, "C0NEW"),
            build_uninstalled_event(),
            build_revoked_event([BOT_USER_ID]),
            {"type": "app_home_opened", "user": team.person.id, "tab": "home", "channel": team.channel.id},
            build_joined_event(self._slack, team.channel, team.person.id),
            build_left_event(self._slack, team.channel, team.person.id),
            *(build_deleted_event(self._slack, channel) for channel in channels),
            *(build_unarchived_event(self._slack, channel, team.person.id) for channel in channels),
            {"type": "channel_left", "channel": team.channel.id, "actor_id": team.person.id},
            {"type": "group_left", "channel": team.channel.id, "actor_id": team.person.id},
            {"type": "team_access_granted", "team_ids": [TEAM_ID]},
            {"type": "team_access_revoked", "team_ids": [TEAM_ID]},
            {"type": "user_change", "user": {**user_object(self._slack, team.person.user), "deleted": False}},
        ]
        for event in events:
            await self._record(team, f"event {event['type']}", self._delivery.send_event(event))
        assert {event["type"] for event in events} == {
            *(event for event in EVENTS if event not in {"app_mention", "message.im"})
        }

        await self._record(team, "event message", self._send_deleted_event(team, card))

    async def _send_deleted_event(self, team: AttackTeam, message: SlackMessage) -> None:
        """Send message_deleted, to which an operator may subscribe for channels besides the manifest."""
        event = {
            "type": "message",
            "subtype": "message_deleted",
            "channel": team.channel.id,
            "channel_type": team.channel.channel_type,
            "deleted_ts": message.ts,
            "ts": self._slack.new_ts(),
        }
        body = json.dumps(self._delivery.event_envelope(event))
        await self._delivery.send_request(body, JSON_CONTENT_TYPE)

    async def _record(
        self, team: AttackTeam, route: str, action: Awaitable[Any], changes: Mapping[str, Any] | None = None
    ) -> None:
        """Let somebody do something; record the requests instead of sending them to the bot."""
        requests: list[tuple[bytes, Headers]] = []

        async def hold(body: bytes, headers: Headers) -> tuple[int, bytes]:
            requests.append((body, headers))
            return 200, b""

        send_raw, self._delivery.send_raw = self._delivery.send_raw, hold
        try:
            await action
        finally:
            self._delivery.send_raw = send_raw
        for raw, headers in requests:
            kind, body = _parse_request(raw, headers)
            if changes is not None and "actions" in body:
                body["actions"] = [{**body["actions"][0], **changes}]
            elif changes is not None:
                body |= changes
            event = body["event"] if kind == "event" and route.startswith("command") else {}
            if event.get("type") == "message" and event["channel_type"] != "im":
                continue  # of the messages in channels, the bot gets only mentions
            team.requests.append(RecordedRequest(route, kind, body))


def _list_choices(block: Mapping[str, Any]) -> Iterator[tuple[Body, Any]]:
    """Yield each element of a block with each thing that can be chosen in it."""
    for element in interactive_elements(block):
        options = [option["value"] for option in all_options(element)]
        many = element["type"].startswith("multi_") or element["type"] == "checkboxes"
        for given in options[:12] if element["type"] == "overflow" else options[-1:] or [None]:
            yield element, [given] if many and given else given


def _fill_element(block: Body, element: Body, given: Any) -> Any:
    known = {
        "zone": "Europe/Berlin",
        "sure": "delete",
        "tracker": "github.com/a/b",
        "value": "3",
        "seen": "4",
    }
    texts = {"plain_text_input": "job: anew", "timepicker": "10:30", "url_text_input": "https://x.example/7"}
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


def _parse_request(raw: bytes, headers: Headers) -> tuple[str, Body]:
    if headers["content-type"] == "application/json":
        return "event", json.loads(raw)
    form = dict(parse_qsl(raw.decode(), keep_blank_values=True))
    return ("interact", json.loads(form["payload"])) if "payload" in form else ("command", form)
