"""Genuine requests with a few wrong values: nothing breaks, no other team is read, nobody is mentioned.

`python -m pytest tests/security --hypothesis-profile=long` tries far more of them.
"""

import copy
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings, strategies as st

from tests.security.attack_harness import VICTIM_WORD, AttackHarness, AttackOutcome, AttackRunner
from tests.security.attack_story import Body

SHORT_EXAMPLES = {"sqlite": 60, "postgresql": 30}
LONG_EXAMPLES = {"sqlite": 10_000, "postgresql": 3_000}
IS_LONG = settings.get_current_profile_name() == "long"
MAX_EXAMPLES = LONG_EXAMPLES if IS_LONG else SHORT_EXAMPLES
MENTIONS = ("<!here", "<!channel", "<!everyone", "<@U0ZQ", "<#C0ZQ", "<https://zq.example")
# They delete the data of both teams.
WORKSPACE_EVENTS = {"event app_uninstalled", "event team_access_revoked", "event tokens_revoked"}
TEXTS = (
    "<!here> <!channel> <!everyone|you> <@U0ZQ> <#C0ZQ> <https://zq.example|Slack>",
    "&lt;!here&gt; &lt;!channel&gt; &lt;@U0ZQ&gt; &lt;#C0ZQ&gt; &lt;https://zq.example|Slack&gt;",
    "*bold* _it_ ~gone~ `code` ```block``` > quote\n# head\n- item [a](https://zq.example)",
    "\u202egnp.exe\u2066 \u200b\ufeff\u0000\u0007 \ud800 \udfff",
    "=cmd|' /C calc'!A0",
    "<svg onload=alert(1)>&amp;&#60;script&#62;]]>",
    "x" * 4000,
    "job: " + "; ".join(["one"] * 700),
    "é" * 300 + "\u0301" * 300 + "👩‍👩‍👧‍👦" * 50,
    "",
    " ",
    ":",
    ";;;;",
    "payload",
)
NUMBERS = (0, -1, 1, 7, 2**31, 2**63, -(2**63) - 1, 10**11, 10**400, 1.5, float("1e308"))
JSON_VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    [],
    {},
    [[]],
    [None],
    {"id": None},
    {"value": 1},
    [{}],
    "null",
    "{}",
)
IDS = (
    "0",
    "-1",
    "9" * 12,
    "9" * 30,
    "9" * 5000,
    "١٢",
    "1_0",
    "0x1",
    "1:2:3",
    "all next 1",
    "edit:",
    "delete:0",
)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_no_request_breaks_anything(request: pytest.FixtureRequest, database: str) -> None:
    runner: AttackRunner = request.getfixturevalue(f"{database}_attack")
    harness = runner.harness
    requests, values = harness.attacker.requests, list_hostile_values(harness)
    routes: Counter[str] = Counter()

    @settings(
        max_examples=MAX_EXAMPLES[database],
        deadline=None,
        database=None,
        phases=(Phase.generate,),  # no shrinking: a failing request has few wrong values as it is
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def check_request(data: st.DataObject) -> None:
        route = data.draw(st.sampled_from(sorted({each.route for each in requests})))
        recorded = data.draw(st.sampled_from([each for each in requests if each.route == route]))
        body = unpack_metadata(recorded.body)
        for _ in range(data.draw(st.integers(1, 4))):
            path = data.draw(st.sampled_from(list(list_paths(body)) or [()]))
            body = change_value(body, path, data.draw(st.sampled_from(values)), data.draw(st.integers(0, 3)))
        outcome = runner.run(harness.send(recorded.kind, pack_metadata(body)))
        routes[route] += 1
        event(str(outcome.status))
        check_outcome(harness, outcome)
        if recorded.route not in WORKSPACE_EVENTS:
            assert harness.current_victim_rows() == harness.saved_victim_rows

    check_request()
    assert routes.total() >= MAX_EXAMPLES[database]
    if IS_LONG:
        assert routes.keys() == {each.route for each in requests}


@pytest.mark.parametrize("path", [("container", "view_id"), ("view", "hash"), ("actions", 0, "value")])
def test_half_a_surrogate_pair_breaks_no_button(sqlite_attack: AttackRunner, path: tuple[Any, ...]) -> None:
    """The fuzzing found it: half a pair has no bytes, of which the idempotency key is a digest."""
    harness = sqlite_attack.harness
    press = next(each for each in harness.attacker.list_requests("action look") if "view" in each.body)
    body = change_value(press.body, path, "\ud800", 1)
    check_outcome(harness, sqlite_attack.run(harness.send(press.kind, body)))


def test_what_is_no_number_in_the_metadata_of_a_view_breaks_nothing(postgresql_attack: AttackRunner) -> None:
    """PostgreSQL refuses to compare a text, or a number of more than 32 bits, with its ids."""
    harness = postgresql_attack.harness
    tried: set[tuple[str, str]] = set()
    for recorded in harness.attacker.requests:
        metadata = (unpack_metadata(recorded.body).get("view") or {}).get("private_metadata") or {}
        numbers = {key for key, value in metadata.items() if isinstance(value, int) and value is not False}
        for key in sorted(numbers - {key for route, key in tried if route == recorded.route}):
            tried.add((recorded.route, key))
            for value in ("edit:3", 2**31):
                path = ("view", "private_metadata", key)
                hostile = change_value(unpack_metadata(recorded.body), path, value, 2)
                outcome = postgresql_attack.run(harness.send(recorded.kind, pack_metadata(hostile)))
                check_outcome(harness, outcome)
    assert {("view test_result", "test"), ("view reason", "discussion")} <= tried


def test_a_number_too_large_for_an_id_in_a_button_breaks_nothing(postgresql_attack: AttackRunner) -> None:
    harness = postgresql_attack.harness
    presses = {
        (recorded.route, re.sub(r"\d+", "1", value)): recorded
        for recorded in harness.attacker.requests
        for action in recorded.body.get("actions") or ()
        for value in [str(action.get("value") or "")]
        if re.search(r"\d", value)
    }
    for recorded in presses.values():
        value = recorded.body["actions"][0]["value"]
        for number in re.finditer(r"\d+", value):
            hostile = f"{value[: number.start()]}{2**31}{value[number.end() :]}"
            body = change_value(copy.deepcopy(recorded.body), ("actions", 0, "value"), hostile, 2)
            check_outcome(harness, postgresql_attack.run(harness.send(recorded.kind, body)))
    assert len(presses) > 40


def check_outcome(harness: AttackHarness, outcome: AttackOutcome) -> None:
    sent = json.dumps(outcome.sent)
    assert outcome.status < 500
    assert harness.errors.errors == []
    assert "went wrong on my side" not in sent
    assert VICTIM_WORD not in sent
    texts = list(find_formatted_texts(outcome.sent))
    assert [text for text in texts if any(mention in text for mention in MENTIONS)] == []
    assert [failure for failure in harness.slack_harness.failures if "invalid" in failure] == []


def find_formatted_texts(sent: Any) -> Iterator[str]:
    """Yield all texts that Slack formats, wherever they are in what was sent."""
    match sent:
        case {"type": "plain_text"} | {"type": "button"}:
            return
        case {"type": "mrkdwn" | "markdown", "text": str(text)}:
            yield text
        case [str(_), {"text": str(text), **rest}]:  # a call
            yield text
            yield from find_formatted_texts(rest)
        case [str(text), list(blocks), list(_)]:  # a message
            yield text
            yield from find_formatted_texts(blocks)
        case dict():
            for value in sent.values():
                yield from find_formatted_texts(value)
        case list():
            for value in sent:
                yield from find_formatted_texts(value)
        case str() if sent.startswith("{"):
            yield from find_formatted_texts(json.loads(sent))


def list_hostile_values(harness: AttackHarness) -> list[Any]:
    """Return values to put into requests: hostile ones, the victim's, and valid ones of other requests."""
    ids = [harness.victim.canvas_id, *(row["id"] for row in harness.list_saved_victim_rows("entry", "round"))]
    foreign = [value for key in ids for value in (key, str(key), f"{key}:why", f"edit:{key}", f"{key}:{key}")]
    return [*TEXTS, *TEXTS, *NUMBERS, *JSON_VALUES, *IDS, *foreign, *list_valid_values(harness)]


def list_valid_values(harness: AttackHarness) -> list[str]:
    """Return the action ids, callback ids and values of everything that the attacker can press."""
    found: dict[str, None] = {}
    for recorded in harness.attacker.requests:
        for action in recorded.body.get("actions") or ():
            found[action["action_id"]] = found[str(action.get("value"))] = None
        found |= {str(recorded.body.get("callback_id")): None, recorded.route.partition(" ")[2]: None}
    return list(found)


def unpack_metadata(body: Body) -> Body:
    """Return the payload with `private_metadata` as an object, so that values in it can be changed."""
    body = copy.deepcopy(body)
    if (body.get("view") or {}).get("private_metadata"):
        body["view"]["private_metadata"] = json.loads(body["view"]["private_metadata"])
    return body


def pack_metadata(body: Body) -> Body:
    view = body.get("view")
    if isinstance(view, dict) and isinstance(view.get("private_metadata"), dict | list):
        view["private_metadata"] = json.dumps(view["private_metadata"])
    return body


def list_paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path to each value of a payload, except the blocks of its view: the bot reads few of them."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        if key != "blocks":
            yield (*path, key)
            yield from list_paths(inner, (*path, key))


def change_value(body: Body, path: tuple[Any, ...], value: Any, how: int) -> Body:
    """Return the payload with one value left out (0), lengthened (1) or replaced."""
    if not path:
        return body
    parent: Any = body
    for key in path[:-1]:
        parent = parent[key]
    if how == 0:
        del parent[path[-1]]
    elif how == 1 and isinstance(parent[path[-1]], str) and isinstance(value, str):
        parent[path[-1]] += value
    else:
        parent[path[-1]] = copy.deepcopy(value)
    return body
