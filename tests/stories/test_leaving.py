"""A workspace removes the app, installs it again, or deletes all its data."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.cli import main
from bot.db.database import open_database
from bot.db.tenancy import TenantRow
from bot.fake_slack.client.events import build_revoked_event, build_uninstalled_event
from bot.fake_slack.client.harness import Person
from bot.fake_slack.models import TEAM_ID, SlackChannel
from bot.features.workspaces.data_deletion import store as deletion_store
from bot.features.workspaces.data_deletion.service import delete_uninstalled_workspaces
from bot.store import workspaces
from bot.store.workspaces import Member, MemberRow, Workspace, WorkspaceRow
from tests.conftest import World


async def count_rows(world: World) -> dict[str, int]:
    """Return the number of rows of each table with rows of workspaces."""
    async with world.bot.db.reading(None) as session:
        return {
            str(table.__tablename__): (await session.exec(select(func.count()).select_from(table))).one()
            for table in TenantRow.__subclasses__()
        }


async def start_canvas_with_review(world: World) -> tuple[Person, SlackChannel]:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel("product", ana)
    await world.start_canvas(channel)
    await ana.add_reaction(ana.find_message(channel, "report\nby"), "five")
    await ana.type_text(channel, "/valuemap review")
    await ana.modal.submit()
    return ana, channel


async def test_an_uninstall_ends_all_posts_at_once_and_deletes_all_data_after_two_weeks(
    world: World,
) -> None:
    ana, channel = await start_canvas_with_review(world)
    await ana.type_text(channel, "/valuemap vote until in 3 days")
    await ana.add_reaction(ana.find_message(channel, "slow\nby"), "four")  # the card's job still waits
    await world.harness.send_event(build_uninstalled_event())
    call_count = len(world.slack.calls)
    await world.advance_time(days=13)
    assert len(world.slack.calls) == call_count
    assert (await count_rows(world))["entry"] == 6
    await world.advance_time(days=2)
    assert set((await count_rows(world)).values()) == {0}
    async with world.bot.db.reading(None) as session:
        assert (await session.exec(select(WorkspaceRow))).all() == []
    assert len(world.slack.calls) == call_count


async def test_a_workspace_that_reinstalls_within_two_weeks_has_all_its_data(world: World) -> None:
    ana, channel = await start_canvas_with_review(world)
    await world.harness.send_event(build_revoked_event(["U0BOT"]))
    await world.advance_time(days=10)
    assert world.find_digests(ana, channel) == []
    await ana.type_text(channel, "/valuemap rank job")
    assert "report" in ana.find_message(channel, "Ranking").text
    await world.settle()
    assert len(world.find_digests(ana, channel)) == 1, "one digest covers the whole time"
    await world.advance_time(days=40)
    assert (await count_rows(world))["entry"] == 6


async def test_a_workspace_that_reinstalls_just_before_the_deletion_has_all_its_data(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await start_canvas_with_review(world)
    await world.harness.send_event(build_uninstalled_event())
    world.clock.advance(timedelta(days=15))
    list_teams = deletion_store.list_teams_uninstalled_before

    async def reinstall_after(session: AsyncSession, at: datetime) -> list[str]:
        team_ids = await list_teams(session, at)
        monkeypatch.setattr(deletion_store, "list_teams_uninstalled_before", list_teams)
        async with world.bot.db.transaction(TEAM_ID) as other_session:
            assert await workspaces.mark_reinstalled(other_session, TEAM_ID)
        return team_ids

    monkeypatch.setattr(deletion_store, "list_teams_uninstalled_before", reinstall_after)
    await delete_uninstalled_workspaces(world.bot.deps, timedelta(days=14))
    assert (await count_rows(world))["entry"] == 6


async def test_a_revoked_token_of_a_member_changes_nothing(world: World) -> None:
    ana, channel = await start_canvas_with_review(world)
    await world.harness.send_event(build_revoked_event(user_ids=[ana.id]))
    await world.advance_time(days=8)
    assert len(world.find_digests(ana, channel)) == 1


async def test_an_admin_deletes_all_data_and_the_workspace_starts_again(world: World) -> None:
    ana, channel = await start_canvas_with_review(world)
    await ana.type_text(ana.direct_channel, "/valuemap settings")
    await ana.modal.click_button("Delete all data of this workspace…")
    assert "Only an admin or owner of this workspace" in ana.modal.text
    ana.user.is_admin = True
    await ana.type_text(ana.direct_channel, "/valuemap settings")
    await ana.modal.click_button("Delete all data of this workspace…")
    assert "1 canvas, 6 entries, 1 reaction and 1 review" in ana.modal.text
    await ana.modal.fill_field("Type the word delete", "yes")
    modal = await ana.modal.submit()
    assert "Type the word delete" in modal.errors
    assert (await count_rows(world))["entry"] == 6
    await ana.modal.fill_field("Type the word delete", "Delete")
    await ana.modal.submit()
    row_counts = await count_rows(world)
    assert {table for table, count in row_counts.items() if count} == {"idempotency_key"}
    await ana.type_text(channel, "/valuemap new Again")
    await ana.type_text(channel, "/valuemap add job: report")
    assert "report" in ana.find_message(channel, "report\nby").text


@pytest.mark.databases("sqlite", "postgresql")
async def test_somebody_who_is_no_longer_an_admin_cannot_submit_the_deletion(world: World) -> None:
    ana, _ = await start_canvas_with_review(world)
    ana.user.is_admin = True
    await ana.type_text(ana.direct_channel, "/valuemap settings")
    await ana.modal.click_button("Delete all data of this workspace…")
    ana.user.is_admin = False
    await ana.modal.fill_field("Type the word delete", "delete")
    modal = await ana.modal.submit()
    assert "Only an admin" in modal.errors["Type the word delete"]
    assert (await count_rows(world))["entry"] == 6


def test_the_forget_command_deletes_one_workspace(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def store_workspace() -> None:
        async with open_database(sqlite_url) as database, database.transaction(None) as session:
            await workspaces.save_workspace(session, Workspace("T1", None, "", "UBOT"), datetime.now(UTC))
        async with open_database(sqlite_url) as database, database.transaction("T1") as session:
            await workspaces.save_member(session, Member("U1", "Ana", False, "UTC", datetime.now(UTC)))

    async def count_members() -> int:
        async with open_database(sqlite_url) as database, database.reading(None) as session:
            return (await session.exec(select(func.count()).select_from(MemberRow))).one()

    asyncio.run(store_workspace())
    monkeypatch.setattr("os.environ", {"DATABASE_URL": sqlite_url})
    assert main(["forget", "T2"]) == 1
    assert asyncio.run(count_members()) == 1
    assert main(["forget", "T1"]) == 0
    assert asyncio.run(count_members()) == 0
    assert "All data of T1 is deleted." in capsys.readouterr().out


async def test_the_deletion_of_all_data_is_not_in_the_settings_of_a_channel(world: World) -> None:
    ana, channel = await start_canvas_with_review(world)
    ana.user.is_admin = True
    await ana.type_text(channel, "/valuemap settings")
    assert "Delete all data" not in ana.modal.text


async def test_nothing_is_deleted_while_slack_does_not_say_who_is_an_admin(world: World) -> None:
    ana, _ = await start_canvas_with_review(world)
    ana.user.is_admin = True
    await ana.type_text(ana.direct_channel, "/valuemap settings")
    settings = ana.modal
    world.slack.inject_fault("users.info", status=503, times=1)
    await settings.click_button("Delete all data of this workspace…")
    assert "Slack does not tell me whether you are an admin" in ana.modal.text
    assert (await count_rows(world))["entry"] == 6


async def test_an_admin_reaches_the_deletion_from_home_and_others_read_who_can(world: World) -> None:
    ana, _ = await start_canvas_with_review(world)
    await ana.open_home()
    await ana.click_in_home("⋯", "Delete all data of this workspace…")
    assert "Only an admin or owner of this workspace" in ana.modal.text
    ana.user.is_admin = True
    await ana.click_in_home("⋯", "Delete all data of this workspace…")
    assert "1 canvas, 6 entries, 1 reaction and 1 review" in ana.modal.text
