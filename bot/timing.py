"""How fast the bot speaks, and how long it waits."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """Other than this only where a test has less time than Slack."""

    tick: timedelta = timedelta(seconds=1)  # between two looks at what is due
    sweep: timedelta = timedelta(minutes=1)  # between two looks at what needs no hurry
    lease: timedelta = timedelta(minutes=1)  # of an errand; far longer than a call to Slack may take
    call: timedelta = timedelta(seconds=10)  # that a call to Slack may take
    lag: timedelta = timedelta(seconds=15)  # in which Slack may still do what it gave no answer to
    between_posts: timedelta = timedelta(seconds=1)  # in one channel, as Slack asks for
    burst: int = 10  # posts in one channel that may come faster
    first_pause: timedelta = timedelta(seconds=1)  # after a failure; it doubles with each
    longest_pause: timedelta = timedelta(minutes=5)
    readings: int = 40  # of cards in a workspace between two sweeps; Slack allows 50 a minute
    read_back: timedelta = timedelta(minutes=15)  # between two readings of a card's reactions
    of_member: int = 60  # requests a minute
    of_workspace: int = 1200  # the same of all its members; a workshop never meets these two
    drain: timedelta = timedelta(seconds=6)  # that what was begun may take once the process is to stop


USUAL = Pace()
UNPACED = Pace(
    between_posts=timedelta(0), of_member=10**9, of_workspace=10**9
)  # where Slack is a stand-in, whose time may stand still
