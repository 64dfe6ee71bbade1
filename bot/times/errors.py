"""The error that every reader of days, times, zones, periods and schedules raises. Pure."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

TYPED_TEXT_PLACEHOLDER = "{typed}"  # in `InvalidTime.problem`: where the typed text belongs


class InvalidTime(ValueError):
    """The typed text is no day, time, zone, period or schedule.

    The message is a sentence for the person who typed it: the problem, and advice what to type instead. The
    typed text is stored separately, because only the caller of `describe` knows how to escape it.
    """

    def __init__(self, problem: str, *, typed: str = "", advice: str = "") -> None:
        super().__init__(problem, typed, advice)
        self.problem = problem
        self.typed = typed
        self.advice = advice

    def __str__(self) -> str:
        return self.describe(str)

    def describe(self, escape: Callable[[str], str]) -> str:
        """Return the sentence with the typed text, escaped by `escape`."""
        # str.format would fail on Slack's date token, which contains braces and may be part of the problem.
        problem = self.problem.replace(TYPED_TEXT_PLACEHOLDER, escape(self.typed))
        return f"{problem}: {self.advice}" if self.advice else problem


@contextmanager
def add_advice(advice: str) -> Iterator[None]:
    """Add this advice to every InvalidTime that is raised in the block and has no advice of its own."""
    try:
        yield
    except InvalidTime as error:
        raise InvalidTime(error.problem, typed=error.typed, advice=error.advice or advice) from None
