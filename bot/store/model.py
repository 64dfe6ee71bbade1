"""What a canvas and its entries are before votes and marks."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.method.kinds import Kind
from bot.method.model import Entry


class CardsIn(StrEnum):
    """Where the cards of a canvas go."""

    THREAD = "thread"  # under the canvas's own message
    CHANNEL = "channel"


class Changers(StrEnum):
    """Who may edit and delete the entries of a canvas."""

    ANYONE = "anyone"
    AUTHORS = "authors"  # of the entry, and the canvas's starter
    STARTER = "starter"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a team decided about a canvas."""

    cards_in: CardsIn = CardsIn.THREAD
    changers: Changers = Changers.ANYONE

    def may_change(self, user: str, author: str, starter: str) -> bool:
        """Say whether a member may edit or delete an entry of this author."""
        allowed = {Changers.AUTHORS: {author, starter}, Changers.STARTER: {starter}}
        return self.changers is Changers.ANYONE or user in allowed[self.changers]


@dataclass(frozen=True, slots=True)
class CanvasInfo:
    """A canvas without its entries."""

    id: int
    channel_id: str
    name: str
    segment: str
    starter_id: str
    time_zone: str
    created_at: datetime
    message_ts: str | None
    rules: Rules = Rules()
    document_id: str | None = None  # the Slack canvas that it is kept in as a document

    @property
    def title(self) -> str:
        return f"{self.name} for {self.segment}" if self.segment else self.name


@dataclass(frozen=True, slots=True)
class Card:
    """An entry as its card needs it, whether it still counts or not."""

    entry: Entry  # without votes
    canvas_id: int
    channel_id: str
    version: int
    edited_by: str | None
    deleted_by: str | None
    ts: str | None
    source: str  # the link of the message that it was made of; "" if of none
    thread: str | None  # the thread that the card is in; None for one in the channel itself
    merged_into: int | None  # the entry that has its votes, marks and links, once it was merged
    stands_for: frozenset[int]  # itself and what was merged into it
    imported: bool  # whether a file says who wrote it and how it was voted on


@dataclass(frozen=True, slots=True)
class Edition:
    """What an entry said until somebody changed it."""

    entry: int
    kind: Kind
    text: str
    category: str | None
    ended_by: str
    anew: bool  # whether the votes started anew with what came after


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry as somebody wants it."""

    kind: Kind
    text: str
    category: str | None = None
    delivered_by: tuple[int, ...] = ()
    source: str = ""  # the link of the message that it is made of
    author: str | None = None  # and when: those of a file; None for whoever adds it, and now
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A draft that was not added yet, since it is close to an entry of its box."""

    draft: Draft
    like: str  # the text of that entry, or of a draft before it
    link: str  # to that entry's card, for mrkdwn; "" where there is none yet
