"""Tables and SQL of sealed rounds: which entries are sealed, and the votes that nobody sees before the end.

A vote of a sealed round is stored apart from all others. At the end of its round it becomes a cast vote.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, String, Update, case, literal
from sqlmodel import Field, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.tables import insert_into
from bot.db.tenancy import TenantRow, team_of
from bot.method.kinds import Kind
from bot.method.merging import merge_target
from bot.method.model import Seal
from bot.store.entries import EntryRow, load_merges, to_seal
from bot.store.votes import CastVote, record_cast_votes

NO_SYNC: dict[str, Any] = {"synchronize_session": False}
UNSEALED: dict[str, None] = {"sealed_round_id": None, "sealed_until": None, "sealed_time_zone": None}


class SealedVoteRow(TenantRow, table=True):
    """A member's vote on an entry in a sealed round. It stays after the round, which counts who took part."""

    __tablename__ = "sealed_vote"

    round_id: int = Field(foreign_key="round.id", ondelete="CASCADE", primary_key=True)
    user_id: str = Field(primary_key=True)
    entry_id: int = Field(foreign_key="entry.id", ondelete="CASCADE", primary_key=True, index=True)
    level: int | None = None  # None for no opinion
    cast_at_us: int = Field(sa_type=BigInteger)  # by Slack's clock, since 1970


class SealNoticeRow(TenantRow, table=True):
    """A member who was told that numbers on sealed cards do not count until the end of the round."""

    __tablename__ = "seal_notice"

    round_id: int = Field(foreign_key="round.id", ondelete="CASCADE", primary_key=True)
    user_id: str = Field(primary_key=True)


@dataclass(frozen=True, slots=True)
class SealedVote:
    """A member's vote on an entry in a sealed round."""

    round_id: int
    entry_id: int
    user_id: str
    level: int | None  # 1..5; None for no opinion
    cast_at_us: int  # microseconds since 1970


async def seal_entries(
    session: AsyncSession,
    canvas_id: int,
    kinds: Iterable[Kind],
    round_id: int,
    until: datetime,
    time_zone: str,
) -> list[tuple[int, str]]:
    """Seal the entries that are in these boxes now, until the end of a round.

    Those that are in another sealed round stay in it. Return the ids and channel ids of those with a card.
    """
    in_boxes = (
        col(EntryRow.canvas_id) == canvas_id,
        col(EntryRow.kind).in_([kind.value for kind in kinds]),
        col(EntryRow.deleted_at).is_(None),
        col(EntryRow.sealed_round_id).is_(None),
    )
    return await _seal(session, in_boxes, round_id, until, time_zone)


async def seal_entry(
    session: AsyncSession, entry_id: int, round_id: int, until: datetime, time_zone: str
) -> None:
    """Seal one entry until the end of a round."""
    await _seal(session, (col(EntryRow.id) == entry_id,), round_id, until, time_zone)


async def _seal(
    session: AsyncSession,
    conditions: Collection[ColumnElement[bool]],
    round_id: int,
    until: datetime,
    time_zone: str,
) -> list[tuple[int, str]]:
    seal = {"sealed_round_id": round_id, "sealed_until": until, "sealed_time_zone": time_zone}
    return await _update_seals(session, update(EntryRow).where(*conditions).values(**seal))


async def unseal_entries(session: AsyncSession, round_id: int) -> list[tuple[int, str]]:
    """Take the seal of a round from its entries; return the ids and channel ids of those with a card.

    From then on no vote of the round is recorded. Votes that are being recorded are waited for.
    """
    of_round = col(EntryRow.sealed_round_id) == round_id
    return await _update_seals(session, update(EntryRow).where(of_round).values(**UNSEALED))


async def _update_seals(session: AsyncSession, statement: Update) -> list[tuple[int, str]]:
    card = (col(EntryRow.id), col(EntryRow.channel_id), col(EntryRow.card_ts))
    rows = await session.exec(statement.returning(*card).execution_options(**NO_SYNC))
    return sorted((entry_id, channel_id) for entry_id, channel_id, card_ts in rows if card_ts is not None)


async def find_seal(session: AsyncSession, round_id: int) -> tuple[int, Seal] | None:
    """Return the canvas id and the seal of a sealed round; None where it seals no entry any more."""
    row = (await session.exec(select(EntryRow).where(EntryRow.sealed_round_id == round_id).limit(1))).first()
    seal = to_seal(row) if row else None
    return (row.canvas_id, seal) if row and seal else None


