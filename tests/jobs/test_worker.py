"""Jobs while Slack fails: each message is posted once in the end, and no job delays another."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, delete, select, update

from bot.doctor import run_checks
from bot.fake_slack.client.harness import Person, VisibleMessage
from bot.fake_slack.models import TEAM_ID, SlackChannel
from bot.features.cards.model import CARD_JOB
from bot.features.digest.model import DIGEST_JOB
from bot.features.digest.store import DigestRow, DigestScheduleRow
from bot.jobs import backlog_store, claim_store, store as jobs
from bot.jobs.model import Job
from bot.jobs.store import JobRow
from bot.jobs.worker import Worker
from bot.slack.deps import Deps
from tests.conftest import World, build_settings
from tests.stories.voting import run_second_bot

MONDAY = datetime(2026, 10, 19, 9, tzinfo=UTC)


async def start_canvas(world: World, name: str = "product") -> tuple[Person, SlackChannel]:
    ana = world.harness.add_person("Ana")
    channel = world.harness.add_channel(name, ana)
    await ana.type_text(channel, "/valuemap new Reports")
    await world.settle()
    return ana, channel


def find_pain_cards(ana: Person, channel: SlackChannel) -> list[VisibleMessage]:
    return [message for message in ana.visible_messages(channel) if "*Pain*" in message.text]


@pytest.mark.parametrize(
    "fault",
    [
        {"drops_connection": True},
        {"drops_connection": True, "takes_effect": True},
        {"status": 500, "error": "internal_error"},
        {"status": 500, "error": "internal_error", "takes_effect": True},
        {"status": 503, "takes_effect": True},
        {"error": "fatal_error", "takes_effect": True},
        {"error": "ratelimited", "retry_after": 30},
    ],
    ids=str,
)
async def test_a_card_is_posted_once_whatever_happens_to_the_call(
    world: World, fault: dict[str, object]
) -> None:
    ana, channel = await start_canvas(world)
    world.slack.inject_fault("chat.postMessage", **fault)
    await ana.type_text(channel, "/valuemap add pain: slow")
    await world.advance_time(minutes=2)
    assert len(find_pain_cards(ana, channel)) == 1


@pytest.mark.parametrize("fault", [{"status": 500}, {"retry_after": 60}, {"drops_connection": True}], ids=str)
async def test_nothing_is_posted_again_while_slack_fails_the_look_up(
    world: World, fault: dict[str, object]
) -> None:
    ana, channel = await start_canvas(world)
    world.slack.inject_fault("chat.postMessage", drops_connection=True, takes_effect=True)
    world.slack.inject_fault("conversations.replies", **fault, times=12)
    await ana.type_text(channel, "/valuemap add pain: slow")
    for _ in range(15):
        await world.advance_time(minutes=6)
    assert len(find_pain_cards(ana, channel)) == 1
    assert world.slack.count_calls("conversations.replies") == 13


async def test_a_card_comes_twice_rather_than_never_if_the_look_up_is_forbidden(world: World) -> None:
    ana, channel = await start_canvas(world)
    world.slack.inject_fault("chat.postMessage", drops_connection=True, takes_effect=True)
    world.slack.inject_fault("conversations.replies", error="missing_scope")
    await ana.type_text(channel, "/valuemap add pain: slow")
    await world.advance_time(minutes=2)
    assert len(find_pain_cards(ana, channel)) == 2


async def test_the_look_up_waits_until_slack_has_certainly_finished(world: World) -> None:
    """Slack may carry out an unanswered call some seconds later."""
    ana, channel = await start_canvas(world)
    world.slack.inject_fault("chat.postMessage", drops_connection=True, takes_effect=True)
    await ana.type_text(channel, "/valuemap add pain: slow")
    await world.advance_time(seconds=world.bot.deps.timing.uncertain_period.total_seconds() - 1)
    assert world.slack.count_calls("conversations.replies") == 0
    await world.advance_time(seconds=2)
    assert world.slack.count_calls("conversations.replies") == 1


@pytest.mark.parametrize("fault", [{"drops_connection": True}, {"status": 503}], ids=str)
async def test_an_update_waits_until_slack_has_certainly_finished_the_one_before(
    world: World, fault: dict[str, object]
) -> None:
    """Slack may carry out an unanswered call late, and its old text would replace the new one."""
    ana, channel = await start_canvas(world)
    await ana.type_text(channel, "/valuemap add pain: slow")
    (card,) = find_pain_cards(ana, channel)
    world.slack.inject_fault("chat.update", **fault)
    await ana.add_reaction(card, "five")
    await world.advance_time(seconds=2)
    calls_until_the_fault = world.slack.count_calls("chat.update")
    await ana.add_reaction(card, "four")
    await world.advance_time(seconds=world.bot.deps.timing.uncertain_period.total_seconds() - 2)
    assert world.slack.count_calls("chat.update") == calls_until_the_fault
    await world.advance_time(seconds=2)
    assert world.slack.count_calls("chat.update") == calls_until_the_fault + 1
    assert "1 vote" in card.text


async def test_what_a_job_enqueues_while_a_claim_finds_nothing_is_run_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = Worker._claim_and_start

    async def claim_until_jobs_end(worker: Worker) -> bool:
        has_found = await claim(worker)
        if not has_found and worker._channels:
            await asyncio.wait(worker._channels)
        return has_found

    ana, channel = await start_canvas(world)
    monkeypatch.setattr(Worker, "_claim_and_start", claim_until_jobs_end)
    await ana.type_text(channel, "/valuemap add pain: slow")
    (card,) = find_pain_cards(ana, channel)
    assert len(card.message.reactions) == 5, "the job that sets the numbers follows the card's"


async def test_an_outage_of_hours_makes_no_dead_letter_and_loses_nothing(world: World) -> None:
    ana, channel = await start_canvas(world)
    world.slack.inject_fault("chat.postMessage", status=500, error="internal_error", times=10_000)
    await ana.type_text(channel, "/valuemap add pain: slow")
    for _ in range(30):
        await world.advance_time(minutes=10)
    async with world.bot.db.reading(None) as session:
        assert await backlog_store.list_dead_letters(session) == []
    world.slack.faults.clear()
    await world.advance_time(minutes=5)
    assert len(find_pain_cards(ana, channel)) == 1


async def test_a_rate_limit_delays_the_jobs_that_call_the_same_method_and_no_others(world: World) -> None:
    ana, channel = await start_canvas(world)
    await ana.type_text(channel, "/valuemap add pain: slow")
    card = find_pain_cards(ana, channel)[0]
    world.slack.inject_fault("chat.postMessage", error="ratelimited", retry_after=30)
    await ana.type_text(channel, "/valuemap add pain: dear; pain: dull")
    other = world.harness.add_channel("other", ana)
    await ana.type_text(other, "/valuemap new Bills")
    call_count = world.slack.count_calls("chat.postMessage")
    await ana.add_reaction(card, "five")
    await world.advance_time(seconds=20)
    assert world.slack.count_calls("chat.postMessage") == call_count, "posts wait in every channel"
    await world.advance_time(seconds=11)
    assert len(find_pain_cards(ana, channel)) == 3
    assert "Bills" in ana.find_message(other, "Every entry is a card").text
    assert "1 vote" in card.text


async def test_a_job_that_always_fails_becomes_a_dead_letter_and_delays_no_other(world: World) -> None:
    ana, channel = await start_canvas(world)
    world.slack.inject_fault("chat.postMessage", error="metadata_too_large", times=8)
    await ana.type_text(channel, "/valuemap add pain: slow")
    for _ in range(10):
        await world.advance_time(minutes=6)
    async with world.bot.db.reading(None) as session:
        assert await backlog_store.list_dead_letters(session) == [(channel.id, "card", "metadata_too_large")]
    await ana.type_text(channel, "/valuemap add pain: dear")
    assert len(find_pain_cards(ana, channel)) == 1


async def test_waiting_for_another_job_does_not_count_as_a_failure(world: World) -> None:
    """A card waits for its canvas's message, however long that takes."""
    world.slack.inject_fault("chat.postMessage", status=500, times=20)
    ana, channel = await start_canvas(world)
    await ana.type_text(channel, "/valuemap add pain: slow")
    for _ in range(20):
        await world.advance_time(minutes=5)
    world.slack.inject_fault("chat.postMessage", error="invalid_blocks")
    for _ in range(3):
        await world.advance_time(minutes=5)
    assert len(find_pain_cards(ana, channel)) == 1


