"""Nobody learns of, or changes, what is in a channel that they are not in, whatever ids they send."""

import copy
import json
import re
from collections.abc import Iterable, Iterator

import pytest

from bot.features.workspaces.single_workspace import SingleWorkspace
from tests.security.attack_harness import (
    VICTIM_WORD,
    AttackHarness,
    AttackOutcome,
    AttackRunner,
    get_at_path,
)
from tests.security.attack_story import Body, RecordedRequest

OTHER_TEAM = "T0OTHER"
WRONG = "went wrong on my side"
SLACKS_WORD = {"event"}  # who did what where, as Slack itself saw it


def routes(grounds: AttackHarness) -> set[str]:
    """Return all that any room answers to."""
    router = grounds.bot.router
    tables: dict[str, Iterable[str]] = {
        "command": router.commands,
        "action": router.actions,
        "view": router.views,
        "shortcut": router.shortcuts,
        "option": router.options,
        "event": router.events,
    }
    return {f"{kind} {name}" for kind, table in tables.items() for name in table}


def test_every_route_of_every_room_is_tried(sqlite_attack: AttackRunner) -> None:
    grounds = sqlite_attack.harness
    for team in (grounds.victim, grounds.attacker):
        assert {asked.route for asked in team.requests} == routes(grounds)
    assert [one.route for one in grounds.victim.requests] == [one.route for one in grounds.attacker.requests]


def test_what_people_ask_of_their_own_is_answered(sqlite_attack: AttackRunner) -> None:
    """Without this the others would show nothing: the bot might refuse everything."""
    answered: set[str] = set()

    async def try_all() -> None:
        grounds = sqlite_attack.harness
        for asked in different(grounds.victim.requests):
            outcome = await grounds.send(asked.kind, asked.body)
            check(grounds, outcome, asked)
            assert outcome.status == 200, asked
            if (
                VICTIM_WORD in json.dumps(outcome.sent)
                or grounds.current_victim_rows() != grounds.saved_victim_rows
            ):
                answered.add(asked.route)

    sqlite_attack.run(try_all())
    silent = {"action maps", "action to_card", "event member_joined_channel", "event member_left_channel"}
    silent |= {"event channel_unarchive", "event group_unarchive"}
    of_all = {"action forget", "view forget_all", "event app_uninstalled", "event tokens_revoked"}
    assert routes(sqlite_attack.harness) - answered <= silent | of_all | {"command help", "command new"}


def test_ids_of_another_channel_open_nothing_of_it(sqlite_attack: AttackRunner) -> None:
    """In Mallory's own requests, each id that comes back from Slack, by itself and together."""

    async def try_all() -> None:
        grounds = sqlite_attack.harness
        for hers, his in pairs(grounds):
            different = {json.dumps(body): body for body in forged(hers.body, his.body) if body != his.body}
            for body in different.values():
                await nothing_of_hers(grounds, his, body)

    sqlite_attack.run(try_all())


def test_a_request_from_another_channel_does_nothing_for_who_is_not_in_it(
    sqlite_attack: AttackRunner,
) -> None:
    """Ana's requests word for word, but by Mallory: of the channel's, of her Home's and of her dialogs."""

    async def try_all() -> None:
        grounds = sqlite_attack.harness
        mallory = grounds.attacker.person
        for hers, _ in pairs(grounds):
            if hers.kind not in SLACKS_WORD or hers.route.startswith("command"):
                await nothing_of_hers(grounds, hers, acted_by(mallory.id, hers.body))

    sqlite_attack.run(try_all())


def test_who_left_a_channel_can_do_nothing_there_by_what_is_still_open(sqlite_attack: AttackRunner) -> None:
    async def try_all() -> None:
        grounds = sqlite_attack.harness
        ana, channel = grounds.victim.person, grounds.victim.channel
        for hers, _ in pairs(grounds):
            if hers.kind not in SLACKS_WORD or hers.route.startswith("command"):
                channel.member_ids.discard(ana.id)
                try:
                    await nothing_of_hers(grounds, hers, hers.body)
                finally:
                    channel.member_ids.add(ana.id)

    sqlite_attack.run(try_all())


