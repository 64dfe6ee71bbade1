"""The tables of canvases and entries."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, Index

from bot.db.database import OfWorkspace
from bot.store.model import CardsIn, Changers


class CanvasRow(OfWorkspace, table=True):
    __tablename__ = "canvas"
    __table_args__ = (Index("ix_canvas_team_id_channel_id", "team_id", "channel_id"),)

    id: int | None = Field(default=None, primary_key=True)
    channel_id: str
    name: str
    segment: str
    starter_id: str
    time_zone: str
    created_at: datetime
    current_since: datetime  # the newest of a channel is its current canvas
    archived_at: datetime | None = None
    deleted_at: datetime | None = None
    message_ts: str | None = None  # the canvas's own message; the cards are its thread
    cards_in: str = CardsIn.THREAD.value
    changers: str = Changers.ANYONE.value
    document: str | None = None  # the Slack canvas that the value map is kept in as a document


class EntryRow(OfWorkspace, table=True):
    __tablename__ = "entry"
    __table_args__ = (Index("ix_entry_team_id_card", "team_id", "channel_id", "card_ts"),)

    id: int | None = Field(default=None, primary_key=True)
    canvas_id: int = Field(foreign_key="canvas.id", ondelete="CASCADE", index=True)
    channel_id: str
    kind: str
    text: str
    category: str | None = None
    author: str
    created_at: datetime
    version: int = 1  # counts the edits
    edited_by: str | None = None
    deleted_at: datetime | None = None
    deleted_by: str | None = None
    merged_into: int | None = None  # the entry that got what this one had, when it was deleted for that
    imported_at: datetime | None = None  # when it came from a file, which says when it was created
    card_ts: str | None = None
    card_thread: str | None = None  # the thread that the card is in; None for one in the channel itself
    source: str | None = None  # the link of the message that it was made of
    votes_read_at: datetime | None = None  # when the card's reactions were last read back

    @property
    def deleted(self) -> bool:
        """Whether it was deleted, or merged into another."""
        return self.deleted_at is not None


class DeliveryRow(OfWorkspace, table=True):
    """A product that delivers a pain reliever or gain creator."""

    __tablename__ = "delivery"

    offer_id: int = Field(foreign_key="entry.id", ondelete="CASCADE", primary_key=True)
    product_id: int = Field(foreign_key="entry.id", ondelete="CASCADE", primary_key=True)


class EditionRow(OfWorkspace, table=True):
    """What an entry was, until it was edited, deleted, merged or brought back."""

    __tablename__ = "edition"

    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="entry.id", ondelete="CASCADE", index=True)
    until: datetime
    ended_by: str | None = None
    kind: str
    text: str
    category: str | None = None
    delivered_by: list[int] = Field(sa_type=JSON)
    deleted: bool
    merged_into: int | None = None
    anew: bool = False  # whether the votes started anew with what came after
