"""The ticket of an entry: its text, its buttons, and the answers about it. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from slack_sdk.models.blocks import ButtonElement

from bot.emoji_names import replace_emoji_codes
from bot.features.tickets.model import (
    MAX_TICKET_URL_CHARACTERS,
    InvalidTrackerError,
    Tracker,
    parse_tracker,
)
from bot.method.formatting import format_decimals
from bot.method.metrics import CanvasMetrics
from bot.method.model import Entry
from bot.slack.blockkit.builders import (
    Message,
    action_button,
    build_message,
    link_button,
    section_block,
)
from bot.slack.blockkit.text import capitalize, count_noun, escape, escape_markdown, truncate
from bot.store.model import CanvasInfo, CanvasSettings, Card
from bot.times.clock import format_day

# Action ids: a new ticket, one that is linked already, the form.
NEW_TICKET, OPEN_TICKET, LINK_TICKET = "ticket_new", "ticket_open", "ticket"
MAX_QUOTED_CHARACTERS = 80  # of the text of an entry in an answer


@dataclass(frozen=True, slots=True)
class TicketView:
    """What the ticket of any entry of a canvas says, and where it is."""

    canvas_info: CanvasInfo
    metrics: CanvasMetrics
    ticket_links: Mapping[int, str]  # by entry id
    card_links: Mapping[int, str]  # by entry id

    def build_button(self, entry: Entry, max_characters: int = MAX_TICKET_URL_CHARACTERS) -> ButtonElement:
        """Return the button to the ticket of an entry; without one to a new one, or to the form.

        A message with several buttons gives each of their addresses fewer characters.
        """
        if link := self.ticket_links.get(entry.id):
            return link_button("Open ticket", OPEN_TICKET, link)
        tracker = find_tracker(self.canvas_info.settings)
        if tracker is None:
            return build_link_button(entry.id, "Ticket")
        url = tracker.build_url(describe_title(entry), self._describe(entry, tracker), max_characters)
        return link_button("Ticket", NEW_TICKET, url, value=str(entry.id))

    def build_buttons(self, entry: Entry) -> list[ButtonElement]:
        """Return that button, and the one to the form if it is another."""
        button = self.build_button(entry)
        return [button] if button.url is None else [button, build_link_button(entry.id)]

    def _describe(self, entry: Entry, tracker: Tracker) -> str:
        """Return the text of a new ticket: where the entry stands, its card, and what customers showed."""
        quote: Callable[[str], str] = escape_markdown if tracker.is_markdown else replace_emoji_codes
        shown = self.metrics.evidence.entries[entry.id]
        risk, card_link = self.metrics.evidence.risks.get(entry.id), self.card_links.get(entry.id)
        must_have = ", a must-have" if self.metrics.ranked[entry.id].must_have else ""
        points = f"{count_noun(shown.points_for, 'point')} for, {shown.points_against} against"
        confidence = format_decimals(shown.confidence)
        kind, title = capitalize(entry.kind.spec.singular), quote(self.canvas_info.title)
        lines = [
            f"{kind} on the value map “{title}”{must_have}.",
            f"Risk {format_decimals(risk.size)} = {format_decimals(risk.importance)}·(1 − {confidence})."
            if risk
            else "",
            f"Evidence: {shown.state}" + (f", {points}." if shown.counted else "."),
            f"Card: {card_link.replace('&amp;', '&')}" if card_link else "",
        ]
        items = [
            f"- {'for' if entry.id in item.supports else 'against'}: “{quote(item.quote)}” "
            f"({quote(item.source)}, {item.grade.label}, {format_day(item.day)})"
            for item in reversed(shown.counted)
        ]
        return "\n\n".join([*filter(None, lines), "\n".join(items)]).strip()


def find_tracker(settings: CanvasSettings) -> Tracker | None:
    """Return the tracker of a canvas; None without one."""
    try:
        return parse_tracker(settings.tracker)
    except InvalidTrackerError:  # from a release that read more
        return None


def describe_title(entry: Entry) -> str:
    """Return the title of a new ticket."""
    return f"{capitalize(entry.kind.spec.singular)}: {replace_emoji_codes(entry.text)}"


def build_link_button(entry_id: int, label: str = "Link a ticket") -> ButtonElement:
    """Return the button that opens the form for the link of an entry's ticket."""
    return action_button(label, LINK_TICKET, str(entry_id))


def build_new_ticket_message(card: Card) -> Message:
    """Return the answer to who follows the button to a new ticket: where to put its link."""
    text = f"Once the ticket of {_quote_entry(card)} exists, its card can link to it."
    return build_message(text, section_block(text, build_link_button(card.entry.id)))


def build_linked_message(card: Card, link: str) -> Message:
    """Return the answer after a ticket was linked or taken off."""
    text = (
        f"The card of {_quote_entry(card)} links to its ticket now."
        if link
        else f"The card of {_quote_entry(card)} links to no ticket now."
    )
    return build_message(text, section_block(text, build_link_button(card.entry.id, "Change")))


def _quote_entry(card: Card) -> str:
    return f"“{escape(truncate(card.entry.text, MAX_QUOTED_CHARACTERS))}”"
