"""Block Kit's elements. The page's script finds each by data-action and data-element."""

from collections.abc import Callable, Mapping

import htpy as h

from bot.fake_slack.web.html import choices, inline
from bot.fake_slack.web.html.choices import options
from bot.fake_slack.web.html.mrkdwn import plain, text, words
from bot.fake_slack.web.html.place import Attributes, Given, Place
from bot.fake_slack.web.html.reader import Reader
from bot.fake_slack.web.html.rich_text import in_plain

__all__ = ["NATIVE", "element", "image", "options"]

_Maker = Callable[[Given, Attributes, Place], h.BaseElement]


def element(given: Given, place: Place) -> h.Node:
    """Return an element with what the page's script needs to know of it."""
    kind = str(given.get("type", ""))
    if kind == "image":
        return image(given)
    if kind not in _MAKERS:
        return h.span(".note")[f"an element of type {kind}, which this stand-in cannot show"]
    made = _MAKERS[kind](given, _attributes(given, kind, place), place)
    return _with_confirm(made, given["confirm"], place.reader) if given.get("confirm") else made


def image(given: Given, kind: str = "thumb") -> h.Node:
    """Return a picture, or its description where the address is not one that a page may load."""
    address, alt = source(given), str(given.get("alt_text", ""))
    return h.img(f".{kind}", src=address, alt=alt, loading="lazy") if address else h.span(".note")[alt]


def source(given: Given) -> str | None:
    file = given.get("slack_file") or {}
    if file.get("id"):
        return f"/play/files/{file['id']}"
    url = str(given.get("image_url") or file.get("url") or "")
    return url if inline.is_web(url) or (url.startswith("/") and not url.startswith("//")) else None


def _attributes(given: Given, kind: str, place: Place) -> Attributes:
    when = (given.get("dispatch_action_config") or {}).get("trigger_actions_on")
    return {
        "data-action": given.get("action_id", ""),
        "data-element": kind,
        "data-dispatch": place.dispatches,
        "data-dispatch-on": " ".join(when) if when and place.dispatches else None,
        "data-confirm": bool(given.get("confirm")),
        "aria-describedby": place.described_by or None,
    }


def _with_confirm(made: h.BaseElement, confirm: Given, reader: Reader) -> h.Element:
    style = "danger" if confirm.get("style") == "danger" else "primary"
    return h.span(".with-confirm")[
        made,
        h.dialog(".confirm", aria_label=words(confirm.get("title"), "Are you sure?"))[
            h.h2[_plain(confirm.get("title"), "Are you sure?")],
            h.p[text(confirm["text"], reader) if confirm.get("text") else None],
            h.div(".dialog-buttons")[
                h.button(".button", type="button", value="deny")[_plain(confirm.get("deny"), "Cancel")],
                h.button(f".button.{style}", type="button", value="confirm")[
                    _plain(confirm.get("confirm"), "Yes")
                ],
            ],
        ],
    ]


def _button(given: Given, attributes: Attributes, _place: Place) -> h.Element:
    style = given.get("style")
    look: list[str | bool] = ["button", style in {"primary", "danger"} and str(style)]
    label, shown = given.get("accessibility_label"), _plain(given.get("text"))
    url = str(given.get("url") or "")
    if inline.is_web(url):
        return h.a(
            attributes, class_=look, href=url, target="_blank", rel="noopener noreferrer", aria_label=label
        )[shown]
    return h.button(
        attributes,
        class_=look,
        type="button",
        value=given.get("value"),
        aria_label=label,
        autofocus=given.get("focus_on_load", False),
    )[shown]


def _overflow(given: Given, attributes: Attributes, _place: Place) -> h.Element:
    return h.span(".overflow", attributes)[
        h.button(
            ".icon-button", type="button", data_menu=True, aria_haspopup="menu", aria_label="More options"
        )["⋯"],
        h.div(".menu", popover=True, role="menu")[[_menu_item(one) for one in given.get("options", [])]],
    ]


