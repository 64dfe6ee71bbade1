"""`/valuemap review`, `fit` and `why`."""

from bot.features.cards.blocks import ENTRY_MENU
from bot.features.feature import Feature
from bot.features.fit.listeners import (
    change_step,
    explain_entry,
    explain_named_entry,
    review_offer,
    show_fit,
    start_review,
    submit_review_form,
)
from bot.features.fit.review_form import REVIEW_FORM
from bot.slack.incoming.commands import Command, HelpGroup

FEATURE = Feature(
    commands=(
        Command(
            "review",
            "",
            "which offer fits which need, one by one",
            start_review,
            order=60,
            group=HelpGroup.FIT,
        ),
        Command(
            "fit", "", "the fit as it is now, its gaps and what next", show_fit, order=70, group=HelpGroup.FIT
        ),
        Command(
            "why",
            "ENTRY",
            "how an entry's figures came about; a few of its words will do",
            explain_named_entry,
            order=80,
            group=HelpGroup.FIT,
        ),
    ),
    actions={"why": explain_entry, "review_at": review_offer, "review_step": change_step},
    menus={ENTRY_MENU: {"why": explain_entry}},
    views={REVIEW_FORM: submit_review_form},
)