async def record_sealed_vote(session: AsyncSession, vote: SealedVote, now: datetime) -> bool:
    """Record a vote in a sealed round; a later one replaces it. Return False where the round is over."""
    columns = {
        "team_id": literal(team_of(session), String()),
        "round_id": literal(vote.round_id, Integer()),
        "user_id": literal(vote.user_id, String()),
        "entry_id": col(EntryRow.id),
        "level": literal(vote.level, Integer()),
        "cast_at_us": literal(vote.cast_at_us, BigInteger()),
    }
    # The lock makes the end of the round wait for this vote, or this vote for the end.
    sealed = (
        select(*columns.values())  # type: ignore[call-overload]
        .where(
            col(EntryRow.id) == vote.entry_id,
            col(EntryRow.sealed_round_id) == vote.round_id,
            col(EntryRow.sealed_until) > now,
            col(EntryRow.deleted_at).is_(None),
        )
        .with_for_update(read=True)
    )
    statement = insert_into(session, SealedVoteRow).from_select(list(columns), sealed)
    new = statement.excluded
    is_later = new.cast_at_us >= SealedVoteRow.cast_at_us
    changes = {
        "level": case((is_later, new.level), else_=SealedVoteRow.level),
        "cast_at_us": case((is_later, new.cast_at_us), else_=SealedVoteRow.cast_at_us),
    }
    recorded = await session.exec(
        statement.on_conflict_do_update(
            index_elements=["round_id", "user_id", "entry_id"], set_=changes
        ).returning(SealedVoteRow.entry_id)
    )
    return recorded.first() is not None


async def load_own_votes(
    session: AsyncSession, user_id: str, round_ids: Collection[int]
) -> dict[int, int | None]:
    """Return a member's votes in sealed rounds by entry id; None is no opinion."""
    rows = await session.exec(
        select(SealedVoteRow.entry_id, SealedVoteRow.level).where(
            col(SealedVoteRow.round_id).in_(round_ids), SealedVoteRow.user_id == user_id
        )
    )
    return dict(rows.all())


async def load_turnout(session: AsyncSession, round_id: int) -> dict[str, frozenset[int]]:
    """Return the ids of the entries on which each member has voted in a sealed round, by user id."""
    rows = await session.exec(
        select(SealedVoteRow.user_id, SealedVoteRow.entry_id).where(SealedVoteRow.round_id == round_id)
    )
    entry_ids: defaultdict[str, set[int]] = defaultdict(set)
    for user_id, entry_id in rows:
        entry_ids[user_id].add(entry_id)
    return {user_id: frozenset(ids) for user_id, ids in entry_ids.items()}


async def load_round_votes(session: AsyncSession, round_id: int) -> dict[str, int]:
    """Return each member's latest vote in a sealed round on one entry, by user id; no opinion is no vote."""
    rows = (await session.exec(select(SealedVoteRow).where(SealedVoteRow.round_id == round_id))).all()
    latest = {row.user_id: row.level for row in sorted(rows, key=lambda each: each.cast_at_us)}
    return {user_id: level for user_id, level in latest.items() if level is not None}


async def reveal_votes(session: AsyncSession, round_id: int, revealed_at_us: int) -> None:
    """Make the votes of a round whose entries are not sealed any more ordinary cast votes of this time.

    Of a member's votes on entries that were merged meanwhile, only the latest becomes one.
    """
    rows = (await session.exec(select(SealedVoteRow).where(SealedVoteRow.round_id == round_id))).all()
    if not rows:
        return
    merges = await load_merges(session, rows[0].entry_id)
    latest: dict[tuple[str, int], SealedVoteRow] = {}
    for row in sorted(rows, key=lambda each: (each.cast_at_us, each.level or 0)):
        latest[row.user_id, merge_target(row.entry_id, merges)] = row
    votes = [CastVote(row.entry_id, row.user_id, row.level, revealed_at_us) for row in latest.values()]
    await record_cast_votes(session, [vote for vote in votes if vote.level is not None])


async def claim_seal_notices(
    session: AsyncSession, readers: Collection[tuple[int, str]]
) -> Sequence[tuple[int, str]]:
    """Return those of these pairs of round and user id that were never claimed; they are claimed now."""
    rows = [
        {"team_id": team_of(session), "round_id": round_id, "user_id": user_id}
        for round_id, user_id in sorted(readers)
    ]
    if not rows:
        return []
    statement = insert_into(session, SealNoticeRow).values(rows).on_conflict_do_nothing()
    claimed = await session.exec(statement.returning(SealNoticeRow.round_id, SealNoticeRow.user_id))
    return sorted((round_id, user_id) for round_id, user_id in claimed)


async def delete_sealed_votes(session: AsyncSession, entry_id: int) -> None:
    """Delete the votes on a sealed entry, because its text has another meaning now."""
    round_id = select(EntryRow.sealed_round_id).where(EntryRow.id == entry_id).scalar_subquery()
    await session.exec(
        delete(SealedVoteRow).where(
            col(SealedVoteRow.entry_id) == entry_id, col(SealedVoteRow.round_id) == round_id
        )
    )
