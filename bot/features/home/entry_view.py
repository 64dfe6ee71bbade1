"""The dialog that shows one entry, with the way to its card and to what else waits for a vote. Pure."""

from slack_sdk.models.blocks import ButtonElement

from bot.features.home.model import ALL, NEXT, PREVIOUS, Look
from bot.features.ranking.blocks import menu, votes
from bot.method.fit import Need, Offer
from bot.method.formatting import decimals
from bot.method.kinds import ABOUT, Kind
from bot.method.metrics import Figures
from bot.method.model import Entry
from bot.method.ranking import Ranked
from bot.slack.blockkit.builders import Block, View, actions, button, link, modal, note, section
from bot.slack.blockkit.text import capital, count, cut, esc, linked, listed

LOOK = "look"  # callback id
TO_CARD = "to_card"  # action id
NAMED = 5


def dialog(look: Look) -> View:
    """One entry: what it says, its figures, this member's vote, and where to go from here."""
    entry = look.place.entry
    return modal(
        LOOK,
        look.head.name,
        [
            section(_title(entry), menu(entry.id)),
            note(_origin(look)),
            _vote(look),
            section("\n".join(_figures(look.place, look.now))),
            note(_waiting(look)),
            actions(
                _walk("‹ Previous", PREVIOUS, look) if look.others else None,
                _walk("Next ›", NEXT, look) if look.others else None,
                button("Why?", "why", str(entry.id)),
                button("Review it", "review_at", f"{look.head.id}:{entry.id}")
                if entry.kind.is_offer and look.now.needs
                else None,
                button("‹ Value maps", "maps", str(look.maps)) if look.maps is not None else None,
            ),
        ],
        about={"channel": look.channel, "canvas": look.head.id, "maps": look.maps},
    )


def answering(form: View, need: Entry) -> View:
    """Return the form for a new offer, with the need above it that the offer is for."""
    hint = section(
        f":star: For the {ABOUT[need.kind].word} “{esc(cut(need.text, 200))}”: {_asked(need.kind)}\n"
        "_Once it is added, a review says how well it fits._"
    )
    return {**form, "blocks": [hint, *form["blocks"]]}


def _asked(need: Kind) -> str:
    if need is Kind.GAIN:
        return "what could create it?"
    return "what could relieve it?" if need is Kind.PAIN else "what could stand less in its way?"


def _title(entry: Entry) -> str:
    about = ABOUT[entry.kind]
    category = f" · {esc(entry.category)}" if entry.category else ""
    return f"{about.icon} *{capital(about.word)}*{category}\n{esc(entry.text)}"


def _origin(look: Look) -> str:
    """Who added it, of which message it was made, where it stands, and which products deliver it."""
    source = f" from {linked(look.source, 'a message')}" if look.source else ""
    said = f"by {esc(look.author)}{source} · on *{esc(look.head.title)}* in <#{look.head.channel_id}>"
    products = [look.now.ranked[key].entry for key in look.place.entry.delivered_by if key in look.now.ranked]
    return f"{said}\nDelivered by {_named(products)}" if products else said


def _vote(look: Look) -> Block:
    about = ABOUT[look.place.entry.kind]
    scale = f":one: {about.bottom} … :five: {about.top}"
    if look.vote is None:
        says, style = f"*You have not voted on it yet*\nReact to its card with a number: {scale}", "primary"
    else:
        says, style = f"*You voted {look.vote}* ({scale})", None
    if not look.link:
        return section(f"{says}\nIts card is on its way.")
    return section(says, link("Vote on its card", TO_CARD, look.link, style))


def _figures(place: Ranked, now: Figures) -> list[str]:
    entry, box = place.entry, now.boxes[place.entry.kind]
    must_have = ":star: must-have · " if place.must_have else ""
    lines = [f"{must_have}{votes(place)}", *([f"rank {place.rank} of {len(box)}"] if place.votes else [])]
    if entry.id in now.needs:
        lines.append(_coverage(now.needs[entry.id]))
    elif entry.id in now.offers:
        lines.append(_relevance(now.offers[entry.id]))
    else:
        lines.append(_delivers(entry, now))
    return [capital(line) for line in lines]


def _coverage(need: Need) -> str:
    return f"coverage {decimals(need.coverage)}: {'addressed' if need.addressed else 'not addressed yet'}"


def _relevance(offer: Offer) -> str:
    if not offer.reviewers:
        return "nobody has reviewed yet which needs it fits"
    fits = ": it fits nothing yet" if offer.fits_nothing else ""
    return f"relevance {decimals(offer.relevance)}, {count(offer.reviewers, 'review')}{fits}"


def _delivers(product: Entry, now: Figures) -> str:
    naming = [each.ranked.entry for each in now.offers.values()]
    naming = [entry for entry in naming if product.id in entry.delivered_by]
    return f"it delivers {_named(naming)}" if naming else "no pain reliever or gain creator names it"


def _named(entries: list[Entry]) -> str:
    shown = [f"“{esc(cut(entry.text, 80))}”" for entry in entries[:NAMED]]
    more = [f"{len(entries) - NAMED} more"] if len(entries) > NAMED else []
    return listed([*shown, *more])


def _waiting(look: Look) -> str:
    """How many other entries wait for this member's vote."""
    boxes = "" if look.scope == ALL else f" among the {ABOUT[Kind(look.scope)].plural}"
    if not look.others:
        return f"Nothing else waits for your vote{boxes}."
    waits = "waits" if look.others == 1 else "wait"
    return f"{count(look.others, 'other card')} {waits} for your vote{boxes}."


def _walk(label: str, way: str, look: Look) -> ButtonElement:
    value = f"{look.head.id}:{look.scope} {way} {look.place.entry.id}"
    return button(label, f"walk:{way}", value)
