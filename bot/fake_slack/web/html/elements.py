"""Render Block Kit's elements.

The page's script reads the data attributes: action id, type, and when the bot is sent a change.
"""

from collections.abc import Callable, Mapping

import htpy as h

from bot.fake_slack.web.html import choices, inline
from bot.fake_slack.web.html.choices import render_options
from bot.fake_slack.web.html.element_context import Attributes, BlockKitJson, ElementContext
from bot.fake_slack.web.html.mrkdwn import plain_label, render_plain_text, render_text_object
from bot.fake_slack.web.html.reader import Reader
from bot.fake_slack.web.html.rich_text import rich_text_to_plain

__all__ = ["NATIVE_INPUT_TYPES", "render_element", "render_image", "render_options"]

_RenderElement = Callable[[BlockKitJson, Attributes, ElementContext], h.BaseElement]


def render_element(element: BlockKitJson, context: ElementContext) -> h.Node:
    """Return an element with the data attributes that the page's script reads."""
    kind = str(element.get("type", ""))
    if context.reader.user_id not in element.get("visible_to_user_ids", [context.reader.user_id]):
        return None
    if kind == "image":
        return render_image(element)
    if kind not in _RENDERERS:
        return h.span(".note")[f"an element of type {kind}, which this stand-in cannot show"]
    rendered = _RENDERERS[kind](element, _build_attributes(element, kind, context), context)
    return (
        _add_confirm_dialog(rendered, element["confirm"], context.reader)
        if element.get("confirm")
        else rendered
    )


def render_image(element: BlockKitJson, css_class: str = "thumb") -> h.Node:
    """Return an image, or its alternative text where the URL is not one that the page may load."""
    url, alt = find_image_url(element), str(element.get("alt_text", ""))
    return h.img(f".{css_class}", src=url, alt=alt, loading="lazy") if url else h.span(".note")[alt]


def find_image_url(element: BlockKitJson) -> str | None:
    """Return where an image is loaded from; None for a URL that is neither the page's nor the web's."""
    file = element.get("slack_file") or {}
    if file.get("id"):
        return f"/page/files/{file['id']}"
    url = str(element.get("image_url") or file.get("url") or "")
    return url if inline.is_web_url(url) or (url.startswith("/") and not url.startswith("//")) else None


def _build_attributes(element: BlockKitJson, kind: str, context: ElementContext) -> Attributes:
    triggers = (element.get("dispatch_action_config") or {}).get("trigger_actions_on")
    return {
        "data-action-id": element.get("action_id", ""),
        "data-element-type": kind,
        "data-dispatch": context.dispatches,
        "data-dispatch-on": " ".join(triggers) if triggers and context.dispatches else None,
        "data-confirm": bool(element.get("confirm")),
        "aria-describedby": context.described_by or None,
    }


def _add_confirm_dialog(rendered: h.BaseElement, confirm: BlockKitJson, reader: Reader) -> h.Element:
    style = "danger" if confirm.get("style") == "danger" else "primary"
    return h.span(".with-confirm")[
        rendered,
        h.dialog(".confirm", aria_label=plain_label(confirm.get("title"), "Are you sure?"))[
            h.h2[_render_plain(confirm.get("title"), "Are you sure?")],
            h.p[render_text_object(confirm["text"], reader) if confirm.get("text") else None],
            h.div(".dialog-buttons")[
                h.button(".button", type="button", value="deny")[
                    _render_plain(confirm.get("deny"), "Cancel")
                ],
                h.button(f".button.{style}", type="button", value="confirm")[
                    _render_plain(confirm.get("confirm"), "Yes")
                ],
            ],
        ],
    ]


def _render_button(element: BlockKitJson, attributes: Attributes, _context: ElementContext) -> h.Element:
    style = element.get("style")
    css_classes: list[str | bool] = ["button", style in {"primary", "danger"} and str(style)]
    label, shown = element.get("accessibility_label"), _render_plain(element.get("text"))
    url = str(element.get("url") or "")
    if inline.is_web_url(url):
        return h.a(
            attributes,
            class_=css_classes,
            href=url,
            target="_blank",
            rel="noopener noreferrer",
            aria_label=label,
        )[shown]
    return h.button(
        attributes,
        class_=css_classes,
        type="button",
        value=element.get("value"),
        aria_label=label,
        autofocus=element.get("focus_on_load", False),
    )[shown]


def _render_overflow(element: BlockKitJson, attributes: Attributes, _context: ElementContext) -> h.Element:
    return h.span(".overflow", attributes)[
        h.button(
            ".icon-button", type="button", data_menu=True, aria_haspopup="menu", aria_label="More options"
        )["⋯"],
        h.div(".menu", popover=True, role="menu")[
            [_render_menu_item(option) for option in element.get("options", [])]
        ],
    ]


