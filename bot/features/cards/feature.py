"""The feature cards: its jobs post cards, update them and seed their number reactions."""

from bot.features.cards.listeners import follow_member
from bot.features.cards.model import (
    CARD_JOB,
    CLEAR_NUMBERS_JOB,
    MEMBER_JOB,
    NUMBER_REACTIONS_JOB,
    REFRESH_CARD_JOB,
)
from bot.features.cards.service import (
    add_number_reactions,
    clear_number_reactions,
    look_up_voter,
    post_card,
)
from bot.features.feature import Feature

FEATURE = Feature(
    events={"user_change": follow_member},
    jobs={
        CARD_JOB: post_card,
        CLEAR_NUMBERS_JOB: clear_number_reactions,
        MEMBER_JOB: look_up_voter,
        NUMBER_REACTIONS_JOB: add_number_reactions,
        REFRESH_CARD_JOB: post_card,
    },
)
