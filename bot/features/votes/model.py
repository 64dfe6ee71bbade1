"""What the jobs of votes are. Pure."""

from bot.jobs.model import JobKind

READ_VOTES_JOB = JobKind("read_votes", 100, frozenset({"reactions.get"}))
