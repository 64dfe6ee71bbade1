"""Nobody can read or change what belongs to a channel that they are not in, whatever ids they send."""

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

OTHER_TEAM_ID = "T0OTHER"
ERROR_TEXT = "went wrong on my side"
TRUSTED_KINDS = {"event"}  # nobody can forge an event: Slack alone says who did what where


def list_routes(harness: AttackHarness) -> set[str]:
    """Return all routes of all features."""
    router = harness.bot.router
    tables: dict[str, Iterable[str]] = {
        "command": router.commands,
        "action": router.actions,
        "view": router.views,
        "shortcut": router.shortcuts,
        "option": router.options,
        "event": router.events,
    }
    return {f"{kind} {name}" for kind, table in tables.items() for name in table}


def test_every_route_of_every_feature_is_attacked(sqlite_attack: AttackRunner) -> None:
    harness = sqlite_attack.harness
    for team in (harness.victim, harness.attacker):
        assert {request.route for request in team.requests} == list_routes(harness)
    victim_routes, attacker_routes = (
        [request.route for request in team.requests] for team in (harness.victim, harness.attacker)
    )
    assert victim_routes == attacker_routes


def test_requests_about_the_own_channel_are_answered(sqlite_attack: AttackRunner) -> None:
    """Without this test the others would prove nothing: the bot might reject every request."""
    answered: set[str] = set()

    async def send_all() -> None:
        harness = sqlite_attack.harness
        for request in deduplicate_requests(harness.victim.requests):
            outcome = await harness.send(request.kind, request.body)
            assert_no_error(harness, outcome, request)
            assert outcome.status == 200, request
            if (
                VICTIM_WORD in json.dumps(outcome.sent)
                or harness.current_victim_rows() != harness.saved_victim_rows
            ):
                answered.add(request.route)

    sqlite_attack.run(send_all())
    without_visible_effect = {
        "action maps",
        "action often",
        "action ticket_open",  # Slack opens the ticket's page
        "event member_joined_channel",
        "event member_left_channel",
        "event channel_left",
        "event group_left",
        "event user_change",
        "view schedule",  # sent as it was opened, it sets the schedule that the canvas has
    }
    without_visible_effect |= {"event channel_unarchive", "event group_unarchive"}
    of_whole_workspace = {
        "action forget",
        "view forget_all",
        "event app_uninstalled",
        "event team_access_granted",
        "event team_access_revoked",
        "event tokens_revoked",
    }
    assert list_routes(sqlite_attack.harness) - answered <= without_visible_effect | of_whole_workspace | {
        "command help",
        "command new",
    }


def test_ids_of_another_channel_give_no_access_to_it(sqlite_attack: AttackRunner) -> None:
    """Send Mallory's own requests with ids of Ana's channel: each id alone, and all together."""

    async def send_all() -> None:
        harness = sqlite_attack.harness
        for victim_request, attacker_request in pair_requests(harness):
            forged_bodies = forge_bodies(victim_request.body, attacker_request.body)
            distinct = {json.dumps(body): body for body in forged_bodies if body != attacker_request.body}
            for body in distinct.values():
                await assert_no_victim_data(harness, attacker_request, body)

    sqlite_attack.run(send_all())


def test_a_request_replayed_by_somebody_outside_the_channel_has_no_effect(
    sqlite_attack: AttackRunner,
) -> None:
    """Mallory sends Ana's requests unchanged: those from the channel, from her Home and from her dialogs."""

    async def send_all() -> None:
        harness = sqlite_attack.harness
        mallory = harness.attacker.person
        for victim_request, _ in pair_requests(harness):
            if victim_request.kind not in TRUSTED_KINDS or victim_request.route.startswith("command"):
                await assert_no_victim_data(
                    harness, victim_request, replace_user(mallory.id, victim_request.body)
                )

    sqlite_attack.run(send_all())


def test_a_former_member_cannot_use_dialogs_and_buttons_that_are_still_open(
    sqlite_attack: AttackRunner,
) -> None:
    async def send_all() -> None:
        harness = sqlite_attack.harness
        ana, channel = harness.victim.person, harness.victim.channel
        for victim_request, _ in pair_requests(harness):
            if victim_request.kind not in TRUSTED_KINDS or victim_request.route.startswith("command"):
                await harness.remove_member(harness.victim)
                try:
                    await assert_no_victim_data(harness, victim_request, victim_request.body)
                finally:
                    channel.member_ids.add(ana.id)

    sqlite_attack.run(send_all())