def _menu_item(one: Given) -> h.Element:
    url, value = str(one.get("url") or ""), one.get("value", "")
    if inline.is_web(url):
        return h.a(role="menuitem", href=url, target="_blank", rel="noopener noreferrer", data_value=value)[
            _plain(one["text"])
        ]
    return h.button(type="button", role="menuitem", value=value)[_plain(one["text"])]


def _field(given: Given, attributes: Attributes, place: Place) -> h.BaseElement:
    """Return a line, or lines, to write in."""
    more = {
        **attributes,
        "placeholder": words(given.get("placeholder")) or None,
        "minlength": given.get("min_length"),
        "maxlength": given.get("max_length"),
        "aria-label": place.called(words(given.get("placeholder"), "Text")),
        "autofocus": given.get("focus_on_load", False),
    }
    value = given.get("initial_value")
    if given["type"] == "rich_text_input":
        return _textarea(more, in_plain(value, place.reader) if value else "")
    if given.get("multiline"):
        return _textarea(more, str(value or ""))
    return h.input(more, _FIELD[given["type"]](given), value=None if value is None else str(value))


def _textarea(attributes: Attributes, value: str) -> h.Element:
    # A browser drops a line break that follows the tag, so that one is given for it to drop.
    return h.textarea(attributes, rows=4)["\n" if value.startswith("\n") else None, value]


def _date(given: Given, attributes: Attributes, place: Place) -> h.BaseElement:
    kind = {"datepicker": "date", "timepicker": "time", "datetimepicker": "datetime-local"}[given["type"]]
    earliest = {"date": "1900-01-01", "datetime-local": "1900-01-01T00:00"}  # no year that is half typed
    value = given.get("initial_date") or given.get("initial_time")
    moment = inline.moment_of(given.get("initial_date_time"), place.reader)
    return h.input(
        attributes,
        type=kind,
        value=f"{moment:%Y-%m-%dT%H:%M}" if moment else value,
        min=earliest.get(kind),
        aria_label=place.called(words(given.get("placeholder"), kind.partition("-")[0].capitalize())),
        autofocus=given.get("focus_on_load", False),
    )


def _files(given: Given, attributes: Attributes, place: Place) -> h.BaseElement:
    return h.input(
        attributes,
        type="file",
        multiple=given.get("max_files", 10) > 1,
        accept=",".join(f".{ending}" for ending in given.get("filetypes") or []) or None,
        aria_label=place.called("File"),
    )


def _number(given: Given) -> Attributes:
    step = "any" if given.get("is_decimal_allowed") else "1"
    return {"type": "number", "step": step, "min": given.get("min_value"), "max": given.get("max_value")}


def _plain(given: Given | None, otherwise: str = "") -> h.Node:
    return plain(given.get("text", ""), emoji=given.get("emoji", True)) if given else otherwise


_FIELD: Mapping[str, Callable[[Given], Attributes]] = {
    "plain_text_input": lambda _: {"type": "text"},
    "email_text_input": lambda _: {"type": "email"},
    "url_text_input": lambda _: {"type": "url"},
    "number_input": _number,
}
_LISTS = ("users", "channels", "conversations")
_MAKERS: Mapping[str, _Maker] = {
    "button": _button,
    "overflow": _overflow,
    "radio_buttons": choices.choices,
    "checkboxes": choices.choices,
    "static_select": choices.select,
    "external_select": choices.picker,
    "multi_static_select": choices.picker,
    "multi_external_select": choices.picker,
    **{f"{what}_select": choices.select for what in _LISTS},
    **{f"multi_{what}_select": choices.picker for what in _LISTS},
    **dict.fromkeys([*_FIELD, "rich_text_input"], _field),
    **dict.fromkeys(["datepicker", "timepicker", "datetimepicker"], _date),
    "file_input": _files,
}
NATIVE = {kind for kind, make in _MAKERS.items() if make in {choices.select, _field, _date, _files}}