async def test_doctor_says_how_many_jobs_wait_and_for_how_long(world: World, database_url: str) -> None:
    ana, channel = await start_canvas(world)
    world.slack.inject_fault("chat.postMessage", status=500, times=100)
    await ana.type_text(channel, "/valuemap add pain: slow; pain: dear")
    await world.advance_time(minutes=20)
    settings = build_settings(world.slack, database_url)
    findings = [str(finding) async for finding in run_checks(settings, world.clock.now())]
    assert (
        "WRONG waiting: 2 jobs, the oldest for 20 minutes: is a worker running, does Slack answer?"
        in findings
    )


async def test_a_schedule_with_a_removed_time_zone_delays_no_other(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    ana, broken_channel = await start_canvas(world, "broken")
    fine_channel = world.harness.add_channel("fine", ana)
    await ana.type_text(fine_channel, "/valuemap new Bills")
    async with world.bot.db.transaction(None) as session:
        first_canvas_id = (
            await session.exec(select(DigestScheduleRow.canvas_id).order_by("canvas_id"))
        ).first()
        values = {"expression": "weekly mon 09:00 Mars/Crater"}
        await session.exec(
            update(DigestScheduleRow)
            .where(col(DigestScheduleRow.canvas_id) == first_canvas_id)
            .values(**values)
        )
    await world.advance_to(MONDAY)
    assert len(world.find_digests(ana, broken_channel)) == 1
    assert "digest schedule switched off" in caplog.text
    await world.advance_to(MONDAY + timedelta(days=7))
    assert len(world.find_digests(ana, broken_channel)) == 1
    assert len([message for message in ana.visible_messages(fine_channel) if "igest" in message.text]) == 2


async def test_a_waiting_digest_is_not_posted_after_its_schedule_has_changed(world: World) -> None:
    ana, channel = await start_canvas(world)
    world.slack.inject_fault("chat.postMessage", status=500)
    await world.advance_to(MONDAY)
    await ana.type_text(channel, "/valuemap digest daily 10:00 UTC")
    await world.advance_to(MONDAY + timedelta(minutes=30))
    assert world.find_digests(ana, channel) == []
    await world.advance_to(MONDAY + timedelta(hours=1))
    assert len(world.find_digests(ana, channel)) == 1


async def test_a_requested_digest_is_posted_although_the_schedule_has_changed(world: World) -> None:
    ana, channel = await start_canvas(world)
    world.slack.inject_fault("chat.postMessage", status=500)
    await ana.type_text(channel, "/valuemap digest now")
    await ana.type_text(channel, "/valuemap digest off")
    await world.advance_time(minutes=1)
    assert len(world.find_digests(ana, channel)) == 1


async def test_a_job_whose_subject_was_deleted_delays_no_other(world: World) -> None:
    ana, channel = await start_canvas(world)
    async with world.bot.db.transaction(TEAM_ID) as session:
        await jobs.enqueue(session, DIGEST_JOB, [4711], channel.id, world.clock.now())
        await jobs.enqueue(session, CARD_JOB, [4712], channel.id, world.clock.now())
    await ana.type_text(channel, "/valuemap add pain: slow")
    assert len(find_pain_cards(ana, channel)) == 1
    async with world.bot.db.reading(None) as session:
        assert [row.kind for row in await session.exec(select(JobRow))] == []


async def test_a_digest_that_was_sent_after_the_backup_is_not_sent_again(world: World) -> None:
    ana, channel = await start_canvas(world)
    await world.advance_to(MONDAY - timedelta(hours=1))
    await world.advance_to(MONDAY)
    assert len(world.find_digests(ana, channel)) == 1
    async with world.bot.db.transaction(TEAM_ID) as session:  # the state of a backup that is an hour old
        await session.exec(delete(DigestRow))
        await session.exec(
            update(DigestScheduleRow).values(next_local_time="2026-10-19T09:00", next_due_at=MONDAY)
        )
    await world.advance_time(minutes=20)
    assert len(world.find_digests(ana, channel)) == 1
    await world.advance_to(MONDAY + timedelta(days=7))
    assert "nothing happened" in ana.last_message(channel).text


async def test_a_digest_that_was_sent_just_before_a_restore_is_not_sent_again(world: World) -> None:
    ana, channel = await start_canvas(world)
    await world.advance_to(MONDAY - timedelta(hours=1))
    await world.advance_to(MONDAY)
    assert world.slack.count_calls("conversations.history") == 0, "it was due after the start"
    async with world.bot.db.transaction(TEAM_ID) as session:  # the state of a backup that is a minute old
        await session.exec(delete(DigestRow))
        await session.exec(
            update(DigestScheduleRow).values(next_local_time="2026-10-19T09:00", next_due_at=MONDAY)
        )
    world.clock.advance(timedelta(minutes=3))
    async with run_second_bot(world) as restarted:
        await restarted.scheduler.tick()
    assert len(world.find_digests(ana, channel)) == 1


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("waiting", [[], ["2"], ["2", "3"]])
async def test_a_job_that_a_stop_cuts_short_waits_for_slack_and_those_after_it_do_not(
    world: World, waiting: list[str]
) -> None:
    _, channel = await start_canvas(world)
    async with world.bot.db.transaction(TEAM_ID) as session:
        await jobs.enqueue(session, DIGEST_JOB, ["1", *waiting], channel.id, world.clock.now())
    started = asyncio.Event()

    async def hang(job: Job, deps: Deps) -> None:
        started.set()
        await asyncio.Event().wait()

    worker = Worker(world.bot.deps, {DIGEST_JOB: hang})
    run = asyncio.create_task(worker.run_due_jobs())
    await started.wait()
    await worker.stop(0)
    await run
    claimed: list[list[str]] = []
    for wait in (timedelta(0), world.bot.deps.timing.uncertain_period):
        now = world.clock.now() + wait
        async with world.bot.db.transaction(None) as session:
            due = await claim_store.claim_due_jobs(session, [DIGEST_JOB], now, 9)
            assert all([await jobs.complete_job(session, job, now) for job in due])
        claimed.append(sorted(job.subject for job in due))
    assert claimed == [waiting, ["1"]]
