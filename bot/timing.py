"""How often the bot works, how long it waits, and how much it does at once."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Timing:
    """The defaults fit Slack's limits; tests that have less time than Slack pass their own.

    See https://docs.slack.dev/apis/web-api/rate-limits.
    """

    tick_interval: timedelta = timedelta(seconds=1)  # between two looks for what is due
    sweep_interval: timedelta = timedelta(minutes=1)  # between two rounds of maintenance
    job_lease: timedelta = timedelta(minutes=1)  # must be far longer than call_timeout
    call_timeout: timedelta = timedelta(seconds=10)  # of one call to Slack
    uncertain_period: timedelta = timedelta(seconds=15)  # Slack may still do what it gave no answer to
    channel_post_interval: timedelta = timedelta(seconds=1)  # Slack allows one post a second in a channel
    channel_post_burst: int = 10  # posts that may come faster after a pause, which Slack tolerates
    first_retry_delay: timedelta = timedelta(seconds=1)  # doubles with each attempt
    max_retry_delay: timedelta = timedelta(minutes=5)
    max_card_reads_per_sweep: int = 40  # in one workspace; Slack allows 50 calls a minute of reactions.get
    card_read_interval: timedelta = timedelta(minutes=15)  # between two readings of one card's reactions
    member_requests_per_minute: int = 60
    workspace_requests_per_minute: int = 1200
    drain_timeout: timedelta = timedelta(seconds=6)  # for finishing work when the process is told to stop


DEFAULT_TIMING = Timing()
# For a fake Slack, whose clock may stand still.
UNTHROTTLED_TIMING = Timing(
    channel_post_interval=timedelta(0), member_requests_per_minute=10**9, workspace_requests_per_minute=10**9
)
