"""`/valuemap review`, `fit` and `why`."""

from bot.features.feature import Feature
from bot.features.fit import review_form as reviewing
from bot.features.fit.listeners import fit, review, review_at, step, submit_review, why, why_entry
from bot.slack.incoming.commands import Command

FEATURE = Feature(
    commands=(
        Command("review", "", "the fit review: which offer fits which need, one by one", review, order=60),
        Command("fit", "", "the fit as it is now, its gaps and what next", fit, order=70),
        Command(
            "why", "ENTRY", "how an entry's figures came about; a few of its words will do", why, order=80
        ),
    ),
    actions={"why": why_entry, "review_at": review_at, "review_step": step},
    views={reviewing.REVIEW: submit_review},
)