def _render_menu_item(option: BlockKitJson) -> h.Element:
    url, value = str(option.get("url") or ""), option.get("value", "")
    if inline.is_web_url(url):
        return h.a(role="menuitem", href=url, target="_blank", rel="noopener noreferrer", data_value=value)[
            _render_plain(option["text"])
        ]
    return h.button(type="button", role="menuitem", value=value)[_render_plain(option["text"])]


def _render_field(element: BlockKitJson, attributes: Attributes, context: ElementContext) -> h.BaseElement:
    """Return a text field of one or several lines."""
    field_attributes = {
        **attributes,
        "placeholder": plain_label(element.get("placeholder")) or None,
        "minlength": element.get("min_length"),
        "maxlength": element.get("max_length"),
        "aria-label": context.aria_label_for(plain_label(element.get("placeholder"), "Text")),
        "autofocus": element.get("focus_on_load", False),
    }
    value = element.get("initial_value")
    if element["type"] == "rich_text_input":
        return _render_textarea(field_attributes, rich_text_to_plain(value, context.reader) if value else "")
    if element.get("multiline"):
        return _render_textarea(field_attributes, str(value or ""))
    return h.input(
        field_attributes,
        _FIELD_ATTRIBUTES[element["type"]](element),
        value=None if value is None else str(value),
    )


def _render_textarea(attributes: Attributes, value: str) -> h.Element:
    # A browser drops a line break right after the tag: a value that begins with one needs another one.
    return h.textarea(attributes, rows=4)["\n" if value.startswith("\n") else None, value]


def _render_date_input(
    element: BlockKitJson, attributes: Attributes, context: ElementContext
) -> h.BaseElement:
    input_type = {"datepicker": "date", "timepicker": "time", "datetimepicker": "datetime-local"}[
        element["type"]
    ]
    # A year that is still being typed is below this, by which the script knows it (static/actions.js).
    earliest = {"date": "1900-01-01", "datetime-local": "1900-01-01T00:00"}
    value = element.get("initial_date") or element.get("initial_time")
    moment = inline.parse_timestamp(element.get("initial_date_time"), context.reader)
    return h.input(
        attributes,
        type=input_type,
        value=f"{moment:%Y-%m-%dT%H:%M}" if moment else value,
        min=earliest.get(input_type),
        aria_label=context.aria_label_for(
            plain_label(element.get("placeholder"), input_type.partition("-")[0].capitalize())
        ),
        autofocus=element.get("focus_on_load", False),
    )


def _render_file_input(
    element: BlockKitJson, attributes: Attributes, context: ElementContext
) -> h.BaseElement:
    return h.input(
        attributes,
        type="file",
        multiple=element.get("max_files", 10) > 1,
        accept=",".join(f".{ending}" for ending in element.get("filetypes") or []) or None,
        aria_label=context.aria_label_for("File"),
    )


def _number_attributes(element: BlockKitJson) -> Attributes:
    step = "any" if element.get("is_decimal_allowed") else "1"
    return {"type": "number", "step": step, "min": element.get("min_value"), "max": element.get("max_value")}


def _render_plain(text: BlockKitJson | None, default: str = "") -> h.Node:
    return render_plain_text(text.get("text", ""), emoji=text.get("emoji", True)) if text else default


_FIELD_ATTRIBUTES: Mapping[str, Callable[[BlockKitJson], Attributes]] = {
    "plain_text_input": lambda _: {"type": "text"},
    "email_text_input": lambda _: {"type": "email"},
    "url_text_input": lambda _: {"type": "url"},
    "number_input": _number_attributes,
}
_ENTITIES = ("users", "channels", "conversations")
_RENDERERS: Mapping[str, _RenderElement] = {
    "button": _render_button,
    "overflow": _render_overflow,
    "radio_buttons": choices.render_choices,
    "checkboxes": choices.render_choices,
    "static_select": choices.render_select,
    "external_select": choices.render_picker,
    "multi_static_select": choices.render_picker,
    "multi_external_select": choices.render_picker,
    **{f"{entity}_select": choices.render_select for entity in _ENTITIES},
    **{f"multi_{entity}_select": choices.render_picker for entity in _ENTITIES},
    **dict.fromkeys([*_FIELD_ATTRIBUTES, "rich_text_input"], _render_field),
    **dict.fromkeys(["datepicker", "timepicker", "datetimepicker"], _render_date_input),
    "file_input": _render_file_input,
}
NATIVE_INPUT_TYPES = {
    kind
    for kind, render in _RENDERERS.items()
    if render in {choices.render_select, _render_field, _render_date_input, _render_file_input}
}
