"""Render Block Kit's blocks as HTML, from what a bot sent and who reads it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import htpy as h

from bot.fake_slack.web.html import elements, tables
from bot.fake_slack.web.html.charts import render_chart
from bot.fake_slack.web.html.element_context import BlockKitJson, ElementContext
from bot.fake_slack.web.html.mrkdwn import plain_label, render_plain_text, render_text_object
from bot.fake_slack.web.html.reader import Reader
from bot.fake_slack.web.html.rich_text import render_rich_text

_RenderBlock = Callable[[BlockKitJson, ElementContext], h.Node]


def render_blocks(blocks: Sequence[Mapping[str, Any]], reader: Reader, *, container_id: str = "") -> h.Node:
    """Return blocks as they are shown.

    The message or view around them makes their HTML ids unique on the page.
    """
    return h.fragment[
        [
            _render_block(block, ElementContext(reader, str(block.get("block_id", "")), container_id))
            for block in blocks
        ]
    ]


def _render_block(block: BlockKitJson, context: ElementContext) -> h.Node:
    kind = str(block.get("type", ""))
    render = _RENDERERS.get(kind, _render_unknown)
    css_class = f"block-{kind}" if kind in _RENDERERS else "block-unknown"
    return h.div(class_=["block", css_class], data_block_id=context.block_id)[render(block, context)]


def _render_section(block: BlockKitJson, context: ElementContext) -> h.Node:
    fields = block.get("fields") or []
    return [
        h.div(".section-body")[
            h.div(".text")[render_text_object(block["text"], context.reader)] if block.get("text") else None,
            h.div(".fields")[[h.div(".text")[render_text_object(field, context.reader)] for field in fields]]
            if fields
            else None,
        ],
        h.div(".accessory")[elements.render_element(block["accessory"], context)]
        if block.get("accessory")
        else None,
    ]


def _render_header(block: BlockKitJson, context: ElementContext) -> h.Node:
    return h.h3(class_=f"level-{block.get('level') or 1}")[render_text_object(block["text"], context.reader)]


def _render_context(block: BlockKitJson, context: ElementContext) -> h.Node:
    return [
        elements.render_image(one)
        if one.get("type") == "image"
        else h.span(".text")[render_text_object(one, context.reader)]
        for one in block.get("elements", [])
    ]


def _render_divider(_block: BlockKitJson, _context: ElementContext) -> h.Node:
    return h.hr


def _render_actions(block: BlockKitJson, context: ElementContext) -> h.Node:
    return [elements.render_element(one, context) for one in block.get("elements", [])]


def _render_image(block: BlockKitJson, context: ElementContext) -> h.Node:
    title = block.get("title")
    return h.figure[
        h.figcaption[render_text_object(title, context.reader)] if title else None,
        elements.render_image(block, "picture"),
    ]


def _render_rich_text(block: BlockKitJson, context: ElementContext) -> h.Node:
    return h.div(".text")[render_rich_text(block, context.reader)]


def _render_table(block: BlockKitJson, context: ElementContext) -> h.Node:
    return tables.render_table(block, context.reader)


def _render_data_table(block: BlockKitJson, context: ElementContext) -> h.Node:
    return tables.render_data_table(block, context.reader)


def _render_data_visualization(block: BlockKitJson, _context: ElementContext) -> h.Node:
    return render_chart(block)


def _render_markdown(block: BlockKitJson, _context: ElementContext) -> h.Node:
    return h.div(".text")[render_plain_text(str(block.get("text", "")), emoji=False)]


def _render_alert(block: BlockKitJson, context: ElementContext) -> h.Node:
    level = block.get("level")
    known = level if level in {"info", "warning", "error", "success"} else "default"
    return h.div(f".alert.alert-{known}", role="alert" if known == "error" else "status")[
        h.div(".text")[_render_text_or_string(block.get("text"), context.reader)]
    ]


def _render_container(block: BlockKitJson, context: ElementContext) -> h.Node:
    children = render_blocks(
        block.get("child_blocks") or [], context.reader, container_id=context.container_id
    )
    title = block.get("title") or block.get("rich_text_title")
    head: list[h.Node] = [
        h.span(".container-title")[_render_text_or_string(title, context.reader)] if title else None,
        h.span(".container-subtitle")[_render_text_or_string(block["subtitle"], context.reader)]
        if block.get("subtitle")
        else None,
    ]
    if not block.get("is_collapsible"):
        return h.div(".container")[h.div(".container-head")[head], children]
    return h.details(".container", open=not block.get("default_collapsed"))[h.summary[head], children]


def _render_card(block: BlockKitJson, context: ElementContext) -> h.Node:
    lines = [
        h.div(f".card-{part}.text")[_render_text_or_string(block[part], context.reader)]
        for part in ("title", "subtitle")
        if block.get(part)
    ]
    actions = block.get("actions") or []
    return h.div(".card")[
        elements.render_image(block["hero_image"], "hero") if block.get("hero_image") else None,
        h.div(".card-head")[
            elements.render_image(block["icon"], "icon") if block.get("icon") else None, h.div[lines]
        ],
        [
            h.div(f".card-{part}.text")[_render_text_or_string(block[part], context.reader)]
            for part in ("body", "subtext")
            if block.get(part)
        ],
        h.div(".card-actions")[[elements.render_element(one, context) for one in actions]]
        if actions
        else None,
    ]


def _render_input(block: BlockKitJson, context: ElementContext) -> h.Node:
    element, hint = block.get("element") or {}, block.get("hint")
    # A label passes clicks in it on to its control: a confirmation dialog must not be in one.
    wrapped = element.get("type") in elements.NATIVE_INPUT_TYPES and not element.get("confirm")
    hint_id, error_id = context.unique_name("hint"), context.unique_name("error")
    inside = replace(
        context,
        label=plain_label(block.get("label")),
        dispatches=bool(block.get("dispatch_action")),
        wrapped=wrapped,
        described_by=f"{hint_id} {error_id}" if hint else error_id,
    )
    label, shown = _render_label(block, context), elements.render_element(element, inside)
    return [
        h.label(".field")[h.span(".label")[label], shown]
        if wrapped
        else h.fieldset(".field")[h.legend(".label")[label], shown],
        h.p(".hint", id=hint_id)[render_text_object(hint, context.reader)] if hint else None,
        h.p(".error", id=error_id, role="alert", hidden=True),
    ]


def _render_label(block: BlockKitJson, context: ElementContext) -> h.Node:
    optional = [" ", h.span(".optional")["(optional)"]] if block.get("optional") else None
    return [render_text_object(block["label"], context.reader), optional]


def _render_unknown(block: BlockKitJson, _context: ElementContext) -> h.Node:
    return h.span(".note")[f"a block of type {block.get('type', '')}, which this stand-in cannot show"]


def _render_text_or_string(text: Any, reader: Reader) -> h.Node:
    """Return a text object, or the bare string that Slack documents for cards and alerts."""
    return render_text_object(text, reader) if isinstance(text, Mapping) else str(text)


_RENDERERS: Mapping[str, _RenderBlock] = {
    "section": _render_section,
    "header": _render_header,
    "context": _render_context,
    "divider": _render_divider,
    "actions": _render_actions,
    "image": _render_image,
    "input": _render_input,
    "rich_text": _render_rich_text,
    "table": _render_table,
    "data_table": _render_data_table,
    "data_visualization": _render_data_visualization,
    "card": _render_card,
    "alert": _render_alert,
    "container": _render_container,
    "markdown": _render_markdown,
}
