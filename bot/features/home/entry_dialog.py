"""The dialog of one entry, with links to its card and to other entries without the member's vote. Pure."""

from collections.abc import Sequence
from typing import assert_never

from slack_sdk.models.blocks import ButtonElement

from bot.features.cards.blocks import build_entry_menu, describe_votes
from bot.features.fit.blocks import format_some_entries
from bot.features.home.model import ALL_BOXES, NEXT, PREVIOUS, EntryView
from bot.method.fit import NeedFit, OfferFit
from bot.method.formatting import format_decimals
from bot.method.kinds import Kind, Role
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
    link_button,
    section_block,
)
from bot.slack.blockkit.text import capitalize, count_noun, escape, format_link, truncate

ENTRY_DIALOG = "look"  # callback id
CARD_LINK_ACTION = "to_card"  # action id


def build_entry_dialog(view: EntryView) -> View:
    """Return what an entry says, its metrics, the member's vote, and where to go from here."""
    entry, canvas_info = view.ranked.entry, view.canvas_info
    return build_modal(
        ENTRY_DIALOG,
        canvas_info.name,
        [
            section_block(_format_title(entry), build_entry_menu(entry.id)),
            context_note(_format_origin(view)),
            _build_vote(view),
            section_block("\n".join(capitalize(line) for line in _format_metrics(view.ranked, view.metrics))),
            context_note(_describe_other_unvoted(view)),
            actions_block(
                _step_button("‹ Previous", PREVIOUS, view) if view.other_unvoted_count else None,
                _step_button("Next ›", NEXT, view) if view.other_unvoted_count else None,
                action_button("Why?", "why", str(entry.id)),
                action_button("Review it", "review_at", f"{canvas_info.id}:{entry.id}")
                if entry.kind.is_offer and view.metrics.needs
                else None,
                action_button("‹ Value maps", "maps", str(view.value_maps_page))
                if view.value_maps_page is not None
                else None,
            ),
        ],
        private_metadata={
            "channel": view.channel_id,
            "canvas": canvas_info.id,
            "maps": view.value_maps_page,
        },
    )


def build_answer_form(form: View, need: Entry) -> View:
    """Return the form of a new offer with the need above it that the offer is for."""
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


def _format_origin(view: EntryView) -> str:
    """Return who added the entry, of which message it was made, its canvas, and the products of an offer."""
    source = f" from {format_link(view.source_link, 'a message')}" if view.source_link else ""
    canvas = f"on *{escape(view.canvas_info.title)}* in <#{view.canvas_info.channel_id}>"
    origin = f"by {escape(view.author_name)}{source} · {canvas}"
    ranked = view.metrics.ranked
    products = [ranked[each].entry for each in view.ranked.entry.delivered_by if each in ranked]
    return f"{origin}\nDelivered by {format_some_entries(products)}" if products else origin


def _build_vote(view: EntryView) -> Block:
    spec = view.ranked.entry.kind.spec
    scale = f":one: {spec.scale_bottom} … :five: {spec.scale_top}"
    if view.level is None:
        text, style = f"*You have not voted on it yet*\nReact to its card with a number: {scale}", "primary"
    else:
        text, style = f"*You voted {view.level}* ({scale})", None
    if not view.card_link:
        return section_block(f"{text}\nIts card is on its way.")
    return section_block(text, link_button("Vote on its card", CARD_LINK_ACTION, view.card_link, style))


def _format_metrics(ranked: RankedEntry, metrics: CanvasMetrics) -> list[str]:
    must_have = ":star: must-have · " if ranked.must_have else ""
    lines = [f"{must_have}{describe_votes(ranked)}"]
    if ranked.vote_count:
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
    addressed = "addressed" if need.addressed else "not addressed yet"
    return f"coverage {format_decimals(need.coverage)}: {addressed}"


def _describe_relevance(offer: OfferFit) -> str:
    if not offer.reviewer_count:
        return "nobody has reviewed yet which needs it fits"
    reviews = count_noun(offer.reviewer_count, "review")
    nothing = ": it fits nothing yet" if offer.fits_nothing else ""
    return f"relevance {format_decimals(offer.relevance)}, {reviews}{nothing}"


def _describe_delivery(product: Entry, metrics: CanvasMetrics) -> str:
    offers = [offer.ranked.entry for offer in metrics.offers.values()]
    naming = [offer for offer in offers if product.id in offer.delivered_by]
    return (
        f"it delivers {format_some_entries(naming)}"
        if naming
        else "no pain reliever or gain creator names it"
    )


def _describe_other_unvoted(view: EntryView) -> str:
    boxes = "" if view.scope == ALL_BOXES else f" among the {Kind(view.scope).spec.plural}"
    if not view.other_unvoted_count:
        return f"Nothing else waits for your vote{boxes}."
    verb = "waits" if view.other_unvoted_count == 1 else "wait"
    return f"{count_noun(view.other_unvoted_count, 'other card')} {verb} for your vote{boxes}."


def _step_button(label: str, direction: str, view: EntryView) -> ButtonElement:
    value = f"{view.canvas_info.id}:{view.scope} {direction} {view.ranked.entry.id}"
    return action_button(label, f"walk:{direction}", value)
