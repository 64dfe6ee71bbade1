"""Values that the stores take and return: canvas infos, cards, revisions and drafts. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from bot.method.kinds import Kind
from bot.method.model import Entry, canvas_title


class CardLocation(StrEnum):
    """Where new cards of a canvas are posted."""

    THREAD = "thread"  # under the canvas's own message
    CHANNEL = "channel"


class Editors(StrEnum):
    """Who may edit and delete the entries of a canvas."""

    ANYONE = "anyone"
    AUTHORS = "authors"  # the author of the entry, and the member who started the canvas
    STARTER = "starter"


@dataclass(frozen=True, slots=True)
class CanvasSettings:
    """The settings of a canvas, which `/valuemap settings` changes."""

    card_location: CardLocation = CardLocation.THREAD
    editors: Editors = Editors.ANYONE
    tracker: str = ""  # where tickets are made, as somebody typed it; "" for nowhere

    def list_editors(self, author_id: str, starter_id: str) -> tuple[str, ...]:
        """Return who may edit or delete an entry of this author; empty where anyone may."""
        match self.editors:
            case Editors.ANYONE:
                return ()
            case Editors.AUTHORS:
                return tuple(sorted({author_id, starter_id}))
            case Editors.STARTER:
                return (starter_id,)

    def may_edit(self, user_id: str, author_id: str, starter_id: str) -> bool:
        """Return whether a user may edit or delete an entry of this author."""
        return self.editors is Editors.ANYONE or user_id in self.list_editors(author_id, starter_id)


@dataclass(frozen=True, slots=True)
class CanvasInfo:
    """A canvas without its entries."""

    id: int  # 0 before it is stored
    channel_id: str
    name: str
    segment: str  # "" where the team named none
    starter_id: str
    time_zone: str  # the starter's, by its IANA name
    created_at: datetime
    message_ts: str | None  # None until the canvas's own message is posted
    settings: CanvasSettings = CanvasSettings()
    document_id: str | None = None  # the Slack canvas that shows this value map as a document
    restriction: str = ""  # Slack's error if it refuses the bot's messages in the channel; "" if it does not
    active_at: datetime | None = None  # when somebody last used it, to within a day

    @property
    def title(self) -> str:
        """The name with the segment."""
        return canvas_title(self.name, self.segment)


@dataclass(frozen=True, slots=True)
class Card:
    """An entry with its card; the entry may be deleted or merged."""

    entry: Entry  # without votes
    canvas_id: int
    channel_id: str
    version: int
    editor_id: str | None  # the user who edited it last
    deleted_by_id: str | None  # the user who deleted or merged it
    message_ts: str | None  # None until the card is posted
    source_link: str  # link to the message that the entry was created from; "" for none
    thread_ts: str | None  # None for a card in the channel itself
    merged_into_id: int | None  # the merge target, on which its votes, marks and links count
    merge_source_ids: frozenset[int]  # this entry and all that were merged into it
    is_imported: bool  # author, time and votes come from a file
    ticket_link: str = ""  # of the entry, or of one that was merged into it; "" for none


@dataclass(frozen=True, slots=True)
class EntryRevision:
    """The values of an entry before a change."""

    entry_id: int
    kind: Kind
    text: str
    category: str | None
    editor_id: str  # the user whose change ended this revision
    votes_reset: bool  # whether the votes on this revision stopped counting with that change


class EntryText(NamedTuple):
    """What is needed of an active entry to find its duplicates."""

    id: int
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry that is not stored yet."""

    kind: Kind
    text: str
    category: str | None = None
    delivered_by: tuple[int, ...] = ()
    source_link: str = ""  # link to the message that it is created from
    author_id: str | None = None  # from an imported file; None for the user who adds the entry
    created_at: datetime | None = None  # from an imported file; None for now
