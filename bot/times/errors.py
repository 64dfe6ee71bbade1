"""The error that every reader of days, times, zones, periods and schedules raises. Pure."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain, zip_longest

TYPED = "{typed}"  # in `InvalidTime.problem`: the place of the next typed text


class InvalidTime(ValueError):
    """The typed text is no day, time, zone, period or schedule.

    The message is a sentence for the person who typed it: the problem, and advice what to type instead. The
    typed texts are stored separately, because only the caller of `describe` knows how to escape them.
    """

    def __init__(self, problem: str, *typed: str, advice: str = "") -> None:
        super().__init__(problem, typed, advice)
        self.problem = problem
        self.typed = typed
        self.advice = advice

    def __str__(self) -> str:
        return self.describe(str)

    def describe(self, escape: Callable[[str], str]) -> str:
        """Return the sentence with the typed texts, escaped by `escape`."""
        # str.format would fail on Slack's date token, which contains braces and may be part of the problem.
        pieces = zip_longest(self.problem.split(TYPED), map(escape, self.typed), fillvalue="")
        problem = "".join(chain.from_iterable(pieces))
        return f"{problem}: {self.advice}" if self.advice else problem


@contextmanager
def add_advice(advice: str) -> Iterator[None]:
    """Add this advice to every InvalidTime that is raised in the block and has no advice of its own."""
    try:
        yield
    except InvalidTime as error:
        raise InvalidTime(error.problem, *error.typed, advice=error.advice or advice) from None
