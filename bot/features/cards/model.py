"""The jobs of cards. Pure."""

from datetime import timedelta

from bot.jobs.model import JobKind

CARD_JOB = JobKind("card", 20, frozenset({"chat.postMessage", "chat.update"}))
MEMBER_JOB = JobKind("member", 50, frozenset({"users.info"}))
NUMBER_REACTIONS_JOB = JobKind("number_reactions", 140, frozenset({"reactions.add"}))

# Votes on one card within this delay are one update: Slack limits chat.update, and in a workshop twenty
# members vote at the same time.
CARD_UPDATE_DELAY = timedelta(seconds=1)
