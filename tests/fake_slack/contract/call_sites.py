"""The calls of the Web API in the code of the bot, read from its syntax tree."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.fake_slack.contract.description import load_descriptions

BOT = Path(__file__).parents[3] / "bot"
NOT_THE_BOT = {"fake_slack", "demo"}
# The methods of slack_sdk's client have underscores in place of the points.
METHOD_NAMES = {name.replace(".", "_"): name for name in load_descriptions()}
SDK_ARGUMENTS = {"app_token"}  # the client sends it as the token


@dataclass(frozen=True, slots=True)
class CallSite:
    """One call: the names of its arguments, all of them unless it unpacks a mapping."""

    place: str
    method_name: str
    argument_names: frozenset[str]
    is_complete: bool


def find_call_sites() -> list[CallSite]:
    """Return all calls in the bot's code, also those through `paginate` and `api_call`."""
    return [
        site
        for path in sorted(BOT.rglob("*.py"))
        if path.relative_to(BOT).parts[0] not in NOT_THE_BOT
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        for site in _read_call(node, f"{path.relative_to(BOT.parent)}:{node.lineno}")
    ]


def _read_call(call: ast.Call, place: str) -> Iterator[CallSite]:
    for function in (call.func, *call.args[:1]):
        if isinstance(function, ast.Attribute) and function.attr in METHOD_NAMES:
            names = {keyword.arg for keyword in call.keywords if keyword.arg} - SDK_ARGUMENTS
            is_complete = all(keyword.arg for keyword in call.keywords)
            yield CallSite(place, METHOD_NAMES[function.attr], frozenset(names), is_complete)
    if isinstance(call.func, ast.Attribute) and call.func.attr == "api_call":
        yield from _read_named_call(call, place)


def _read_named_call(call: ast.Call, place: str) -> Iterator[CallSite]:
    """Read `api_call("method", json={…})`."""
    if call.args and isinstance(call.args[0], ast.Constant):
        bodies = [each.value for each in call.keywords if each.arg == "json"]
        keys = [key for body in bodies if isinstance(body, ast.Dict) for key in body.keys]
        names = {str(key.value) for key in keys if isinstance(key, ast.Constant)}
        yield CallSite(place, str(call.args[0].value), frozenset(names), len(names) == len(keys))
