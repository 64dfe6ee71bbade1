"""Table and SQL of canvases.

A canvas is active until it is archived or deleted. The current canvas of a channel is the active one with the
newest `current_since`. A deleted canvas keeps its row, since its message is updated to say so.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from functools import cache

from sqlalchemy import bindparam
from sqlmodel import Field, Index, col, delete, select, text, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from bot.db.tables import IDS_ONLY_ONCE
from bot.db.tenancy import TenantRow, team_of
from bot.jobs.restriction_store import select_restriction
from bot.store.entries import EntryRow
from bot.store.evidence import EvidenceRow
from bot.store.model import CanvasInfo, CanvasSettings, CardLocation, Editors

# A process of the previous release stores canvases without these times.
LONG_AGO = datetime.fromtimestamp(0, UTC)
LONG_AGO_IN_SQL = {"server_default": "1970-01-01 00:00:00.000000"}
WITHOUT_SCHEDULE = text("schedule_added_at IS NULL")


class CanvasRow(TenantRow, table=True):
    """A canvas without its entries, archived and deleted ones included."""

    __tablename__ = "canvas"
    __table_args__ = (
        Index("ix_canvas_team_id_channel_id", "team_id", "channel_id"),
        Index(
            "ix_canvas_without_schedule",
            "id",
            sqlite_where=WITHOUT_SCHEDULE,
            postgresql_where=WITHOUT_SCHEDULE,
        ),
        IDS_ONLY_ONCE,
    )

    id: int | None = Field(default=None, primary_key=True)
    channel_id: str
    name: str
    segment: str
    starter_id: str
    time_zone: str
    created_at: datetime
    current_since: datetime  # when it last became the current canvas of its channel
    archived_at: datetime | None = None
    deleted_at: datetime | None = None
    message_ts: str | None = None  # the message of the canvas; by default the cards are replies to it
    card_location: str = CardLocation.THREAD.value
    editors: str = Editors.ANYONE.value
    tracker: str = Field(default="", sa_column_kwargs={"server_default": ""})  # where tickets are made
    document_id: str | None = None  # the Slack canvas that shows this value map as a document
    active_at: datetime = Field(
        default=LONG_AGO, sa_column_kwargs=LONG_AGO_IN_SQL
    )  # when somebody last used it, to within a day
    # From then on the votes on its cards are to be read back.
    votes_due_at: datetime = Field(default=LONG_AGO, index=True, sa_column_kwargs=LONG_AGO_IN_SQL)
    schedule_added_at: datetime | None = None  # None until it has its first schedule of digests


# The id decides between two canvases that became current at the same time.
_CURRENT_FIRST = (col(CanvasRow.current_since).desc(), col(CanvasRow.id).desc())


async def add_canvas(session: AsyncSession, canvas_info: CanvasInfo) -> CanvasInfo:
    """Store a new canvas and make it the channel's current one; return it with its id."""
    row = CanvasRow(
        team_id=team_of(session),
        channel_id=canvas_info.channel_id,
        name=canvas_info.name,
        segment=canvas_info.segment,
        starter_id=canvas_info.starter_id,
        time_zone=canvas_info.time_zone,
        created_at=canvas_info.created_at,
        current_since=canvas_info.created_at,
        active_at=canvas_info.created_at,
        votes_due_at=canvas_info.created_at,
    )
    session.add(row)
    await session.flush()
    return to_canvas_info(row)


async def find_canvas(session: AsyncSession, canvas_id: int) -> CanvasInfo | None:
    """Return an active canvas; None where it is archived, deleted or unknown."""
    found = (await session.exec(_select_canvas(), params={"canvas_id": canvas_id})).first()
    return to_canvas_info(*found) if found else None


async def find_undeleted_canvas(session: AsyncSession, canvas_id: int) -> CanvasInfo | None:
    """Return an active or archived canvas; None where it is deleted or unknown."""
    statement = _select_canvases().where(CanvasRow.id == canvas_id, col(CanvasRow.deleted_at).is_(None))
    found = (await session.exec(statement)).first()
    return to_canvas_info(*found) if found else None


async def find_deleted_canvas(session: AsyncSession, canvas_id: int) -> CanvasInfo | None:
    """Return a deleted canvas; None where it is not deleted or unknown."""
    statement = select(CanvasRow).where(CanvasRow.id == canvas_id, col(CanvasRow.deleted_at).is_not(None))
    row = (await session.exec(statement)).first()
    return to_canvas_info(row) if row else None


async def find_current_canvas(session: AsyncSession, channel_id: str) -> CanvasInfo | None:
    """Return the channel's current canvas; None where the channel has no active one."""
    found = (await session.exec(_select_current_canvas(), params={"channel_id": channel_id})).first()
    return to_canvas_info(*found) if found else None


async def find_current_canvases(session: AsyncSession, channel_ids: Collection[str]) -> list[CanvasInfo]:
    """Return the current canvas of each of these channels that has one."""
    rows = await session.exec(
        _select_active().where(col(CanvasRow.channel_id).in_(channel_ids)).order_by(*_CURRENT_FIRST)
    )
    by_channel: dict[str, CanvasInfo] = {}
    for row, restriction in rows:
        by_channel.setdefault(row.channel_id, to_canvas_info(row, restriction))
    return list(by_channel.values())


