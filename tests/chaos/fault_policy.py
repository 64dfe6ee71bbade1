"""What goes wrong at Slack, by chance."""

import random
from collections import Counter

from bot.fake_slack.models import InjectedFault

SPELL = 12  # calls that bad or fair weather lasts at least


class Storm:
    """Decides for each call whether and how it goes wrong; in spells, as outages come."""

    def __init__(self, chance: random.Random, too_slow: float) -> None:
        self._chance, self._too_slow = chance, too_slow
        self._left, self._bad = 0, False
        self.seen: Counter[str] = Counter()

    def __call__(self, method: str) -> InjectedFault | None:
        if not self._left:
            self._bad = self._chance.random() < 0.25
            self._left = SPELL + self._chance.randrange(60)
        self._left -= 1
        if self._chance.random() > (0.5 if self._bad else 0.06):
            return None
        name = self._chance.choice(WAYS)
        self.seen[name] += 1
        return self._fault(method, name)

    def _fault(self, method: str, name: str) -> InjectedFault:
        after = name.endswith("after the effect")
        match name.partition(" ")[0]:
            case "429":
                return InjectedFault(method, "ratelimited", retry_after=1)
            case "500":
                return InjectedFault(method, "internal_error", status=500, takes_effect=after)
            case "cut":
                return InjectedFault(method, drops_connection=True, takes_effect=after)
            case "slow":
                return InjectedFault(method, delay_seconds=self._chance.uniform(0.1, 0.8), takes_effect=True)
        # The effect comes when the caller has given up: right after, or a while later.
        return InjectedFault(method, delay_seconds=self._too_slow + self._chance.uniform(0, 0.6), takes_effect=after, drops_connection=not after)


WAYS = (
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
