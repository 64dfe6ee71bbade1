"""Number reactions on cards, and reading them back."""

from bot.features.feature import Feature
from bot.features.votes.listeners import reaction
from bot.features.votes.model import READ_VOTES_JOB
from bot.features.votes.service import read_back_votes

FEATURE = Feature(
    events={"reaction_added": reaction, "reaction_removed": reaction},
    jobs={READ_VOTES_JOB: read_back_votes},
)
