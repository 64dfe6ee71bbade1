"""The feature ranking: `/valuemap rank`."""

from bot.features.feature import Feature
from bot.features.ranking.listeners import show_ranking
from bot.slack.incoming.commands import Command, HelpGroup

FEATURE = Feature(
    commands=(
        Command(
            "rank",
            "[KIND]",
            "the ranking, and what you have not voted on",
            show_ranking,
            order=40,
            group=HelpGroup.VOTE,
        ),
    ),
)
