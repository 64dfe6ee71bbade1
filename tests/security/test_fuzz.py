"""Requests that are genuine but for a few places: nothing breaks, no other is read, nobody is pinged.

`python -m pytest tests/security --hypothesis-profile=long` tries far more of them.
"""

import copy
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings, strategies as st
from tests.security.attack_harness import VICTIM_WORD, Body, AttackHarness, AttackOutcome, AttackRunner

SHORT = {"sqlite": 250, "postgresql": 60}
LONG = {"sqlite": 10_000, "postgresql": 3_000}
EXAMPLES = LONG if settings.get_current_profile_name() == "long" else SHORT
PINGS = ("<!here", "<!channel", "<!everyone", "<@U0ZQ", "<#C0ZQ", "<https://zq.example")
OF_ALL = {"event app_uninstalled", "event tokens_revoked"}  # by Slack's word, of the whole workspace
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
SHAPES: tuple[Any, ...] = (
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
    fields: AttackRunner = request.getfixturevalue(f"{database}_attack")
    grounds = fields.harness
    asked, pool = grounds.attacker.requests, values_of(grounds)
    tried: Counter[str] = Counter()

    @settings(
        max_examples=EXAMPLES[database],
        deadline=None,
        database=None,
        phases=(Phase.generate,),  # what fails has few places that are wrong as it is
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def none_breaks(data: st.DataObject) -> None:
        route = data.draw(st.sampled_from(sorted({one.route for one in asked})))
        one = data.draw(st.sampled_from([one for one in asked if one.route == route]))
        body = unpacked(one.body)
        for _ in range(data.draw(st.integers(1, 4))):
            path = data.draw(st.sampled_from(list(places(body)) or [()]))
            body = changed(body, path, data.draw(st.sampled_from(pool)), data.draw(st.integers(0, 3)))
        outcome = fields.run(grounds.send(one.kind, packed(body)))
        tried[route] += 1
        event(str(outcome.status))
        nothing_went_wrong(grounds, outcome)
        if one.route not in OF_ALL:
            assert grounds.current_victim_rows() == grounds.saved_victim_rows

    none_breaks()
    assert tried.total() >= EXAMPLES[database]
    if EXAMPLES is LONG:
        assert tried.keys() == {one.route for one in asked}


@pytest.mark.parametrize("path", [("container", "view_id"), ("view", "hash"), ("actions", 0, "value")])
def test_half_a_character_breaks_no_press(sqlite_attack: AttackRunner, path: tuple[Any, ...]) -> None:
    """Found by the fuzzing: no bytes can be made of half a character, and a press is named by a digest."""
    grounds = sqlite_attack.harness
    press = next(one for one in grounds.attacker.list_requests("action look") if "view" in one.body)
    body = changed(press.body, path, "\ud800", 1)
    nothing_went_wrong(grounds, sqlite_attack.run(grounds.send(press.kind, body)))


def nothing_went_wrong(grounds: AttackHarness, outcome: AttackOutcome) -> None:
    said = json.dumps(outcome.sent)
    assert outcome.status < 500
    assert grounds.errors.errors == []
    assert "went wrong on my side" not in said
    assert VICTIM_WORD not in said
    assert [text for text in formatted(outcome.sent) if any(ping in text for ping in PINGS)] == []
    assert [trouble for trouble in grounds.slack_harness.failures if "invalid" in trouble] == []


def formatted(said: Any) -> Iterator[str]:
    """Yield all texts that Slack formats, wherever they are in what was said."""
    match said:
        case {"type": "plain_text"} | {"type": "button"}:
            return
        case {"type": "mrkdwn" | "markdown", "text": str(text)}:
            yield text
        case [str(_), {"text": str(text), **rest}]:  # a call
            yield text
            yield from formatted(rest)
        case [str(text), list(blocks), list(_)]:  # a message
            yield text
            yield from formatted(blocks)
        case dict():
            for value in said.values():
                yield from formatted(value)
        case list():
            for value in said:
                yield from formatted(value)
        case str() if said.startswith("{"):
            yield from formatted(json.loads(said))


def values_of(grounds: AttackHarness) -> list[Any]:
    """Return what is put in the place of what was right: hostile values, and right ones of other places."""
    ids = [grounds.victim.canvas_id, *(row["id"] for row in grounds.list_saved_victim_rows("entry", "round"))]
    foreign = [value for key in ids for value in (key, str(key), f"{key}:why", f"edit:{key}", f"{key}:{key}")]
    return [*TEXTS, *TEXTS, *NUMBERS, *SHAPES, *IDS, *foreign, *known_values(grounds)]


def known_values(grounds: AttackHarness) -> list[str]:
    """Return the action ids, callback ids and values of everything that Mallory can press."""
    found: dict[str, None] = {}
    for one in grounds.attacker.requests:
        for action in one.body.get("actions") or ():
            found[action["action_id"]] = found[str(action.get("value"))] = None
        found |= {str(one.body.get("callback_id")): None, one.route.partition(" ")[2]: None}
    return list(found)


def unpacked(body: Body) -> Body:
    """Return a request with what its view is about as an object, so that it can be changed within."""
    body = copy.deepcopy(body)
    if (body.get("view") or {}).get("private_metadata"):
        body["view"]["private_metadata"] = json.loads(body["view"]["private_metadata"])
    return body


def packed(body: Body) -> Body:
    view = body.get("view")
    if isinstance(view, dict) and isinstance(view.get("private_metadata"), dict | list):
        view["private_metadata"] = json.dumps(view["private_metadata"])
    return body


def places(thing: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to everything in a request but the looks of its view, of which the bot reads little."""
    inside = thing.items() if isinstance(thing, dict) else enumerate(thing) if isinstance(thing, list) else ()
    for key, value in inside:
        if key != "blocks":
            yield (*path, key)
            yield from places(value, (*path, key))


def changed(body: Body, path: tuple[Any, ...], value: Any, how: int) -> Body:
    """Return a request in which one place is left out, is another, or has more text."""
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
