"""A thousand workspaces in one database, all at once: none sees a row or a token of another."""

import asyncio
from datetime import UTC, datetime

from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import col, select, update

from bot.db.database import Database
from bot.features.cards.model import CARD_JOB
from bot.features.workspaces.oauth.encryption import TokenEncryption
from bot.features.workspaces.oauth.service import OAuthClient, TokenProvider
from bot.features.workspaces.oauth.store import InstallationRow, InstallationStore
from bot.jobs import store as jobs
from bot.jobs.model import Job
from bot.store.canvases import CanvasRow
from bot.store.entries import EntryRow
from bot.store.workspaces import MemberRow, WorkspaceRow
from tests.stories.installing import KEY

NOW = datetime(2026, 10, 12, 7, tzinfo=UTC)
TEAMS = [f"T{number:04d}" for number in range(1000)]
AT_ONCE = 8
ENCRYPTION = TokenEncryption([KEY])


def now() -> datetime:
    return NOW


def installation(team: str) -> InstallationRow:
    return InstallationRow(
        client_id="1.2",
        team_id=team,
        bot_token=ENCRYPTION.encrypt(f"xoxb-{team}", f"1.2//{team}/bot_token"),
        installed_at=NOW,
    )


def canvas(number: int, team: str) -> CanvasRow:
    return CanvasRow(
        id=number,
        team_id=team,
        channel_id="C1",
        name=team,
        segment="",
        starter_id="U1",
        time_zone="UTC",
        created_at=NOW,
        current_since=NOW,
    )


def entry(number: int, team: str) -> EntryRow:
    return EntryRow(
        team_id=team,
        canvas_id=number,
        channel_id="C1",
        kind="pain",
        text=f"pain of {team}",
        author_id="U1",
        created_at=NOW,
        version=1,
    )


async def fill(database: Database) -> None:
    """Store the same in each workspace, down to the ids of channels and members."""
    numbered = list(enumerate(TEAMS, 1))
    async with database.transaction(None) as session:
        session.add_all(WorkspaceRow(team_id=team, created_at=NOW) for team in TEAMS)
        session.add_all(installation(team) for team in TEAMS)
        await session.flush()
        session.add_all(
            MemberRow(team_id=team, user_id="U1", name=f"Ana of {team}", is_bot=False, time_zone="UTC")
            for team in TEAMS
        )
        session.add_all(canvas(number, team) for number, team in numbered)
        await session.flush()
        session.add_all(entry(number, team) for number, team in numbered)


async def test_a_thousand_workspaces_see_their_own_rows_alone(database: Database) -> None:
    await fill(database)
    installations = InstallationStore(database, "1.2", ENCRYPTION, now)
    tokens = TokenProvider(OAuthClient("1.2", "hush"), installations, AsyncWebClient(), now)
    turn = asyncio.Semaphore(AT_ONCE)

    async def work(number: int, team: str) -> None:
        stranger = number % len(TEAMS) + 1  # the next one's canvas
        async with turn:
            installed = await tokens.find_installation(team)
            assert installed is not None
            assert (installed.team_id, installed.token) == (team, f"xoxb-{team}")
            async with database.transaction(team) as session:
                of_next = col(CanvasRow.id) == stranger
                assert (
                    await session.exec(update(CanvasRow).where(of_next).values(name="stolen"))
                ).rowcount == 0
                await jobs.enqueue(session, CARD_JOB, [number], f"C{number}", NOW)
            async with database.reading(team) as session:
                canvases = (await session.exec(select(CanvasRow.id, CanvasRow.name))).all()
                entries = (await session.exec(select(EntryRow.text))).all()
                names = (await session.exec(select(MemberRow.name).where(MemberRow.user_id == "U1"))).all()
            assert canvases == [(number, team)]
            assert (entries, names) == ([f"pain of {team}"], [f"Ana of {team}"])

    await asyncio.gather(*(work(number, team) for number, team in enumerate(TEAMS, 1)))
    claimed: list[Job] = []
    async with database.transaction(None) as session:
        while more := await jobs.claim_due_jobs(session, [CARD_JOB], NOW, len(TEAMS)):
            claimed += more
    assert sorted((job.team_id, job.subject) for job in claimed) == [
        (t, str(n)) for n, t in enumerate(TEAMS, 1)
    ]
