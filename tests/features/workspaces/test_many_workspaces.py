"""Two hundred workspaces use one database at the same time: none reads a row or a token of another."""

import asyncio
from datetime import UTC, datetime

from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import col, select, update

from bot.db.database import Database
from bot.features.cards.model import CARD_JOB
from bot.features.workspaces.oauth.encryption import TokenEncryption
from bot.features.workspaces.oauth.service import OAuthClient, TokenProvider
from bot.features.workspaces.oauth.store import InstallationRow, InstallationStore
from bot.jobs import claim_store, store as jobs
from bot.jobs.model import Job
from bot.store.canvases import CanvasRow
from bot.store.entries import EntryRow
from bot.store.workspaces import MemberRow, WorkspaceRow
from tests.stories.installing import KEY

NOW = datetime(2026, 10, 12, 7, tzinfo=UTC)
TEAM_IDS = [f"T{number:04d}" for number in range(200)]
MAX_CONCURRENT_WORKSPACES = 8
ENCRYPTION = TokenEncryption([KEY])


def read_clock() -> datetime:
    return NOW


def make_installation(team_id: str) -> InstallationRow:
    return InstallationRow(
        client_id="1.2",
        team_id=team_id,
        bot_token=ENCRYPTION.encrypt(f"xoxb-{team_id}", f"1.2//{team_id}/bot_token"),
        installed_at=NOW,
    )


def make_canvas(canvas_id: int, team_id: str) -> CanvasRow:
    return CanvasRow(
        id=canvas_id,
        team_id=team_id,
        channel_id="C1",
        name=team_id,
        segment="",
        starter_id="U1",
        time_zone="UTC",
        created_at=NOW,
        current_since=NOW,
    )


def make_entry(canvas_id: int, team_id: str) -> EntryRow:
    return EntryRow(
        team_id=team_id,
        canvas_id=canvas_id,
        channel_id="C1",
        kind="pain",
        text=f"pain of {team_id}",
        author_id="U1",
        created_at=NOW,
        version=1,
    )


async def add_rows(database: Database) -> None:
    """Add the same rows to each workspace, with the same ids of channels and members."""
    numbered_team_ids = list(enumerate(TEAM_IDS, 1))
    async with database.transaction(None) as session:
        session.add_all(WorkspaceRow(team_id=team_id, created_at=NOW) for team_id in TEAM_IDS)
        session.add_all(make_installation(team_id) for team_id in TEAM_IDS)
        await session.flush()
        session.add_all(
            MemberRow(
                team_id=team_id,
                user_id="U1",
                name=f"Ana of {team_id}",
                is_bot=False,
                time_zone="UTC",
                fetched_at=NOW,
            )
            for team_id in TEAM_IDS
        )
        session.add_all(make_canvas(canvas_id, team_id) for canvas_id, team_id in numbered_team_ids)
        await session.flush()
        session.add_all(make_entry(canvas_id, team_id) for canvas_id, team_id in numbered_team_ids)


async def test_each_of_many_workspaces_reads_its_own_rows_only(database: Database) -> None:
    await add_rows(database)
    installations = InstallationStore(database, "1.2", ENCRYPTION, read_clock)
    tokens = TokenProvider(OAuthClient("1.2", "hush"), installations, AsyncWebClient(), read_clock)
    semaphore = asyncio.Semaphore(MAX_CONCURRENT_WORKSPACES)

    async def check_workspace(canvas_id: int, team_id: str) -> None:
        next_canvas_id = canvas_id % len(TEAM_IDS) + 1
        async with semaphore:
            installed = await tokens.find_installation(team_id)
            assert installed is not None
            assert (installed.team_id, installed.token) == (team_id, f"xoxb-{team_id}")
            async with database.transaction(team_id) as session:
                is_next_canvas = col(CanvasRow.id) == next_canvas_id
                assert (
                    await session.exec(update(CanvasRow).where(is_next_canvas).values(name="stolen"))
                ).rowcount == 0
                await jobs.enqueue(session, CARD_JOB, [canvas_id], f"C{canvas_id}", NOW)
            async with database.reading(team_id) as session:
                canvases = (await session.exec(select(CanvasRow.id, CanvasRow.name))).all()
                entries = (await session.exec(select(EntryRow.text))).all()
                names = (await session.exec(select(MemberRow.name).where(MemberRow.user_id == "U1"))).all()
            assert canvases == [(canvas_id, team_id)]
            assert (entries, names) == ([f"pain of {team_id}"], [f"Ana of {team_id}"])

    await asyncio.gather(
        *(check_workspace(canvas_id, team_id) for canvas_id, team_id in enumerate(TEAM_IDS, 1))
    )
    claimed: list[Job] = []
    async with database.transaction(None) as session:
        while more := await claim_store.claim_due_jobs(session, [CARD_JOB], NOW, len(TEAM_IDS)):
            claimed += more
    assert sorted((job.team_id, job.subject) for job in claimed) == [
        (team_id, str(canvas_id)) for canvas_id, team_id in enumerate(TEAM_IDS, 1)
    ]
