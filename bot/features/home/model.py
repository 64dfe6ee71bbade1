"""A member's open votes and reviews on their canvases, and the order of canvases and entries. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from math import ceil

from bot.features.rounds.model import Round
from bot.features.votes.model import find_voted_ids, list_scope
from bot.method.fit import OfferFit
from bot.method.metrics import CanvasMetrics
from bot.method.model import Entry
from bot.method.ranking import RankedEntry
from bot.store.model import CanvasInfo
from bot.times.clock import WEEKDAY_NAMES, format_short_day

CANVASES_PER_PAGE = 5  # each takes 4 of the 100 blocks that Slack allows in a view


@dataclass(frozen=True, slots=True)
class LastDigest:
    """What the last digest of a canvas reported."""

    share: Fraction | None  # the overall fit, 0..1
    sent_at: datetime  # in the time zone of the canvas


@dataclass(frozen=True, slots=True)
class CanvasStatus:
    """One canvas with what a member's Home shows about it."""

    canvas_info: CanvasInfo
    metrics: CanvasMetrics
    user_id: str
    open_round: Round | None = None
    last_digest: LastDigest | None = None
    other_titles: Sequence[str] = ()  # of the channel's other active canvases
    sealed_votes: Collection[int] = ()  # the ids of the entries that the member voted on in a sealed round

    @property
    def unvoted_entries(self) -> list[Entry]:
        """The entries that the member has not voted on."""
        entries = list_scope(self.metrics.canvas)
        voted_ids = find_voted_ids(entries, self.user_id, self.sealed_votes)
        return [entry for entry in entries if entry.id not in voted_ids]

    @property
    def unvoted_count_in_round(self) -> int:
        """How many entries of the open round the member has not voted on."""
        return sum(self.open_round.covers(entry) for entry in self.unvoted_entries) if self.open_round else 0

    @property
    def unreviewed_offers(self) -> list[OfferFit]:
        """The offers that the member has not reviewed; none while there are no needs."""
        if not self.metrics.needs:
            return []
        reviews = self.metrics.canvas.reviews
        reviewed_ids = {review.offer_id for review in reviews if review.user_id == self.user_id}
        return [offer for offer_id, offer in self.metrics.offers.items() if offer_id not in reviewed_ids]

    @property
    def has_open_work(self) -> bool:
        """Whether the member has not voted on every entry or not reviewed every offer."""
        return bool(self.unvoted_entries or self.unreviewed_offers)

    @property
    def last_activity_at(self) -> datetime:
        """When the canvas was created or last got an entry."""
        return max(
            [self.canvas_info.created_at, *(entry.created_at for entry in self.metrics.canvas.entries)]
        )

    def with_details(self, last_digest: LastDigest | None, other_titles: Sequence[str]) -> "CanvasStatus":
        """Return the status with what is loaded for the shown page only."""
        return replace(self, last_digest=last_digest, other_titles=other_titles)


@dataclass(frozen=True, slots=True)
class Overview:
    """One page of a member's canvases, and the counts of open votes and reviews on all pages."""

    statuses: Sequence[CanvasStatus]
    page: int  # from 0
    page_count: int
    canvas_count: int
    unvoted_count: int
    unreviewed_count: int

    def with_statuses(self, statuses: Sequence[CanvasStatus]) -> "Overview":
        """Return the page with these statuses instead of its own."""
        return replace(self, statuses=statuses)


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry with what its dialog shows to a member."""

    canvas_info: CanvasInfo
    metrics: CanvasMetrics
    ranked: RankedEntry
    user_id: str
    author_name: str
    source_link: str  # to the message that it was added from; "" without one
    card_link: str  # "" while the card is not posted
    channel_id: str = ""  # of the member's request; "" outside channels
    value_maps_page: int | None = None  # of the overview dialog that the member came from

    @property
    def level(self) -> int | None:
        """The member's own vote."""
        return self.ranked.entry.votes.get(self.user_id)

    @property
    def may_edit(self) -> bool:
        """Whether the canvas's settings let the member edit and delete the entry."""
        settings, author_id = self.canvas_info.settings, self.ranked.entry.author_id
        return settings.may_edit(self.user_id, author_id, self.canvas_info.starter_id)


def build_overview(statuses: Collection[CanvasStatus], page: int) -> Overview:
    """Return a page of canvases: those with open work first, then by activity. `page` is clamped."""
    ordered = sorted(statuses, key=lambda status: status.last_activity_at, reverse=True)
    ordered.sort(key=lambda status: not status.has_open_work)
    page_count = max(1, ceil(len(ordered) / CANVASES_PER_PAGE))
    page = min(max(page, 0), page_count - 1)
    return Overview(
        statuses=ordered[page * CANVASES_PER_PAGE : (page + 1) * CANVASES_PER_PAGE],
        page=page,
        page_count=page_count,
        canvas_count=len(ordered),
        unvoted_count=sum(len(status.unvoted_entries) for status in ordered),
        unreviewed_count=sum(len(status.unreviewed_offers) for status in ordered),
    )


def name_digest(sent_at: datetime, now: datetime) -> str:
    """Return for example "Monday's digest". Both times must be in the same time zone."""
    days = (now.date() - sent_at.date()).days
    if days == 0:
        return "today's digest"
    if days < 7:
        return f"{WEEKDAY_NAMES[sent_at.weekday()]}'s digest"
    return f"the digest of {format_short_day(sent_at)}"
