"""Reading what a member's Home shows, and one entry as they look at it."""

from zoneinfo import ZoneInfo

from bot.features.channels.service import NO_ENTRY, links
from bot.features.digest import store as digests
from bot.features.digest.snapshot import recall
from bot.features.digest.store import Digest
from bot.features.home.model import ALL, Look, Overview, Standing, Told, overview
from bot.features.rounds import store as rounds
from bot.features.workspaces.service import channels_of, member
from bot.method.metrics import Figures, figures
from bot.method.model import Canvas
from bot.slack.blockkit.forms import about_of
from bot.slack.blockkit.text import unesc
from bot.slack.errors import Refusal
from bot.slack.request import Deps, Request
from bot.store import canvases, entries as entry_store, reviews as fit
from bot.store.model import CanvasInfo
from bot.times.clock import zone_named


async def overview_of(deps: Deps, team: str, user: str, page: int) -> Overview:
    """Return a page of the canvases of the channels that a member is in."""
    channels = await channels_of(deps, user)
    async with deps.db.reading(team) as session:
        heads = await canvases.current_in(session, channels)
        votes = await rounds.open_on(session, [head.id for head in heads])
        read = {head.id: await fit.read(session, head) for head in heads}
    found = [Standing(head, figures(read[head.id]), user, votes.get(head.id)) for head in heads]
    shown = overview(found, page)
    return shown.showing([await _with_more(deps, team, one) for one in shown.standings])


async def _with_more(deps: Deps, team: str, standing: Standing) -> Standing:
    """Add what only a page that is looked at needs: what the last digest told, and the other canvases."""
    head, canvas = standing.head, standing.now.canvas
    async with deps.db.reading(team) as session:
        sent = await digests.last_sent(session, head.id, 1)
        there = await canvases.all_of(session, head.channel_id)
    others = [other.title for other, archived in there if not archived and other.id != head.id]
    return standing.adding(_told(sent[0], canvas, zone_named(head.time_zone)) if sent else None, others)


def _told(digest: Digest, canvas: Canvas, zone: ZoneInfo) -> Told | None:
    if digest.told is None or digest.sent_at is None:
        return None
    return Told(figures(recall(digest.told, canvas)).fit.all, digest.sent_at.astimezone(zone))


async def look_at(
    request: Request, deps: Deps, head: CanvasInfo, now: Figures, entry: int, scope: str = ALL
) -> Look:
    """Return all that is told of an entry; raise Refusal where it is gone."""
    async with deps.db.reading(request.team_id) as session:
        card = await entry_store.find_card(session, entry)
    if card is None or entry not in now.ranked:
        raise Refusal(NO_ENTRY)
    cards = await links(deps, request.team_id, head)
    about = about_of(request.view)
    return Look(
        head,
        now,
        now.ranked[entry],
        request.user,
        (await member(deps, request.team_id, card.entry.author)).name,
        card.source,
        unesc(cards.get(entry, "")),
        scope,
        request.channel,
        about.get("maps"),
    )