async def list_canvases(session: AsyncSession, channel_id: str) -> list[tuple[CanvasInfo, bool]]:
    """Return a channel's canvases and whether each is archived: the current one first, archived ones last."""
    rows = await session.exec(_select_canvases_of_channel(), params={"channel_id": channel_id})
    return [(to_canvas_info(row, restriction), row.archived_at is not None) for row, restriction in rows]


async def update_canvas(session: AsyncSession, canvas_id: int, **values: datetime | str | None) -> None:
    """Set columns of a canvas; the keywords are the columns of CanvasRow."""
    await session.exec(update(CanvasRow).where(col(CanvasRow.id) == canvas_id).values(**values))


async def set_message_ts(session: AsyncSession, canvas_id: int, message_ts: str) -> None:
    """Store the ts of the canvas's message."""
    await update_canvas(session, canvas_id, message_ts=message_ts)


async def find_canvases_by_message(session: AsyncSession, channel_id: str, message_ts: str) -> Sequence[int]:
    """Return the id of the undeleted canvas whose message this is, if it is one's."""
    canvas_ids = await session.exec(
        select(CanvasRow.id).where(
            CanvasRow.channel_id == channel_id,
            CanvasRow.message_ts == message_ts,
            col(CanvasRow.deleted_at).is_(None),
        )
    )
    return [canvas_id for canvas_id in canvas_ids if canvas_id is not None]


async def forget_message(session: AsyncSession, canvas_id: int, message_ts: str) -> None:
    """Forget the canvas's message, unless another one was posted in its place already."""
    is_it = (col(CanvasRow.id) == canvas_id, col(CanvasRow.message_ts) == message_ts)
    await session.exec(update(CanvasRow).where(*is_it).values(message_ts=None))


async def archive_canvases(session: AsyncSession, channel_id: str, now: datetime) -> None:
    """Archive all canvases of a channel that was deleted."""
    await session.exec(
        update(CanvasRow)
        .where(col(CanvasRow.channel_id) == channel_id, col(CanvasRow.archived_at).is_(None))
        .values(archived_at=now)
    )


async def delete_canvas(session: AsyncSession, canvas_id: int, now: datetime) -> None:
    """Delete a canvas's entries, with their votes, reviews and tests by cascade, and its evidence.

    Its own row stays, marked as deleted.
    """
    await session.exec(delete(EntryRow).where(col(EntryRow.canvas_id) == canvas_id))
    await session.exec(delete(EvidenceRow).where(col(EvidenceRow.canvas_id) == canvas_id))
    await update_canvas(session, canvas_id, deleted_at=now)


async def change_channel_id(session: AsyncSession, old_id: str, new_id: str) -> None:
    """Store a channel's new id. Slack changes it, for example, when workspaces start to share the channel."""
    for table in (CanvasRow, EntryRow):
        await session.exec(update(table).where(col(table.channel_id) == old_id).values(channel_id=new_id))


def _select_canvases() -> Select[CanvasRow, str | None]:
    """Select canvases, each with Slack's error if it refuses the bot's messages in the channel."""
    return select(CanvasRow, select_restriction(col(CanvasRow.team_id), col(CanvasRow.channel_id)))


def _select_active() -> Select[CanvasRow, str | None]:
    return _select_canvases().where(col(CanvasRow.archived_at).is_(None), col(CanvasRow.deleted_at).is_(None))


# The next three functions keep their statements, since building one takes longer than running it.


@cache
def _select_canvas() -> Select[CanvasRow, str | None]:
    return _select_active().where(CanvasRow.id == bindparam("canvas_id"))


@cache
def _select_current_canvas() -> Select[CanvasRow, str | None]:
    of_channel = CanvasRow.channel_id == bindparam("channel_id")
    return _select_active().where(of_channel).order_by(*_CURRENT_FIRST).limit(1)


@cache
def _select_canvases_of_channel() -> Select[CanvasRow, str | None]:
    of_channel = CanvasRow.channel_id == bindparam("channel_id")
    return (
        _select_canvases()
        .where(of_channel, col(CanvasRow.deleted_at).is_(None))
        .order_by(col(CanvasRow.archived_at).is_not(None), *_CURRENT_FIRST)
    )


def to_canvas_info(row: CanvasRow, restriction: str | None = None) -> CanvasInfo:
    """Convert a stored row; `restriction` is Slack's error if it refuses the messages in the channel."""
    assert row.id is not None
    return CanvasInfo(
        id=row.id,
        channel_id=row.channel_id,
        name=row.name,
        segment=row.segment,
        starter_id=row.starter_id,
        time_zone=row.time_zone,
        created_at=row.created_at,
        message_ts=row.message_ts,
        settings=CanvasSettings(CardLocation(row.card_location), Editors(row.editors), row.tracker),
        document_id=row.document_id,
        restriction=restriction or "",
        active_at=row.active_at,
    )
