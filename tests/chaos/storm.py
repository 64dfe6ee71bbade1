"""What goes wrong at Slack, by chance."""

import random
from collections import Counter

from bot.fake_slack.things import Fault

SPELL = 12  # calls that bad or fair weather lasts at least


class Storm:
    """Decides for each call whether and how it goes wrong; in spells, as outages come."""

    def __init__(self, chance: random.Random, too_slow: float) -> None:
        self._chance, self._too_slow = chance, too_slow
        self._left, self._bad = 0, False
        self.seen: Counter[str] = Counter()

    def __call__(self, method: str) -> Fault | None:
        if not self._left:
            self._bad = self._chance.random() < 0.25
            self._left = SPELL + self._chance.randrange(60)
        self._left -= 1
        if self._chance.random() > (0.5 if self._bad else 0.06):
            return None
        name = self._chance.choice(WAYS)
        self.seen[name] += 1
        return self._fault(method, name)

    def _fault(self, method: str, name: str) -> Fault:
        after = name.endswith("after the effect")
        match name.partition(" ")[0]:
            case "429":
                return Fault(method, "ratelimited", retry_after=1)
            case "500":
                return Fault(method, "internal_error", status=500, after=after)
            case "cut":
                return Fault(method, cut=True, after=after)
            case "slow":
                return Fault(method, slow=self._chance.uniform(0.1, 0.8), after=True)
        # The effect comes when the caller has given up: right after, or a while later.
        return Fault(method, slow=self._too_slow + self._chance.uniform(0, 0.6), after=after, cut=not after)


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
