"""Reading all that is told of a round: its canvas, its votes, and who can vote."""

import logging

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.features.channels.service import links
from bot.features.rounds.model import MOST, Circle, Facts, Round
from bot.features.workspaces import service as people
from bot.method.metrics import figures
from bot.slack.blockkit.text import permalink
from bot.slack.request import Deps
from bot.store import canvases, reviews as fit, workspaces

log = logging.getLogger(__name__)


async def circle_if_told(deps: Deps, team: str, channel: str) -> Circle:
    """Return who can vote in a channel; nobody where Slack does not say now: it is asked again."""
    try:
        return await circle_of(deps, team, channel)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        log.info("conversations.members: %s", type(error).__name__)
        return Circle(frozenset())


async def circle_of(deps: Deps, team: str, channel: str) -> Circle:
    """Return who can vote in a channel."""
    there = await people.members_of(deps, channel, MOST)
    counted = frozenset(there[:MOST])
    async with deps.db.reading(team) as session:
        workspace = await workspaces.find(session, team)
        known = await workspaces.find_members(session, counted)
    bots = {one.user for one in known if one.is_bot} | {workspace.bot_user if workspace else ""}
    strangers = counted - {one.user for one in known} - bots
    return Circle(counted - bots, strangers, complete=len(there) <= MOST)


async def facts_of(deps: Deps, team: str, round_: Round) -> Facts | None:
    """Return all that is told of a round; None where its canvas is gone."""
    async with deps.db.reading(team) as session:
        head = await canvases.find(session, round_.canvas)
        if head is None:
            return None
        canvas = await fit.read(session, head)
        workspace = await workspaces.find(session, team)
    url = workspace.url if workspace else ""
    call, result = (
        permalink(url, head.channel_id, ts) if url and ts else ""
        for ts in (round_.message_ts, round_.result_ts)
    )
    return Facts(
        round_,
        head,
        figures(canvas),
        await circle_of(deps, team, head.channel_id),
        (await people.member(deps, team, round_.starter)).name,
        await links(deps, team, head),
        call,
        result,
    )
