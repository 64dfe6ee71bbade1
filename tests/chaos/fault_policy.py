"""Which calls to Slack fail, and how: at random, in periods of many and of few failures."""

import random
from collections import Counter

from bot.fake_slack.models import InjectedFault

MIN_PERIOD_CALLS = 12
MAX_EXTRA_CALLS = 60
OUTAGE_SHARE = 0.25  # of the periods
OUTAGE_FAULT_RATE, NORMAL_FAULT_RATE = 0.5, 0.06


class FaultPolicy:
    """Decides for each call whether and how it fails. Failures come in periods, as in outages."""

    def __init__(self, rng: random.Random, call_timeout_seconds: float) -> None:
        self._rng, self._call_timeout_seconds = rng, call_timeout_seconds
        self._calls_left, self._is_outage = 0, False
        self.fault_counts: Counter[str] = Counter()

    def __call__(self, method: str) -> InjectedFault | None:
        if not self._calls_left:
            self._is_outage = self._rng.random() < OUTAGE_SHARE
            self._calls_left = MIN_PERIOD_CALLS + self._rng.randrange(MAX_EXTRA_CALLS)
        self._calls_left -= 1
        if self._rng.random() > (OUTAGE_FAULT_RATE if self._is_outage else NORMAL_FAULT_RATE):
            return None
        name = self._rng.choice(FAULTS)
        self.fault_counts[name] += 1
        return self._make_fault(method, name)

    def _make_fault(self, method: str, name: str) -> InjectedFault:
        takes_effect = name.endswith("after the effect")
        match name.partition(" ")[0]:
            case "429":
                return InjectedFault(method, "ratelimited", retry_after=1)
            case "500":
                return InjectedFault(method, "internal_error", status=500, takes_effect=takes_effect)
            case "cut":
                return InjectedFault(method, drops_connection=True, takes_effect=takes_effect)
            case "slow":
                return InjectedFault(method, delay_seconds=self._rng.uniform(0.1, 0.8), takes_effect=True)
        # The effect comes when the caller has given up: right after, or a while later.
        return InjectedFault(
            method,
            delay_seconds=self._call_timeout_seconds + self._rng.uniform(0, 0.6),
            takes_effect=takes_effect,
            drops_connection=not takes_effect,
        )


FAULTS = (
    "429",
    "429",
    "429",
    "500 before the effect",
    "500 after the effect",
    "cut before the effect",
    "cut after the effect",
    "slow",
    "slow",
    "time-out before the effect",
    "time-out after the effect",
)
