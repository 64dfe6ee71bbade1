"""The job that reads votes back, and the reaction event. Pure."""

from dataclasses import dataclass

from bot.jobs.model import JobKind

READ_VOTES_JOB = JobKind("read_votes", 100, frozenset({"reactions.get"}))


@dataclass(frozen=True, slots=True)
class ReactionEvent:
    """A number reaction that a user set on a message or took back; the message need not be a card."""

    channel_id: str
    message_ts: str
    user_id: str
    level: int  # 1..5
    is_set: bool
    event_at_us: int  # microseconds since 1970, by Slack's clock
