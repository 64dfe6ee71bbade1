"""The jobs of cards and of the message that they reply to. Pure."""

from datetime import timedelta

from bot.jobs.model import JobKind

# Posts the canvas's own message, which the cards reply to; the feature canvases handles it.
CANVAS_JOB = JobKind("canvas", 10, frozenset({"chat.postMessage", "chat.update"}))
CARD_JOB = JobKind("card", 20, frozenset({"chat.postMessage", "chat.update"}))
MEMBER_JOB = JobKind("member", 50, frozenset({"users.info"}))
REFRESH_CARD_JOB = JobKind("refresh_card", 95, frozenset({"chat.postMessage", "chat.update"}))
NUMBER_REACTIONS_JOB = JobKind("number_reactions", 65, frozenset({"reactions.add"}))

# Slack allows 20 a minute, and nobody waits for them.
CLEAR_NUMBERS_JOB = JobKind("clear_numbers", 96, frozenset({"reactions.remove"}))

# Of the 50 updates that Slack allows a workspace each minute, votes need the rest.
REFRESHED_CARDS_PER_MINUTE = 20
SEALED_CARDS_PER_MINUTE = 40  # votes change none of them meanwhile
# Votes on one card within this delay are one update: Slack limits chat.update, and in a workshop twenty
# members vote at the same time.
CARD_UPDATE_DELAY = timedelta(seconds=1)
