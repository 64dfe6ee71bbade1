"""The tests that were started, that got a result or a decision since the last digest. Pure."""

from collections.abc import Iterator

from bot.features.digest.model import DigestFacts, DigestSection
from bot.method.assumption_tests import describe_number, describe_seen
from bot.method.model import AssumptionTest
from bot.slack.blockkit.text import capitalize, escape, truncate
from bot.times.clock import format_short_day

MAX_TEXT_CHARACTERS = 60
MAX_REASON_CHARACTERS = 120


def build_section(facts: DigestFacts) -> DigestSection:
    """Return a line for each start, result and decision, decisions first."""
    lines = [line for test in reversed(facts.metrics.canvas.tests) for line in _describe_news(test, facts)]
    return DigestSection("Tests", [line for _, line in sorted(lines, key=lambda each: each[0])])


def _describe_news(test: AssumptionTest, facts: DigestFacts) -> Iterator[tuple[int, str]]:
    """Yield the order and the line of what is new about a test; a result names what comes of its start."""
    ranked, since = facts.metrics.ranked.get(test.entry_id), facts.previous_sent_at
    name = f"“{escape(truncate(ranked.entry.text if ranked else test.belief, MAX_TEXT_CHARACTERS))}”"
    if test.decision and (since is None or test.decision.at > since):
        reason = escape(truncate(test.decision.reason, MAX_REASON_CHARACTERS))
        yield 0, f"• Decided: {test.decision.choice} {name}: {reason}"
    if test.result and (since is None or test.result.at > since):
        yield 1, f"• {capitalize(escape(describe_seen(test.result, test.terms)))}: {name}"
    elif test.result is None and ranked and (since is None or test.started_at > since):
        terms = test.terms
        number = escape(describe_number(terms))
        yield 2, f"• Started: {name}, right if {number}, until {format_short_day(terms.until)}"
