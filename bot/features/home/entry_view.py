"""The dialog that shows one entry, with the way to its card and to what else waits for a vote. Pure."""

from slack_sdk.models.blocks import ButtonElement

from bot.features.cards.blocks import build_entry_menu, describe_votes
from bot.features.home.model import ALL, NEXT, PREVIOUS, Look
from bot.method.fit import NeedFit, OfferFit
from bot.method.formatting import format_decimals
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics
from bot.method.model import Entry
from bot.method.ranking import RankedEntry
from bot.slack.blockkit.builders import Block, View, actions_block, action_button, link_button, build_modal, context_note, section_block
from bot.slack.blockkit.text import capitalize, count_noun, escape, format_link, join_words, truncate

LOOK = "look"  # callback id
TO_CARD = "to_card"  # action id
NAMED = 5


def dialog(look: Look) -> View:
    """One entry: what it says, its figures, this member's vote, and where to go from here."""
    entry = look.place.entry
    return build_modal(
        LOOK,
        look.head.name,
        [
            section_block(_title(entry), build_entry_menu(entry.id)),
            context_note(_origin(look)),
            _vote(look),
            section_block("\n".join(_figures(look.place, look.now))),
            context_note(_waiting(look)),
            actions_block(
                _walk("‹ Previous", PREVIOUS, look) if look.others else None,
                _walk("Next ›", NEXT, look) if look.others else None,
                action_button("Why?", "why", str(entry.id)),
                action_button("Review it", "review_at", f"{look.head.id}:{entry.id}")
                if entry.kind.is_offer and look.now.needs
                else None,
                action_button("‹ Value maps", "maps", str(look.maps)) if look.maps is not None else None,
            ),
        ],
        private_metadata={"channel": look.channel, "canvas": look.head.id, "maps": look.maps},
    )


def answering(form: View, need: Entry) -> View:
    """Return the form for a new offer, with the need above it that the offer is for."""
    hint = section_block(
        f":star: For the {need.kind.spec.singular} “{escape(truncate(need.text, 200))}”: {_asked(need.kind)}\n"
        "_Once it is added, a review says how well it fits._"
    )
    return {**form, "blocks": [hint, *form["blocks"]]}


def _asked(need: Kind) -> str:
    if need is Kind.GAIN:
        return "what could create it?"
    return "what could relieve it?" if need is Kind.PAIN else "what could stand less in its way?"


def _title(entry: Entry) -> str:
    about = entry.kind.spec
    category = f" · {escape(entry.category)}" if entry.category else ""
    return f"{about.icon} *{capitalize(about.singular)}*{category}\n{escape(entry.text)}"


def _origin(look: Look) -> str:
    """Who added it, of which message it was made, where it stands, and which products deliver it."""
    source = f" from {format_link(look.source, 'a message')}" if look.source else ""
    said = f"by {escape(look.author)}{source} · on *{escape(look.head.title)}* in <#{look.head.channel_id}>"
    products = [look.now.ranked[key].entry for key in look.place.entry.delivered_by if key in look.now.ranked]
    return f"{said}\nDelivered by {_named(products)}" if products else said


def _vote(look: Look) -> Block:
    about = look.place.entry.kind.spec
    scale = f":one: {about.scale_bottom} … :five: {about.scale_top}"
    if look.vote is None:
        says, style = f"*You have not voted on it yet*\nReact to its card with a number: {scale}", "primary"
    else:
        says, style = f"*You voted {look.vote}* ({scale})", None
    if not look.link:
        return section_block(f"{says}\nIts card is on its way.")
    return section_block(says, link_button("Vote on its card", TO_CARD, look.link, style))


def _figures(place: RankedEntry, now: CanvasMetrics) -> list[str]:
    entry, box = place.entry, now.boxes[place.entry.kind]
    must_have = ":star: must-have · " if place.must_have else ""
    lines = [f"{must_have}{describe_votes(place)}", *([f"rank {place.rank} of {len(box)}"] if place.vote_count else [])]
    if entry.id in now.needs:
        lines.append(_coverage(now.needs[entry.id]))
    elif entry.id in now.offers:
        lines.append(_relevance(now.offers[entry.id]))
    else:
        lines.append(_delivers(entry, now))
    return [capitalize(line) for line in lines]


def _coverage(need: NeedFit) -> str:
    return f"coverage {format_decimals(need.coverage)}: {'addressed' if need.addressed else 'not addressed yet'}"


def _relevance(offer: OfferFit) -> str:
    if not offer.reviewer_count:
        return "nobody has reviewed yet which needs it fits"
    fits = ": it fits nothing yet" if offer.fits_nothing else ""
    return f"relevance {format_decimals(offer.relevance)}, {count_noun(offer.reviewer_count, 'review')}{fits}"


def _delivers(product: Entry, now: CanvasMetrics) -> str:
    naming = [each.ranked.entry for each in now.offers.values()]
    naming = [entry for entry in naming if product.id in entry.delivered_by]
    return f"it delivers {_named(naming)}" if naming else "no pain reliever or gain creator names it"


def _named(entries: list[Entry]) -> str:
    shown = [f"“{escape(truncate(entry.text, 80))}”" for entry in entries[:NAMED]]
    more = [f"{len(entries) - NAMED} more"] if len(entries) > NAMED else []
    return join_words([*shown, *more])


def _waiting(look: Look) -> str:
    """How many other entries wait for this member's vote."""
    boxes = "" if look.scope == ALL else f" among the {Kind(look.scope).spec.plural}"
    if not look.others:
        return f"Nothing else waits for your vote{boxes}."
    waits = "waits" if look.others == 1 else "wait"
    return f"{count_noun(look.others, 'other card')} {waits} for your vote{boxes}."


def _walk(label: str, way: str, look: Look) -> ButtonElement:
    value = f"{look.head.id}:{look.scope} {way} {look.place.entry.id}"
    return action_button(label, f"walk:{way}", value)
