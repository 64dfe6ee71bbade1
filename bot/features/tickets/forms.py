"""The form for the link of an entry's ticket. Pure."""

from slack_sdk.models.blocks import UrlInputElement

from bot.slack.blockkit.builders import View, build_modal, context_note, input_block, section_block
from bot.slack.blockkit.text import capitalize, escape
from bot.slack.forms import Form
from bot.store.model import CanvasInfo, Card

TICKET_FORM = "ticket"  # callback id
LINK = "link"  # field


def build_ticket_form(canvas_info: CanvasInfo, card: Card) -> View:
    """Return the form, with the link that the entry has."""
    spec = card.entry.kind.spec
    element = UrlInputElement(action_id=LINK, initial_value=card.ticket_link or None)
    return build_modal(
        TICKET_FORM,
        "Link a ticket",
        [
            section_block(f"{spec.icon} *{capitalize(spec.singular)}*\n{escape(card.entry.text)}"),
            input_block(
                LINK, "Link of the ticket", element, hint="Empty takes it off the card.", optional=True
            ),
            context_note(
                "Name your tracker in `/valuemap settings`, and *Ticket* opens a new ticket with its title "
                "and text filled in."
            )
            if not canvas_info.settings.tracker
            else None,
        ],
        private_metadata={"channel": card.channel_id, "canvas": card.canvas_id, "entry": card.entry.id},
        submit_label="Save",
    )


def read_link(form: Form) -> str:
    """Return the typed link, unchecked."""
    return form.read_text(LINK).strip()