def test_another_workspace_gets_no_access(
    sqlite_attack: AttackRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ana and Mallory send Ana's requests, also events, with another workspace's id.

    A bot with one token rejects all of these. The test accepts them, as a bot for many workspaces does.
    """

    async def serve_every_workspace(
        _self: SingleWorkspace, _team_id: str | None, _enterprise_id: str | None
    ) -> bool:
        return True

    monkeypatch.setattr(SingleWorkspace, "serves_workspace", serve_every_workspace)

    async def send_all() -> None:
        harness = sqlite_attack.harness
        for victim_request, _ in pair_requests(harness):
            for person in (harness.victim.person, harness.attacker.person):
                body = victim_request.body
                if victim_request.route == "action start_anyway":
                    continue  # it brings the name of the canvas that it starts, and reads none
                if victim_request.kind != "event":
                    body = replace_user(person.id, body)
                await assert_no_victim_data(harness, victim_request, replace_team(OTHER_TEAM_ID, body))

    sqlite_attack.run(send_all())


def test_an_external_user_in_a_shared_channel_has_no_access_to_other_channels(
    sqlite_attack: AttackRunner,
) -> None:
    """A user of another workspace is in Mallory's channel and sends ids of Ana's channel."""

    async def send_all() -> None:
        harness = sqlite_attack.harness
        for victim_request, attacker_request in pair_requests(harness):
            *_, body = forge_bodies(victim_request.body, attacker_request.body)
            if isinstance(body.get("user"), dict):
                body["user"]["team_id"] = OTHER_TEAM_ID
            await assert_no_victim_data(harness, attacker_request, body)

    sqlite_attack.run(send_all())


async def assert_no_victim_data(harness: AttackHarness, request: RecordedRequest, body: Body) -> None:
    """Send a request; assert that it neither returns nor changes anything of the victim's."""
    outcome = await harness.send(request.kind, body)
    assert_no_error(harness, outcome, request)
    assert VICTIM_WORD not in json.dumps(outcome.sent), (request.route, body, outcome.sent)
    assert harness.current_victim_rows() == harness.saved_victim_rows, (request.route, body)


def assert_no_error(harness: AttackHarness, outcome: AttackOutcome, request: RecordedRequest) -> None:
    assert outcome.status < 500, request
    assert harness.errors.errors == [], (request.route, harness.errors.errors)
    assert ERROR_TEXT not in json.dumps(outcome.sent), request


def deduplicate_requests(requests: list[RecordedRequest]) -> list[RecordedRequest]:
    """Leave out each request that differs from an earlier one only in its ids or its message."""
    distinct: dict[str, RecordedRequest] = {}
    for request in requests:
        view = request.body.get("view") or {}
        surface = view.get("callback_id") or view.get("type") or bool(request.body.get("channel"))
        action = (request.body.get("actions") or [{}])[0]
        value = action.get("value") or (action.get("selected_option") or {}).get("value")
        value_without_ids = re.sub("[0-9]+", "#", value or "")
        key = [request.route, request.kind, surface, value_without_ids, request.body.get("command")]
        distinct.setdefault(json.dumps(key), request)
    return list(distinct.values())


def pair_requests(harness: AttackHarness) -> list[tuple[RecordedRequest, RecordedRequest]]:
    """Return each distinct request of Ana's with Mallory's request of the same kind."""
    attacker_requests = dict(zip(map(id, harness.victim.requests), harness.attacker.requests, strict=True))
    distinct = deduplicate_requests(harness.victim.requests)
    return [(request, attacker_requests[id(request)]) for request in distinct]


def forge_bodies(victim_body: Body, attacker_body: Body) -> Iterator[Body]:
    """Yield the attacker's request with parts of the victim's: each alone, all but the channel, all."""
    paths = [
        path
        for path in find_forgeable_paths(victim_body)
        if get_at_path(victim_body, path) != get_at_path(attacker_body, path)
    ]
    for path in paths:
        yield copy_parts(attacker_body, victim_body, [path])
    yield copy_parts(attacker_body, victim_body, [path for path in paths if path[-1] != "channel"])
    yield copy_parts(attacker_body, victim_body, paths)


def find_forgeable_paths(body: Body) -> Iterator[tuple[str, ...]]:
    """Yield the paths of a request whose values come from the bot or the client, not from Slack itself."""
    view = body.get("view") or {}
    yield from (("view", "private_metadata", key) for key in json.loads(view.get("private_metadata") or "{}"))
    yield from (("view", key) for key in ("state", "blocks", "callback_id") if key in view)
    yield from ((key,) for key in ("actions", "message", "container", "value") if key in body)


def copy_parts(attacker_body: Body, victim_body: Body, paths: list[tuple[str, ...]]) -> Body:
    """Return the attacker's request with the victim's values at these paths."""
    body = copy.deepcopy(attacker_body)
    for path in paths:
        # Without the victim's word: the bot may repeat what the attacker has sent.
        value = json.loads(json.dumps(get_at_path(victim_body, path)).replace(VICTIM_WORD, "sent along"))
        match path:
            case ("view", "private_metadata", key):
                private_metadata = json.loads(body["view"].get("private_metadata") or "{}")
                private_metadata[key] = value
                body["view"]["private_metadata"] = json.dumps(private_metadata)
            case ("view", key):
                body["view"][key] = value
            case (key,):
                body[key] = value
    return body


def replace_user(user_id: str, body: Body) -> Body:
    """Return a request that another user sends."""
    if "user_id" in body:
        return {**body, "user_id": user_id}
    if "event" in body:
        return {**body, "event": {**body["event"], "user": user_id}}
    return {**body, "user": {**body["user"], "id": user_id}}


def replace_team(team_id: str, body: Body) -> Body:
    """Return a request with another workspace's id in place of the fake Slack's."""
    replaced: Body = json.loads(json.dumps(body).replace('"T0FAKE"', f'"{team_id}"'))
    return replaced
