"""What waits for a member on their canvases, and in which order. Pure."""

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

CANVASES_PER_PAGE = 5  # each takes up to 14 of the 100 blocks that Slack allows in a view
ALL_BOXES = "all"  # the scope that is no kind
NEXT, PREVIOUS = "next", "previous"


@dataclass(frozen=True, slots=True)
class LastDigest:
    """What the last digest of a canvas reported."""

    share: Fraction | None  # the overall fit, 0..1
    sent_at: datetime  # in the canvas's time zone


@dataclass(frozen=True, slots=True)
class CanvasStatus:
    """One canvas as a member's Home shows it."""

    canvas_info: CanvasInfo
    metrics: CanvasMetrics
    user_id: str
    open_round: Round | None = None
    last_digest: LastDigest | None = None
    other_titles: Sequence[str] = ()  # of the channel's other canvases

    @property
    def unvoted_entries(self) -> list[Entry]:
        """The entries that the member has not voted on; those of the open round come first."""
        entries = list_unvoted(self.metrics, self.user_id)
        return sorted(entries, key=lambda entry: not (self.open_round and self.open_round.covers(entry)))

    @property
    def unvoted_in_round(self) -> int:
        """How many entries of the open round the member has not voted on."""
        return sum(self.open_round.covers(entry) for entry in self.unvoted_entries) if self.open_round else 0

    @property
    def unreviewed_offers(self) -> list[OfferFit]:
        """The offers that the member has not reviewed; none while there is no need that they could fit."""
        if not self.metrics.needs:
            return []
        reviews = self.metrics.canvas.reviews
        reviewed_ids = {review.offer_id for review in reviews if review.user_id == self.user_id}
        return [offer for offer_id, offer in self.metrics.offers.items() if offer_id not in reviewed_ids]

    @property
    def has_open_work(self) -> bool:
        """Whether something waits for the member's vote or review."""
        return bool(self.unvoted_entries or self.unreviewed_offers)

    @property
    def last_activity_at(self) -> datetime:
        """When the canvas was started or last got an entry."""
        return max(
            [self.canvas_info.created_at, *(entry.created_at for entry in self.metrics.canvas.entries)]
        )

    def with_details(self, last_digest: LastDigest | None, other_titles: Sequence[str]) -> "CanvasStatus":
        return replace(self, last_digest=last_digest, other_titles=other_titles)


@dataclass(frozen=True, slots=True)
class Overview:
    """One page of a member's canvases, and how much waits for them on all pages."""

    statuses: Sequence[CanvasStatus]
    page: int  # from 0
    page_count: int
    canvas_count: int
    unvoted_count: int
    unreviewed_count: int

    def with_statuses(self, statuses: Sequence[CanvasStatus]) -> "Overview":
        return replace(self, statuses=statuses)


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry as a member sees it in its dialog."""

    canvas_info: CanvasInfo
    metrics: CanvasMetrics
    ranked: RankedEntry
    user_id: str
    author_name: str
    source_link: str  # to the message that it was made of; "" if of none
    card_link: str  # "" while the card is not posted
    scope: str = ALL_BOXES  # of the buttons to other unvoted entries: a kind, or all boxes
    channel_id: str = ""  # where the member asked; "" outside channels
    value_maps_page: int | None = None  # of the dialog of value maps from which the member came

    @property
    def level(self) -> int | None:
        """The member's own vote."""
        return self.ranked.entry.votes.get(self.user_id)

    @property
    def other_unvoted_count(self) -> int:
        """How many other entries wait for the member's vote."""
        entries = list_unvoted(self.metrics, self.user_id, self.scope)
        return sum(entry.id != self.ranked.entry.id for entry in entries)


def build_overview(statuses: Collection[CanvasStatus], page: int) -> Overview:
    """Return one page of canvases: those with open work first, then the last active. Pages are clamped."""
    ordered = sorted(statuses, key=lambda status: status.last_activity_at, reverse=True)
    ordered.sort(key=lambda status: not status.has_open_work)
    page_count = max(1, -(-len(ordered) // CANVASES_PER_PAGE))
    page = min(max(page, 0), page_count - 1)
    return Overview(
        statuses=ordered[page * CANVASES_PER_PAGE : (page + 1) * CANVASES_PER_PAGE],
        page=page,
        page_count=page_count,
        canvas_count=len(ordered),
        unvoted_count=sum(len(status.unvoted_entries) for status in ordered),
        unreviewed_count=sum(len(status.unreviewed_offers) for status in ordered),
    )


def list_unvoted(metrics: CanvasMetrics, user_id: str, scope: str = ALL_BOXES) -> list[Entry]:
    """Return what a member has not voted on, by box and in order of creation, which votes do not change."""
    kinds = tuple(Kind) if scope == ALL_BOXES else (Kind(scope),)
    entries = [entry for kind in kinds for entry in metrics.canvas.entries if entry.kind is kind]
    return [entry for entry in entries if user_id not in entry.votes]


def next_unvoted(unvoted: Sequence[Entry], current: Entry | None, direction: str = NEXT) -> Entry | None:
    """Return the unvoted entry after or before the current one; None where there is no other.

    The last is followed by the first. The current entry may be missing among them: it may have got its vote
    meanwhile.
    """
    others = [entry for entry in unvoted if current is None or entry.id != current.id]
    if not others or current is None:
        return others[0] if others else None
    position = _position(current)
    if direction == PREVIOUS:
        return next((entry for entry in reversed(others) if _position(entry) < position), others[-1])
    return next((entry for entry in others if _position(entry) > position), others[0])


def name_digest(sent_at: datetime, now: datetime) -> str:
    """Return for example "Monday's digest". Both times are in the same time zone."""
    days = (now.date() - sent_at.date()).days
    if days == 0:
        return "today's digest"
    return (
        f"{WEEKDAY_NAMES[sent_at.weekday()]}'s digest"
        if days < 7
        else f"the digest of {sent_at.day} {sent_at:%b}"
    )


def _position(entry: Entry) -> tuple[int, int]:
    return list(Kind).index(entry.kind), entry.id
