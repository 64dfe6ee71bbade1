"""Load the data of the menu, of App Home and of an entry's dialog."""

from zoneinfo import ZoneInfo

from bot.features.channels.membership import list_channels
from bot.features.channels.service import ENTRY_NOT_FOUND, load_card_links
from bot.features.digest import store as digest_store
from bot.features.digest.model import Digest
from bot.features.digest.snapshot import load_reported_fit
from bot.features.fit.service import load_metrics
from bot.features.home import store
from bot.features.home.model import (
    CanvasStatus,
    EntryView,
    LastDigest,
    Overview,
    build_overview,
)
from bot.features.rounds import store as round_store
from bot.features.workspaces import service as workspaces
from bot.method.hints import Hint, find_hints
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.slack.deps import Deps
from bot.slack.errors import UserError
from bot.slack.forms import read_private_metadata
from bot.slack.request import Request, RequestSource
from bot.store import (
    canvases as canvas_store,
    cards as card_store,
    loading,
    sealed_votes as sealed_vote_store,
)
from bot.store.model import CanvasInfo
from bot.times.clock import zone_or_utc


async def load_menu(deps: Deps, team_id: str, canvas_info: CanvasInfo) -> tuple[CanvasMetrics, Hint | None]:
    """Return a canvas's metrics and the first hint that the team has not dismissed."""
    metrics = await load_metrics(deps, team_id, canvas_info)
    async with deps.db.reading(team_id) as session:
        dismissed = await store.load_dismissed_rules(session, canvas_info.id)
    return metrics, next((hint for hint in find_hints(metrics) if hint.rule not in dismissed), None)


async def load_overview(deps: Deps, team_id: str, user_id: str, page: int) -> Overview:
    """Return a page of the current canvases of a member's channels. Raises what `list_channels` raises."""
    channel_ids = await list_channels(deps, team_id, user_id, RequestSource.HOME)
    async with deps.db.reading(team_id) as session:
        canvas_infos = await canvas_store.find_current_canvases(session, channel_ids)
        rounds = await round_store.find_open_rounds(session, [canvas_info.id for canvas_info in canvas_infos])
        canvases = {
            canvas_info.id: await loading.load_canvas(session, canvas_info.id) for canvas_info in canvas_infos
        }
        sealed_round_ids = {
            entry.seal.round_id for canvas in canvases.values() for entry in canvas.entries if entry.seal
        }
        sealed_votes = (
            await sealed_vote_store.load_own_votes(session, user_id, sealed_round_ids)
            if sealed_round_ids
            else {}
        )
    statuses = [
        CanvasStatus(
            canvas_info,
            compute_metrics(canvases[canvas_info.id]),
            user_id,
            rounds.get(canvas_info.id),
            sealed_votes=sealed_votes.keys(),
        )
        for canvas_info in canvas_infos
    ]
    overview = build_overview(statuses, page)
    # The details are loaded for the shown page only: a member may be in hundreds of channels.
    return overview.with_statuses(
        [await _load_details(deps, team_id, status) for status in overview.statuses]
    )


async def load_entry_view(
    request: Request,
    deps: Deps,
    canvas_info: CanvasInfo,
    metrics: CanvasMetrics,
    entry_id: int,
) -> EntryView:
    """Return an entry for its dialog. Raises UserError if the entry was deleted."""
    async with deps.db.reading(request.team_id) as session:
        card = await card_store.find_card(session, entry_id)
    if card is None or entry_id not in metrics.ranked:
        raise UserError(ENTRY_NOT_FOUND)
    card_links = await load_card_links(deps, request.team_id, canvas_info)
    author = await workspaces.get_member(deps, request.team_id, card.entry.author_id)
    return EntryView(
        canvas_info,
        metrics,
        metrics.ranked[entry_id],
        request.user_id,
        author_name=author.name,
        source_link=card.source_link,
        card_link=card_links.get(entry_id, ""),
        channel_id=request.channel_id,
        value_maps_page=read_private_metadata(request.view).find_number("maps"),
    )


async def _load_details(deps: Deps, team_id: str, status: CanvasStatus) -> CanvasStatus:
    """Return the status with the last digest and the titles of the channel's other canvases."""
    canvas_info = status.canvas_info
    async with deps.db.reading(team_id) as session:
        digests = await digest_store.list_sent_digests(session, canvas_info.id, 1)
        canvases = await canvas_store.list_canvases(session, canvas_info.channel_id)
    zone = zone_or_utc(canvas_info.time_zone)
    # The fit of a digest was computed with votes that may be sealed now.
    is_sealed = any(entry.seal for entry in status.metrics.canvas.entries)
    last_digest = _to_last_digest(digests[0], zone) if digests and not is_sealed else None
    other_titles = [
        other.title for other, archived in canvases if not archived and other.id != canvas_info.id
    ]
    return status.with_details(last_digest, other_titles)


def _to_last_digest(digest: Digest, zone: ZoneInfo) -> LastDigest | None:
    fit = load_reported_fit(digest.reported_fit)
    if fit is None or digest.sent_at is None:
        return None
    return LastDigest(fit.overall, digest.sent_at.astimezone(zone))
