"""Slack listeners of tickets: the buttons to a new or linked ticket, and the form for its link."""

from bot.features.channels import service as channels
from bot.features.tickets import blocks, forms, service
from bot.slack.blockkit.text import is_web_address
from bot.slack.deps import Deps
from bot.slack.forms import Form, read_private_metadata
from bot.slack.request import Answer, FieldErrors, Modal, Request
from bot.store.model import Card


async def follow_new_ticket(request: Request, deps: Deps) -> Answer:
    """Answer the button to a new ticket: Slack opens its page, and the answer says where its link goes."""
    return blocks.build_new_ticket_message(await _find_card(request, deps, request.argument))


async def follow_ticket(_request: Request, _deps: Deps) -> Answer:
    """Answer the button to a linked ticket: Slack opens its page, and there is nothing to say."""
    return None


async def open_form(request: Request, deps: Deps) -> Answer:
    """Open the form for the link of an entry's ticket."""
    card = await _find_card(request, deps, request.argument)
    return Modal(forms.build_ticket_form(await channels.find_canvas_of_card(request, deps, card), card))


async def submit_form(request: Request, deps: Deps) -> Answer:
    """Store the link of the form."""
    link = forms.read_link(Form(request.view))
    if link and not is_web_address(link):
        return FieldErrors({forms.LINK: "That is no web address such as https://example.com/42."})
    card = await _find_card(request, deps, str(read_private_metadata(request.view).read_number("entry")))
    await service.link_ticket(request, deps, card, link)
    return blocks.build_linked_message(card, link)


async def _find_card(request: Request, deps: Deps, entry_id: str) -> Card:
    """Return the card of an entry that this person may edit."""
    card = await channels.find_active_card(request, deps, channels.parse_entry_id(entry_id))
    await channels.require_editor(request, deps, card)
    return card
