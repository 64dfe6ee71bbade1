"""Build the dialog of one entry. Pure."""

from collections.abc import Sequence
from typing import assert_never

from bot.features.cards.blocks import build_discuss_choice, build_entry_menu, describe_votes
from bot.features.channels.blocks import describe_missing_card
from bot.features.fit.blocks import build_why_button, format_some_entries
from bot.features.home.model import EntryView
from bot.features.votes.blocks import build_vote_button
from bot.method.fit import NeedFit, OfferFit
from bot.method.formatting import format_decimals
from bot.method.kinds import Role
from bot.method.metrics import CanvasMetrics
from bot.method.model import Entry
from bot.method.ranking import RankedEntry
from bot.slack.blockkit.builders import (
    Block,
    View,
    action_button,
    actions_block,
    build_modal,
    context_note,
    section_block,
)
from bot.slack.blockkit.text import capitalize, count_noun, escape, format_link, truncate

ENTRY_DIALOG = "look"  # callback id


def build_entry_dialog(entry_view: EntryView) -> View:
    """Return an entry's text, metrics and vote of the member."""
    entry, canvas_info = entry_view.ranked.entry, entry_view.canvas_info
    return build_modal(
        ENTRY_DIALOG,
        canvas_info.name,
        [
            section_block(_format_title(entry), build_entry_menu(entry.id) if entry_view.may_edit else None),
            context_note(_format_origin(entry_view)),
            _build_vote(entry_view),
            section_block(
                "\n".join(capitalize(line) for line in _format_metrics(entry_view.ranked, entry_view.metrics))
            ),
            actions_block(
                build_why_button(entry),
                action_button("Review it", "review_at", f"{canvas_info.id}:{entry.id}")
                if entry.kind.is_offer and entry_view.metrics.needs
                else None,
                build_discuss_choice(canvas_info.id, [entry_view.ranked]),
                action_button("‹ Value maps", "maps", str(entry_view.value_maps_page))
                if entry_view.value_maps_page is not None
                else None,
            ),
        ],
        private_metadata={
            "channel": entry_view.channel_id,
            "canvas": canvas_info.id,
            "maps": entry_view.value_maps_page,
        },
    )


def build_answer_form(form: View, need: Entry) -> View:
    """Return the form of a new offer, with the need that the offer is for above it."""
    spec = need.kind.spec
    text = section_block(
        f":star: For the {spec.singular} “{escape(truncate(need.text, 200))}”: "
        f"{need.kind.need_spec.offer_question}\n"
        "_Once it is added, a review says how well it fits._"
    )
    return {**form, "blocks": [text, *form["blocks"]]}


def _format_title(entry: Entry) -> str:
    spec = entry.kind.spec
    category = f" · {escape(entry.category)}" if entry.category else ""
    return f"{spec.icon} *{capitalize(spec.singular)}*{category}\n{escape(entry.text)}"


def _format_origin(entry_view: EntryView) -> str:
    """Return the entry's author, source message and canvas, and the products of an offer."""
    source = f" from {format_link(entry_view.source_link, 'a message')}" if entry_view.source_link else ""
    card = (
        format_link(entry_view.card_link, "its card")
        if entry_view.card_link
        else (describe_missing_card(entry_view.canvas_info))
    )
    canvas_text = (
        f"{card} on *{escape(entry_view.canvas_info.title)}* in <#{entry_view.canvas_info.channel_id}>"
    )
    origin = f"by {escape(entry_view.author_name)}{source} · {canvas_text}"
    ranked = entry_view.metrics.ranked
    products = [
        ranked[product_id].entry
        for product_id in entry_view.ranked.entry.delivered_by
        if product_id in ranked
    ]
    return f"{origin}\nDelivered by {format_some_entries(products)}" if products else origin


def _build_vote(entry_view: EntryView) -> Block:
    entry, level = entry_view.ranked.entry, entry_view.level
    text = "*You have not voted on it yet*" if level is None else f"*You voted {level}*"
    button = build_vote_button(
        entry_view.canvas_info.id,
        label="Vote in private" if entry.seal else "Vote",
        entry_id=entry.id,
        style="primary" if level is None else None,
    )
    if entry.seal:
        text = "*It is in a sealed vote*"
    return section_block(f"{text} · {entry.kind.spec.scale}", button)


def _format_metrics(ranked: RankedEntry, metrics: CanvasMetrics) -> list[str]:
    lines = [describe_votes(ranked)]
    if ranked.rank is not None:
        lines.append(f"rank {ranked.rank} of {len(metrics.boxes[ranked.entry.kind])}")
    return [*lines, *_describe_role(ranked.entry, metrics)]


def _describe_role(entry: Entry, metrics: CanvasMetrics) -> Sequence[str]:
    match entry.kind.role:
        case Role.NEED:
            return [_describe_coverage(metrics.needs[entry.id])]
        case Role.OFFER:
            return [_describe_relevance(metrics.offers[entry.id])]
        case Role.PRODUCT:
            return [_describe_delivery(entry, metrics)]
        case Role.CONTEXT:
            return []
        case _:
            assert_never(entry.kind.role)


def _describe_coverage(need: NeedFit) -> str:
    return f"{need.cover.label}, coverage {format_decimals(need.coverage)}"


def _describe_relevance(offer: OfferFit) -> str:
    if not offer.reviewer_count:
        return "nobody has reviewed yet which needs it fits"
    reviews = count_noun(offer.reviewer_count, "review")
    nothing = ": it fits nothing yet" if offer.fits_nothing else ""
    return f"relevance {format_decimals(offer.relevance)}, {reviews}{nothing}"


def _describe_delivery(product: Entry, metrics: CanvasMetrics) -> str:
    offers = [offer.ranked.entry for offer in metrics.offers.values()]
    delivered = [offer for offer in offers if product.id in offer.delivered_by]
    return (
        f"it delivers {format_some_entries(delivered)}"
        if delivered
        else "no reliever or creator uses this product yet"
    )
