"""The buttons and the form of tickets."""

from bot.features.feature import Feature
from bot.features.tickets.blocks import LINK_TICKET, NEW_TICKET, OPEN_TICKET
from bot.features.tickets.forms import TICKET_FORM
from bot.features.tickets.listeners import follow_new_ticket, follow_ticket, open_form, submit_form

FEATURE = Feature(
    actions={NEW_TICKET: follow_new_ticket, OPEN_TICKET: follow_ticket, LINK_TICKET: open_form},
    views={TICKET_FORM: submit_form},
)
