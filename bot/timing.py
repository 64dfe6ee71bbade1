"""How often the bot works, how long it waits, and how much it does at once."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Timing:
    """Intervals, timeouts and limits. The defaults fit Slack's rate limits; tests pass shorter ones.

    See https://docs.slack.dev/apis/web-api/rate-limits.
    """

    tick_interval: timedelta = timedelta(seconds=1)  # between two searches for due work
    sweep_interval: timedelta = timedelta(minutes=1)  # between two runs of maintenance
    job_lease: timedelta = timedelta(
        minutes=1
    )  # far longer than call_timeout, so that no worker loses a job while it waits
    call_timeout: timedelta = timedelta(seconds=10)  # of one call to Slack
    uncertain_period: timedelta = timedelta(seconds=15)  # Slack may still carry out a call without an answer
    channel_post_interval: timedelta = timedelta(seconds=1)  # Slack allows one post a second in a channel
    channel_post_burst: int = 10  # posts after a pause that need no interval: Slack tolerates short bursts
    first_retry_delay: timedelta = timedelta(seconds=1)  # doubles with each attempt
    max_retry_delay: timedelta = timedelta(minutes=5)
    max_card_reads_per_sweep: int = 40  # in one workspace; Slack allows 50 reactions.get calls a minute
    # Between two reads of one card's reactions: in an open round, while its canvas is used, and otherwise.
    card_read_interval: timedelta = timedelta(minutes=15)
    active_read_interval: timedelta = timedelta(hours=1)
    quiet_read_interval: timedelta = timedelta(days=1)
    active_period: timedelta = timedelta(days=7)  # so long after its last use a canvas counts as used
    min_outage: timedelta = timedelta(minutes=2)  # without a scheduler; then all cards are read
    member_requests_per_minute: int = 60
    workspace_requests_per_minute: int = 1200
    answer_timeout: timedelta = timedelta(seconds=15)  # then the user reads that the answer takes longer
    form_timeout: timedelta = timedelta(
        seconds=2.3
    )  # Slack waits three seconds, then shows the user an error
    first_link_pause: timedelta = timedelta(seconds=1)  # before the next try at Socket Mode; doubles
    max_link_pause: timedelta = timedelta(minutes=1)
    stable_link_age: timedelta = timedelta(minutes=1)  # a link that held so long resets the pauses
    link_heartbeat: timedelta = timedelta(seconds=10)  # between two pings over a websocket
    drain_timeout: timedelta = timedelta(seconds=6)  # for finishing work after a stop signal


DEFAULT_TIMING = Timing()
# For the fake Slack: its clock may be stopped, and a throttle would then never end.
UNTHROTTLED_TIMING = Timing(
    channel_post_interval=timedelta(0), member_requests_per_minute=10**9, workspace_requests_per_minute=10**9
)
