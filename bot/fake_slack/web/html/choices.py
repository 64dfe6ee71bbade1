"""Render elements with options: native selects, pickers with a filter, radio buttons and checkboxes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import htpy as h

from bot.fake_slack.web.html.element_context import Attributes, BlockKitJson, ElementContext
from bot.fake_slack.web.html.mrkdwn import plain_label, render_plain_text, render_text_object


def render_select(element: BlockKitJson, attributes: Attributes, context: ElementContext) -> h.Element:
    """Return a native select."""
    chosen, available = set(_list_chosen_values(element)), _list_options(element, context)
    label = plain_label(element.get("placeholder"), "Choose")
    return h.select(
        attributes, aria_label=context.aria_label_for(label), autofocus=element.get("focus_on_load", False)
    )[
        h.option(value="")[label],
        [_render_native_option(one, chosen) for one in available],
    ]


def render_picker(element: BlockKitJson, attributes: Attributes, context: ElementContext) -> h.Element:
    """Return a list that opens and can be filtered; an external select loads its options from the bot."""
    chosen, available = _list_chosen_values(element), _list_options(element, context)
    empty = plain_label(element.get("placeholder"), "Choose")
    labels = [plain_label(one["text"]) for one in _flatten_groups(available) if one.get("value") in chosen]
    multiple = element["type"].startswith("multi_")
    name = None if multiple else context.unique_name(element.get("action_id", ""))
    rendered = render_options(available, "checkbox" if multiple else "radio", chosen, name=name)
    return h.details(
        ".picker",
        attributes,
        _suggestion_attributes(element),
        aria_label=context.label or empty,
        data_placeholder=empty,
        data_name=name,
        data_max_selected=element.get("max_selected_items"),
    )[
        h.summary(
            class_={"placeholder": not labels},
            autofocus=element.get("focus_on_load", False),
        )[", ".join(labels) or empty],
        h.div(".picker-menu")[
            h.input(
                ".filter", type="search", placeholder="Find", aria_label=f"Find in {context.label or empty}"
            ),
            h.div(".options")[rendered],
        ],
    ]


def render_options(
    options: Sequence[Mapping[str, Any]],
    input_type: str,
    chosen: Collection[str] = (),
    *,
    name: str | None = None,
) -> h.Node:
    """Return the options or option groups of a picker. Radio buttons need a common name."""
    if any("options" in option for option in options):
        return h.fragment[
            [
                h.fieldset[
                    h.legend[render_plain_text(plain_label(group.get("label")))],
                    [_render_option(option, input_type, chosen, name) for option in group["options"]],
                ]
                for group in options
            ]
        ]
    return h.div[[_render_option(option, input_type, chosen, name) for option in options]]


def render_choices(element: BlockKitJson, attributes: Attributes, context: ElementContext) -> h.Element:
    """Return radio buttons or checkboxes."""
    radio = element["type"] == "radio_buttons"
    name = context.unique_name(element.get("action_id", "")) if radio else None
    chosen, focus = _list_chosen_values(element), element.get("focus_on_load", False)
    return h.div(attributes, role="radiogroup" if radio else "group", aria_label=context.label or "Choose")[
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
                h.span[render_text_object(one["text"], context.reader)],
                one.get("description")
                and [" ", h.small[render_text_object(one["description"], context.reader)]],
            ]
            for number, one in enumerate(element.get("options", []))
        ]
    ]


def _suggestion_attributes(element: BlockKitJson) -> Attributes:
    if "external" not in element["type"]:
        return {}
    return {"data-suggest": True, "data-min-query": element.get("min_query_length", 3)}


def _render_option(
    option: BlockKitJson, input_type: str, chosen: Collection[str], name: str | None
) -> h.Node:
    value, description = option.get("value", ""), option.get("description")
    return h.label(".option")[
        h.input(type=input_type, name=name, value=value, checked=value in chosen),
        " ",
        h.span[_render_plain(option["text"])],
        description and [" ", h.small[_render_plain(description)]],
    ]


def _render_native_option(option: BlockKitJson, chosen: Collection[str]) -> h.Node:
    if "options" in option:
        return h.optgroup(label=plain_label(option.get("label")))[
            [_render_native_option(one, chosen) for one in option["options"]]
        ]
    value = option.get("value", "")
    return h.option(value=value, selected=value in chosen)[plain_label(option["text"])]


def _list_options(element: BlockKitJson, context: ElementContext) -> Sequence[BlockKitJson]:
    """Return the options or groups to choose from;

    for an external select only those that are chosen already.
    """
    kind = element["type"].removeprefix("multi_")
    if kind == "users_select":
        return [_build_option(user, name) for user, name in context.reader.user_names.items()]
    if kind in {"channels_select", "conversations_select"}:
        return [_build_option(channel, f"#{name}") for channel, name in context.reader.channel_names.items()]
    if kind == "external_select":
        return list(_iterate_initial_options(element))
    available: Sequence[BlockKitJson] = element.get("option_groups") or element.get("options") or []
    return available


def _build_option(value: str, name: str) -> BlockKitJson:
    return {"text": {"type": "plain_text", "text": name, "emoji": False}, "value": value}


def _iterate_initial_options(element: BlockKitJson) -> Iterator[BlockKitJson]:
    yield from element.get("initial_options") or []
    if element.get("initial_option"):
        yield element["initial_option"]


def _list_chosen_values(element: BlockKitJson) -> list[str]:
    chosen = [one.get("value", "") for one in _iterate_initial_options(element)]
    for what in ("user", "channel", "conversation"):
        one = element.get(f"initial_{what}")
        chosen += [*([one] if one else []), *(element.get(f"initial_{what}s") or [])]
    return chosen


def _flatten_groups(available: Sequence[BlockKitJson]) -> Iterator[BlockKitJson]:
    for option in available:
        yield from option.get("options", [option])


def _render_plain(text: BlockKitJson) -> h.Node:
    return render_plain_text(text.get("text", ""), emoji=text.get("emoji", True))
