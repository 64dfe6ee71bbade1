"""The one error that reading days, times, zones and periods raises. Pure."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

TYPED = "{typed}"  # in a problem: where the person's own words go, once they are escaped


class InvalidTime(ValueError):
    """What somebody typed names no day, time, zone, period or schedule.

    The message is a sentence for that person: the problem, then what to type instead. The words that they
    typed stay apart from it until `describe`, since only whoever shows them knows how to escape them.
    """

    def __init__(self, problem: str, *, typed: str = "", advice: str = "") -> None:
        super().__init__(problem, typed, advice)
        self.problem = problem
        self.typed = typed
        self.advice = advice

    def __str__(self) -> str:
        return self.describe(str)

    def describe(self, escape: Callable[[str], str]) -> str:
        """Return the sentence, with the typed words as `escape` returns them."""
        # No str.format: a problem may hold Slack's date token, which has braces of its own.
        problem = self.problem.replace(TYPED, escape(self.typed))
        return f"{problem}: {self.advice}" if self.advice else problem


@contextmanager
def with_advice(advice: str) -> Iterator[None]:
    """Give this advice with every InvalidTime that is raised inside, unless it has its own."""
    try:
        yield
    except InvalidTime as error:
        raise InvalidTime(error.problem, typed=error.typed, advice=error.advice or advice) from None
