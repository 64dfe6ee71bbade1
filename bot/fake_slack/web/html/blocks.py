"""Block Kit's blocks as HTML: pure, from what a bot sent and who reads it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import htpy as h

from bot.fake_slack.web.html import elements, tables
from bot.fake_slack.web.html.charts import chart
from bot.fake_slack.web.html.mrkdwn import plain, text, words
from bot.fake_slack.web.html.place import Given, Place
from bot.fake_slack.web.html.reader import Reader
from bot.fake_slack.web.html.rich_text import rich_text

_Maker = Callable[[Given, Place], h.Node]


def blocks(given: Sequence[Mapping[str, Any]], reader: Reader, *, within: str = "") -> h.Node:
    """Return blocks as they are shown. `within` tells what holds them from another that uses the same ids."""
    return h.fragment[[_block(one, Place(reader, str(one.get("block_id", "")), within)) for one in given]]


def _block(given: Given, place: Place) -> h.Node:
    kind = str(given.get("type", ""))
    make = _MAKERS.get(kind, _unknown)
    look = f"block-{kind}" if kind in _MAKERS else "block-unknown"
    return h.div(class_=["block", look], data_block=place.block)[make(given, place)]


def _section(given: Given, place: Place) -> h.Node:
    fields = given.get("fields") or []
    return [
        h.div(".section-body")[
            h.div(".text")[text(given["text"], place.reader)] if given.get("text") else None,
            h.div(".fields")[[h.div(".text")[text(field, place.reader)] for field in fields]]
            if fields
            else None,
        ],
        h.div(".accessory")[elements.element(given["accessory"], place)] if given.get("accessory") else None,
    ]


def _header(given: Given, place: Place) -> h.Node:
    return h.h3(class_=f"level-{given.get('level') or 1}")[text(given["text"], place.reader)]


def _context(given: Given, place: Place) -> h.Node:
    return [
        elements.image(one) if one.get("type") == "image" else h.span(".text")[text(one, place.reader)]
        for one in given.get("elements", [])
    ]


def _divider(_given: Given, _place: Place) -> h.Node:
    return h.hr


def _actions(given: Given, place: Place) -> h.Node:
    return [elements.element(one, place) for one in given.get("elements", [])]


def _image(given: Given, place: Place) -> h.Node:
    title = given.get("title")
    return h.figure[
        h.figcaption[text(title, place.reader)] if title else None,
        elements.image(given, "picture"),
    ]


def _rich_text(given: Given, place: Place) -> h.Node:
    return h.div(".text")[rich_text(given, place.reader)]


def _table(given: Given, place: Place) -> h.Node:
    return tables.table(given, place.reader)


def _data_table(given: Given, place: Place) -> h.Node:
    return tables.data_table(given, place.reader)


def _data_visualization(given: Given, _place: Place) -> h.Node:
    return chart(given)


def _markdown(given: Given, _place: Place) -> h.Node:
    return h.div(".text")[plain(str(given.get("text", "")), emoji=False)]


def _alert(given: Given, place: Place) -> h.Node:
    level = given.get("level")
    known = level if level in {"info", "warning", "error", "success"} else "default"
    return h.div(f".alert.alert-{known}", role="alert" if known == "error" else "status")[
        h.div(".text")[_loose(given.get("text"), place.reader)]
    ]


def _card(given: Given, place: Place) -> h.Node:
    lines = [
        h.div(f".card-{part}.text")[_loose(given[part], place.reader)]
        for part in ("title", "subtitle")
        if given.get(part)
    ]
    actions = given.get("actions") or []
    return h.div(".card")[
        elements.image(given["hero_image"], "hero") if given.get("hero_image") else None,
        h.div(".card-head")[
            elements.image(given["icon"], "icon") if given.get("icon") else None, h.div[lines]
        ],
        [
            h.div(f".card-{part}.text")[_loose(given[part], place.reader)]
            for part in ("body", "subtext")
            if given.get(part)
        ],
        h.div(".card-actions")[[elements.element(one, place) for one in actions]] if actions else None,
    ]


def _input(given: Given, place: Place) -> h.Node:
    asked, hint = given.get("element") or {}, given.get("hint")
    # A dialog inside a label would pass on its clicks.
    wrapped = asked.get("type") in elements.NATIVE and not asked.get("confirm")
    hint_id, error_id = place.name("hint"), place.name("error")
    inside = replace(
        place,
        label=words(given.get("label")),
        dispatches=bool(given.get("dispatch_action")),
        wrapped=wrapped,
        described_by=f"{hint_id} {error_id}" if hint else error_id,
    )
    label, shown = _label(given, place), elements.element(asked, inside)
    return [
        h.label(".field")[h.span(".label")[label], shown]
        if wrapped
        else h.fieldset(".field")[h.legend(".label")[label], shown],
        h.p(".hint", id=hint_id)[text(hint, place.reader)] if hint else None,
        h.p(".error", id=error_id, role="alert", hidden=True),
    ]


def _label(given: Given, place: Place) -> h.Node:
    optional = [" ", h.span(".optional")["(optional)"]] if given.get("optional") else None
    return [text(given["label"], place.reader), optional]


def _unknown(given: Given, _place: Place) -> h.Node:
    return h.span(".note")[f"a block of type {given.get('type', '')}, which this stand-in cannot show"]


def _loose(given: Any, reader: Reader) -> h.Node:
    """Return a text object, or what is documented as a bare string in its place."""
    return text(given, reader) if isinstance(given, Mapping) else str(given)


_MAKERS: Mapping[str, _Maker] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "divider": _divider,
    "actions": _actions,
    "image": _image,
    "input": _input,
    "rich_text": _rich_text,
    "table": _table,
    "data_table": _data_table,
    "data_visualization": _data_visualization,
    "card": _card,
    "alert": _alert,
    "markdown": _markdown,
}
