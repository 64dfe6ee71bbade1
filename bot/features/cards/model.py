"""What the jobs of cards are. Pure."""

from bot.jobs.model import JobKind

CARD_JOB = JobKind("card", 20, frozenset({"chat.postMessage", "chat.update"}))
MEMBER_JOB = JobKind("member", 50, frozenset({"users.info"}))
NUMBER_REACTIONS_JOB = JobKind("number_reactions", 140, frozenset({"reactions.add"}))
