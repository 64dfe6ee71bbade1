"""SQL of the tickets of entries. A ticket has no table: its link is the column `ticket_link` of its entry."""

from collections.abc import Collection

from sqlmodel import col, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.method.merging import merge_target
from bot.store.entries import EntryRow

TicketRow = tuple[int | None, str | None]  # of entry id and link


async def set_ticket_link(session: AsyncSession, entry_id: int, link: str) -> None:
    """Store the link of an entry's ticket; "" takes it off."""
    await session.exec(update(EntryRow).where(col(EntryRow.id) == entry_id).values(ticket_link=link))


async def find_ticket_link(session: AsyncSession, entry_id: int, source_ids: Collection[int]) -> str:
    """Return the link of an entry's ticket, or that of the first entry merged into it; "" for none."""
    rows = await session.exec(
        select(EntryRow.id, EntryRow.ticket_link)
        .where(col(EntryRow.id).in_(source_ids), col(EntryRow.ticket_link).is_not(None))
        .order_by(col(EntryRow.id))
    )
    return _choose_link(entry_id, rows.all())


async def load_ticket_links(session: AsyncSession, canvas_id: int) -> dict[int, str]:
    """Return the link of the ticket of each entry of a canvas that has one, by entry id, after merges."""
    rows = (
        await session.exec(
            select(EntryRow.id, EntryRow.merged_into_id, EntryRow.ticket_link)
            .where(
                EntryRow.canvas_id == canvas_id,
                or_(col(EntryRow.ticket_link).is_not(None), col(EntryRow.merged_into_id).is_not(None)),
            )
            .order_by(col(EntryRow.id))
        )
    ).all()
    merges = {entry_id: target_id for entry_id, target_id, _ in rows if entry_id and target_id}
    found: dict[int, list[TicketRow]] = {}
    for entry_id, _, link in rows:
        if entry_id is not None and link is not None:
            found.setdefault(merge_target(entry_id, merges), []).append((entry_id, link))
    links = {entry_id: _choose_link(entry_id, tickets) for entry_id, tickets in found.items()}
    return {entry_id: link for entry_id, link in links.items() if link}


def _choose_link(entry_id: int, rows: Collection[TicketRow]) -> str:
    """Return an entry's own link, even if it was taken off, or else the first other one."""
    links = dict(rows)
    return links[entry_id] or "" if entry_id in links else next((link for link in links.values() if link), "")
