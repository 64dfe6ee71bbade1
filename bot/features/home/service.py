"""Reading what a member's Home shows, and one entry as they look at it."""

from zoneinfo import ZoneInfo

from bot.features.channels.membership import list_channels
from bot.features.channels.service import ENTRY_NOT_FOUND, load_card_links
from bot.features.digest import store as digests
from bot.features.digest.model import Digest
from bot.features.digest.snapshot import restore_snapshot
from bot.features.home.model import ALL, Look, Overview, Standing, Told, overview
from bot.features.rounds import store as rounds
from bot.features.workspaces.service import member
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Canvas
from bot.slack.blockkit.forms import read_private_metadata
from bot.slack.blockkit.text import unescape
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.request import Request
from bot.store import canvases, cards as card_store, loading
from bot.store.model import CanvasInfo
from bot.times.clock import zone_or_utc


async def overview_of(deps: Deps, team: str, user: str, page: int) -> Overview:
    """Return a page of the canvases of the channels that a member is in."""
    channels = await list_channels(deps, user)
    async with deps.db.reading(team) as session:
        heads = await canvases.find_current_canvases(session, channels)
        votes = await rounds.find_open_rounds(session, [head.id for head in heads])
        read = {head.id: await loading.load_canvas(session, head.id) for head in heads}
    found = [Standing(head, compute_metrics(read[head.id]), user, votes.get(head.id)) for head in heads]
    shown = overview(found, page)
    return shown.showing([await _with_more(deps, team, one) for one in shown.standings])


async def _with_more(deps: Deps, team: str, standing: Standing) -> Standing:
    """Add what only a page that is looked at needs: what the last digest told, and the other canvases."""
    head, canvas = standing.head, standing.now.canvas
    async with deps.db.reading(team) as session:
        sent = await digests.list_sent_digests(session, head.id, 1)
        there = await canvases.list_canvases(session, head.channel_id)
    others = [other.title for other, archived in there if not archived and other.id != head.id]
    return standing.adding(_told(sent[0], canvas, zone_or_utc(head.time_zone)) if sent else None, others)


def _told(digest: Digest, canvas: Canvas, zone: ZoneInfo) -> Told | None:
    if digest.snapshot is None or digest.sent_at is None:
        return None
    return Told(
        compute_metrics(restore_snapshot(digest.snapshot, canvas)).fit.overall,
        digest.sent_at.astimezone(zone),
    )


async def look_at(
    request: Request, deps: Deps, head: CanvasInfo, now: CanvasMetrics, entry: int, scope: str = ALL
) -> Look:
    """Return all that is told of an entry; raise Refusal where it is gone."""
    async with deps.db.reading(request.team_id) as session:
        card = await card_store.find_card(session, entry)
    if card is None or entry not in now.ranked:
        raise UserError(ENTRY_NOT_FOUND)
    cards = await load_card_links(deps, request.team_id, head)
    about = read_private_metadata(request.view)
    return Look(
        head,
        now,
        now.ranked[entry],
        request.user_id,
        (await member(deps, request.team_id, card.entry.author_id)).name,
        card.source_link,
        unescape(cards.get(entry, "")),
        scope,
        request.channel_id,
        about.get("maps"),
    )