def test_another_workspace_opens_nothing(
    sqlite_attack: AttackRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ana's requests, events among them, but in the name of another workspace: by herself and by Mallory.

    With one token it would be turned away. Where there are many, all come in.
    """

    async def let_in(_own: SingleWorkspace, _team: str | None, _enterprise: str | None) -> bool:
        return True

    monkeypatch.setattr(SingleWorkspace, "serves_workspace", let_in)

    async def try_all() -> None:
        grounds = sqlite_attack.harness
        for hers, _ in pairs(grounds):
            for person in (grounds.victim.person, grounds.attacker.person):
                acted = hers.body if hers.kind == "event" else acted_by(person.id, hers.body)
                await nothing_of_hers(grounds, hers, of_team(OTHER_TEAM, acted))

    sqlite_attack.run(try_all())


def test_a_stranger_in_a_shared_channel_sees_no_other(sqlite_attack: AttackRunner) -> None:
    """Somebody of another organisation is in Mallory's channel, and sends the ids of Ana's."""

    async def try_all() -> None:
        grounds = sqlite_attack.harness
        for hers, his in pairs(grounds):
            *_, body = forged(hers.body, his.body)
            if isinstance(body.get("user"), dict):
                body["user"]["team_id"] = OTHER_TEAM
            await nothing_of_hers(grounds, his, body)

    sqlite_attack.run(try_all())


async def nothing_of_hers(grounds: AttackHarness, asked: RecordedRequest, body: Body) -> None:
    outcome = await grounds.send(asked.kind, body)
    check(grounds, outcome, asked)
    assert VICTIM_WORD not in json.dumps(outcome.sent), (asked.route, body, outcome.sent)
    assert grounds.current_victim_rows() == grounds.saved_victim_rows, (asked.route, body)


def check(grounds: AttackHarness, outcome: AttackOutcome, asked: RecordedRequest) -> None:
    assert outcome.status < 500, asked
    assert grounds.errors.errors == [], (asked.route, grounds.errors.errors)
    assert WRONG not in json.dumps(outcome.sent), asked


def different(asked: list[RecordedRequest]) -> list[RecordedRequest]:
    """Leave out what differs from another in nothing but the entry, or where a button stood."""
    seen: dict[str, RecordedRequest] = {}
    for one in asked:
        view = one.body.get("view") or {}
        where = view.get("callback_id") or view.get("type") or bool(one.body.get("channel"))
        action = (one.body.get("actions") or [{}])[0]
        value = action.get("value") or (action.get("selected_option") or {}).get("value")
        kind = re.sub("[0-9]+", "#", value or "")
        seen.setdefault(json.dumps([one.route, one.kind, where, kind, one.body.get("command")]), one)
    return list(seen.values())


def pairs(grounds: AttackHarness) -> list[tuple[RecordedRequest, RecordedRequest]]:
    """Return what Ana asked, and the same of Mallory."""
    his = dict(zip(map(id, grounds.victim.requests), grounds.attacker.requests, strict=True))
    return [(one, his[id(one)]) for one in different(grounds.victim.requests)]


def forged(hers: Body, his: Body) -> Iterator[Body]:
    """Yield his request with ids of hers: each alone, all but the channel, all."""
    parts = [part for part in carriers(hers) if get_at_path(hers, part) != get_at_path(his, part)]
    for part in parts:
        yield with_parts(his, hers, [part])
    yield with_parts(his, hers, [part for part in parts if part[-1] != "channel"])
    yield with_parts(his, hers, parts)


def carriers(body: Body) -> Iterator[tuple[str, ...]]:
    """Yield the places of a request that hold what the bot or a client put there, not what Slack saw."""
    view = body.get("view") or {}
    yield from (("view", "private_metadata", key) for key in json.loads(view.get("private_metadata") or "{}"))
    yield from (("view", key) for key in ("state", "blocks", "callback_id") if key in view)
    yield from ((key,) for key in ("actions", "message", "container", "value") if key in body)


def with_parts(his: Body, hers: Body, parts: list[tuple[str, ...]]) -> Body:
    body = copy.deepcopy(his)
    for part in parts:
        given = json.loads(
            json.dumps(get_at_path(hers, part)).replace(VICTIM_WORD, "sent along")
        )  # no text, which may come back
        match part:
            case ("view", "private_metadata", key):
                about = json.loads(body["view"].get("private_metadata") or "{}")
                about[key] = given
                body["view"]["private_metadata"] = json.dumps(about)
            case ("view", key):
                body["view"][key] = given
            case (key,):
                body[key] = given
    return body


def acted_by(user: str, body: Body) -> Body:
    if "user_id" in body:
        return {**body, "user_id": user}
    if "event" in body:
        return {**body, "event": {**body["event"], "user": user}}
    return {**body, "user": {**body["user"], "id": user}}


def of_team(team: str, body: Body) -> Body:
    """Return a request as another workspace would send it."""
    named: Body = json.loads(json.dumps(body).replace('"T0FAKE"', f'"{team}"'))
    return named
