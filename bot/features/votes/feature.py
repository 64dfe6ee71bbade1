"""The feature votes: it records reaction events and reads reactions back from Slack."""

from bot.features.feature import Feature
from bot.features.votes.listeners import handle_reaction
from bot.features.votes.model import READ_VOTES_JOB
from bot.features.votes.service import read_back_votes

FEATURE = Feature(
    events={"reaction_added": handle_reaction, "reaction_removed": handle_reaction},
    jobs={READ_VOTES_JOB: read_back_votes},
)
