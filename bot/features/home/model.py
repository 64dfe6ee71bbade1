"""What waits for a member, and how the fit has moved. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from bot.features.rounds.model import Round
from bot.method.fit import OfferFit
from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics
from bot.method.model import Entry
from bot.method.ranking import RankedEntry
from bot.store.model import CanvasInfo
from bot.times.clock import WEEKDAY_NAMES

PAGE = 5  # canvases: each takes up to fourteen of a view's hundred blocks
ALL = "all"  # the scope of a way through the unvoted entries of every box
NEXT, PREVIOUS = "next", "previous"


@dataclass(frozen=True, slots=True)
class Told:
    """What the last digest told of a canvas, and when, by the canvas's own clock."""

    share: Fraction | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one canvas stands, as a member's Home shows it."""

    head: CanvasInfo
    now: CanvasMetrics
    member: str
    vote: Round | None = None  # the open one
    told: Told | None = None
    others: Sequence[str] = ()  # titles of the channel's other canvases

    @property
    def unvoted(self) -> list[Entry]:
        """What this member has not voted on, what the open round is on first."""
        found = unvoted(self.now, self.member)
        return sorted(found, key=lambda entry: not (self.vote and self.vote.covers(entry)))

    @property
    def left(self) -> int:
        """How many cards of the open round this member has not voted on."""
        return sum(self.vote.covers(entry) for entry in self.unvoted) if self.vote else 0

    @property
    def unreviewed(self) -> list[OfferFit]:
        """The offers that this member has not reviewed; none while there is nothing for them to fit."""
        reviewed = {review.offer_id for review in self.now.canvas.reviews if review.user_id == self.member}
        offers = self.now.offers.items() if self.now.needs else ()
        return [offer for key, offer in offers if key not in reviewed]

    @property
    def waits(self) -> bool:
        return bool(self.unvoted or self.unreviewed)

    def adding(self, told: Told | None, others: Sequence[str]) -> "Standing":
        return replace(self, told=told, others=others)

    @property
    def touched_at(self) -> datetime:
        """When it was started or last got an entry."""
        return max([self.head.created_at, *(entry.created_at for entry in self.now.canvas.entries)])


@dataclass(frozen=True, slots=True)
class Overview:
    """One page of a member's canvases, and what waits for them on all pages."""

    standings: Sequence[Standing]
    page: int = 0  # from 0
    pages: int = 1
    canvases: int = 0
    unvoted: int = 0
    unreviewed: int = 0

    def showing(self, standings: Sequence[Standing]) -> "Overview":
        return replace(self, standings=standings)


def overview(standings: Collection[Standing], page: int) -> Overview:
    """Return one page, or the last one before it: first where something waits, then the newest."""
    ordered = sorted(standings, key=lambda one: one.touched_at, reverse=True)
    ordered.sort(key=lambda one: not one.waits)
    pages = max(1, -(-len(ordered) // PAGE))
    page = min(max(page, 0), pages - 1)
    return Overview(
        ordered[page * PAGE : (page + 1) * PAGE],
        page,
        pages,
        len(ordered),
        sum(len(one.unvoted) for one in ordered),
        sum(len(one.unreviewed) for one in ordered),
    )


def unvoted(now: CanvasMetrics, member: str, scope: str = ALL) -> list[Entry]:
    """Return what a member has not voted on, box by box in order of creation: votes do not reorder it."""
    kinds = tuple(Kind) if scope == ALL else (Kind(scope),)
    entries = [entry for kind in kinds for entry in now.canvas.entries if entry.kind is kind]
    return [entry for entry in entries if member not in entry.votes]


def onward(waiting: Sequence[Entry], at: Entry | None, way: str = NEXT) -> Entry | None:
    """Return the entry to look at after this one, round and round; None where nothing else waits."""
    others = [entry for entry in waiting if at is None or entry.id != at.id]
    if not others or at is None:
        return others[0] if others else None
    here = _order(at)
    if way == PREVIOUS:
        return next((entry for entry in reversed(others) if _order(entry) < here), others[-1])
    return next((entry for entry in others if _order(entry) > here), others[0])


def _order(entry: Entry) -> tuple[int, int]:
    return list(Kind).index(entry.kind), entry.id


def digest_day(told: datetime, now: datetime) -> str:
    """Name the digest of a day, both by the same clock: "Monday's digest"."""
    days = (now.date() - told.date()).days
    if days == 0:
        return "today's digest"
    return f"{WEEKDAY_NAMES[told.weekday()]}'s digest" if days < 7 else f"the digest of {told.day} {told:%b}"


@dataclass(frozen=True, slots=True)
class Look:
    """One entry, as a member looks at it."""

    head: CanvasInfo
    now: CanvasMetrics
    place: RankedEntry
    member: str
    author: str  # a name
    source: str  # the link of the message that it was made of; "" if of none
    link: str  # to its card; "" while there is none
    scope: str = ALL  # of the way through the unvoted entries: a kind, or all
    channel: str = ""  # from which somebody asked; "" where from none
    maps: int | None = None  # the page of the value maps' dialog from which somebody came

    @property
    def vote(self) -> int | None:
        return self.place.entry.votes.get(self.member)

    @property
    def others(self) -> int:
        """How many other entries wait for this member's vote."""
        waiting = unvoted(self.now, self.member, self.scope)
        return sum(entry.id != self.place.entry.id for entry in waiting)
