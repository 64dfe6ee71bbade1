"""Elements to choose from: selects, pickers that filter, radio buttons and checkboxes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import htpy as h

from bot.fake_slack.web.html.mrkdwn import plain, text, words
from bot.fake_slack.web.html.place import Attributes, Given, Place


def select(given: Given, attributes: Attributes, place: Place) -> h.Element:
    """Return a native list to choose one from."""
    chosen, offered = set(_chosen(given)), _offered(given, place)
    label = words(given.get("placeholder"), "Choose")
    return h.select(attributes, aria_label=place.called(label), autofocus=given.get("focus_on_load", False))[
        h.option(value="")[label],
        [_native(one, chosen) for one in offered],
    ]


def picker(given: Given, attributes: Attributes, place: Place) -> h.Element:
    """Return a list to choose from that opens, filters and, if external, asks the bot for more."""
    chosen, offered = _chosen(given), _offered(given, place)
    empty = words(given.get("placeholder"), "Choose")
    labels = [words(one["text"]) for one in _flat(offered) if one.get("value") in chosen]
    multiple = given["type"].startswith("multi_")
    name = None if multiple else place.name(given.get("action_id", ""))
    listed = options(offered, "checkbox" if multiple else "radio", chosen, name=name)
    return h.details(
        ".picker",
        attributes,
        _asks(given),
        aria_label=place.label or empty,
        data_placeholder=empty,
        data_name=name,
        data_max=given.get("max_selected_items"),
    )[
        h.summary(
            class_={"placeholder": not labels},
            autofocus=given.get("focus_on_load", False),
        )[", ".join(labels) or empty],
        h.div(".picker-menu")[
            h.input(
                ".filter", type="search", placeholder="Find", aria_label=f"Find in {place.label or empty}"
            ),
            h.div(".options")[listed],
        ],
    ]


def options(
    given: Sequence[Mapping[str, Any]], kind: str, chosen: Collection[str] = (), *, name: str | None = None
) -> h.Node:
    """Return options, or groups of them, as what a picker lists; radio buttons need a common name."""
    if any("options" in one for one in given):
        return h.fragment[
            [
                h.fieldset[
                    h.legend[plain(words(group.get("label")))],
                    [_option(one, kind, chosen, name) for one in group["options"]],
                ]
                for group in given
            ]
        ]
    return h.div[[_option(one, kind, chosen, name) for one in given]]


def choices(given: Given, attributes: Attributes, place: Place) -> h.Element:
    """Return radio buttons or checkboxes."""
    radio = given["type"] == "radio_buttons"
    name = place.name(given.get("action_id", "")) if radio else None
    chosen, focus = _chosen(given), given.get("focus_on_load", False)
    return h.div(attributes, role="radiogroup" if radio else "group", aria_label=place.label or "Choose")[
        [
            h.label(".choice")[
                h.input(
                    type="radio" if radio else "checkbox",
                    name=name,
                    value=one.get("value", ""),
                    checked=one.get("value") in chosen,
                    autofocus=focus and number == 0,
                ),
                " ",
                h.span[text(one["text"], place.reader)],
                one.get("description") and [" ", h.small[text(one["description"], place.reader)]],
            ]
            for number, one in enumerate(given.get("options", []))
        ]
    ]


def _asks(given: Given) -> Attributes:
    if "external" not in given["type"]:
        return {}
    return {"data-suggest": True, "data-min-query": given.get("min_query_length", 3)}


def _option(one: Given, kind: str, chosen: Collection[str], name: str | None) -> h.Node:
    value, about = one.get("value", ""), one.get("description")
    return h.label(".option")[
        h.input(type=kind, name=name, value=value, checked=value in chosen),
        " ",
        h.span[_plain(one["text"])],
        about and [" ", h.small[_plain(about)]],
    ]


def _native(one: Given, chosen: Collection[str]) -> h.Node:
    if "options" in one:
        return h.optgroup(label=words(one.get("label")))[
            [_native(option, chosen) for option in one["options"]]
        ]
    value = one.get("value", "")
    return h.option(value=value, selected=value in chosen)[words(one["text"])]


def _offered(given: Given, place: Place) -> Sequence[Given]:
    """Return what can be chosen; of an external list only what is chosen already."""
    kind = given["type"].removeprefix("multi_")
    if kind == "users_select":
        return [_named(user, name) for user, name in place.reader.names.items()]
    if kind in {"channels_select", "conversations_select"}:
        return [_named(channel, f"#{name}") for channel, name in place.reader.channels.items()]
    if kind == "external_select":
        return list(_initial(given))
    offered: Sequence[Given] = given.get("option_groups") or given.get("options") or []
    return offered


def _named(value: str, name: str) -> Given:
    return {"text": {"type": "plain_text", "text": name, "emoji": False}, "value": value}


def _initial(given: Given) -> Iterator[Given]:
    yield from given.get("initial_options") or []
    if given.get("initial_option"):
        yield given["initial_option"]


def _chosen(given: Given) -> list[str]:
    chosen = [one.get("value", "") for one in _initial(given)]
    for what in ("user", "channel", "conversation"):
        one = given.get(f"initial_{what}")
        chosen += [*([one] if one else []), *(given.get(f"initial_{what}s") or [])]
    return chosen


def _flat(offered: Sequence[Given]) -> Iterator[Given]:
    for one in offered:
        yield from one.get("options", [one])


def _plain(given: Given) -> h.Node:
    return plain(given.get("text", ""), emoji=given.get("emoji", True))
