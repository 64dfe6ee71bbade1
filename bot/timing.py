"""How fast the bot speaks, and how long it waits."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Timing:
    """Other than this only where a test has less time than Slack."""

    tick_interval: timedelta = timedelta(seconds=1)  # between two looks at what is due
    sweep_interval: timedelta = timedelta(minutes=1)  # between two looks at what needs no hurry
    job_lease: timedelta = timedelta(minutes=1)  # of an errand; far longer than a call to Slack may take
    call_timeout: timedelta = timedelta(seconds=10)  # that a call to Slack may take
    uncertain_period: timedelta = timedelta(
        seconds=15
    )  # in which Slack may still do what it gave no answer to
    channel_post_interval: timedelta = timedelta(seconds=1)  # in one channel, as Slack asks for
    channel_post_burst: int = 10  # posts in one channel that may come faster
    first_retry_delay: timedelta = timedelta(seconds=1)  # after a failure; it doubles with each
    max_retry_delay: timedelta = timedelta(minutes=5)
    max_card_reads_per_sweep: int = 40  # of cards in a workspace between two sweeps; Slack allows 50 a minute
    card_read_interval: timedelta = timedelta(minutes=15)  # between two readings of a card's reactions
    member_requests_per_minute: int = 60  # requests a minute
    workspace_requests_per_minute: int = 1200  # the same of all its members; a workshop never meets these two
    drain_timeout: timedelta = timedelta(
        seconds=6
    )  # that what was begun may take once the process is to stop


DEFAULT_TIMING = Timing()
UNTHROTTLED_TIMING = Timing(
    channel_post_interval=timedelta(0), member_requests_per_minute=10**9, workspace_requests_per_minute=10**9
)  # where Slack is a stand-in, whose time may stand still
