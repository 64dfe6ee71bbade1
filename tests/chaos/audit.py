"""Compare what Slack and the database have at the end with what they should have."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.database import Database
from bot.fake_slack.client.harness import VisibleMessage
from bot.fake_slack.models import BOT_USER_ID, TEAM_ID, SlackMessage
from bot.fake_slack.server.http_server import FakeSlack
from bot.features.digest.store import DigestRow, DigestScheduleRow
from bot.jobs.incoming_message_store import IncomingMessageRow
from bot.jobs.store import JobRow
from bot.method.votes import LEVEL_BY_REACTION
from bot.store import votes as ranking
from bot.store.canvases import CanvasRow
from bot.store.entries import EntryRow
from tests.chaos.load import DueDigests, Team, read_job_key


@dataclass
class AuditReport:
    """The result of a run. Every number of the second block must be 0."""

    seconds: float = 0
    kills: int = 0
    crashes: int = 0  # processes that ended by themselves
    connection_cuts: int = 0
    database_restarts: int = 0
    faults: int = 0
    faults_by_kind: Mapping[str, int] = field(default_factory=dict)
    digests: int = 0
    digests_on_request: int = 0
    cards: int = 0
    votes: int = 0
    events_lost_on_the_way: int = 0
    events_repeated: int = 0
    mentions: int = 0
    mentions_answered_with_try_again: int = 0
    slowest_stop_seconds: float = 0
    longest_digest_delay_seconds: float = 0

    digests_lost: int = 0
    digests_doubled: int = 0
    messages_lost: int = 0
    messages_doubled: int = 0
    cards_with_wrong_votes: int = 0
    cards_with_wrong_text: int = 0
    mentions_lost: int = 0
    entries_doubled: int = 0
    dead_letters: int = 0
    unfinished: int = 0

    @property
    def failures(self) -> dict[str, int]:
        names = [name for name in self.__annotations__ if name not in STATISTICS]
        return {name: getattr(self, name) for name in names if getattr(self, name)}


FAILURE_TEXT = "eference"  # every answer to something that failed has a reference
STATISTICS = frozenset(
    list(AuditReport.__annotations__)[: list(AuditReport.__annotations__).index("digests_lost")]
)


async def count_unfinished(database: Database, since: datetime) -> dict[str, int]:
    """Count what was enqueued until then and is still to be done, including votes to be read back."""
    waits = func.coalesce(JobRow.first_due_at, JobRow.due_at) <= since
    counted = {
        "jobs": select(func.count())
        .select_from(JobRow)
        .where(waits, col(JobRow.dead_letter_reason).is_(None)),
        "incoming_messages": select(func.count()).select_from(IncomingMessageRow),
        "digests": select(func.count()).select_from(DigestRow).where(col(DigestRow.sent_at).is_(None)),
        "schedules": select(func.count())
        .select_from(DigestScheduleRow)
        .where(col(DigestScheduleRow.next_due_at) <= since, col(DigestScheduleRow.is_on)),
        "unread_cards": select(func.count())
        .select_from(EntryRow)
        .where(
            col(EntryRow.card_ts).is_not(None),
            or_(col(EntryRow.votes_read_at).is_(None), col(EntryRow.votes_read_at) <= since),
        ),
    }
    async with database.reading(None) as session:
        found = {name: (await session.exec(count)).one() for name, count in counted.items()}
    return {name: count for name, count in found.items() if count}


async def audit_run(database: Database, slack: FakeSlack, team: Team, due: DueDigests) -> AuditReport:
    """Count what is there, and what is missing, doubled or wrong."""
    report = AuditReport(votes=team.vote_count, mentions=len(team.acknowledged_texts))
    report.events_lost_on_the_way, report.events_repeated = team.lost_count, team.repeated_count
    posted: dict[str, list[SlackMessage]] = {}
    for message in slack.messages:
        if key := read_job_key(message):
            posted.setdefault(key, []).append(message)
    async with database.reading(TEAM_ID) as session:
        await _digests(session, report, posted, due)
        await _cards(session, report, posted)
        texts = Counter((await session.exec(select(EntryRow.text).where(EntryRow.kind == "job"))).all())
        dead_letters = (
            select(func.count()).select_from(JobRow).where(col(JobRow.dead_letter_reason).is_not(None))
        )
        report.dead_letters = (await session.exec(dead_letters)).one()
    report.messages_doubled = sum(len(several) - 1 for several in posted.values())
    failure_answers = Counter(
        (posted.channel_id, posted.ephemeral_user_id)
        for posted in slack.messages
        if FAILURE_TEXT in posted.text
    )
    for text in team.acknowledged_texts - texts.keys():
        where, person = team.asked_by_text[text]
        for way in ((where, person), (slack.direct_channel(person).id, None)):  # or where that failed
            if failure_answers[way]:
                failure_answers[way] -= 1
                report.mentions_answered_with_try_again += 1
                break
        else:
            report.mentions_lost += 1
    report.entries_doubled = sum(number - 1 for number in texts.values())
    return report


async def _digests(
    session: AsyncSession, report: AuditReport, posted: Mapping[str, list[SlackMessage]], due: DueDigests
) -> None:
    rows = (await session.exec(select(DigestRow))).all()
    scheduled = [row for row in rows if row.slot[:1].isdigit()]
    report.digests, report.digests_on_request = len(scheduled), len(rows) - len(scheduled)
    report.digests_lost = due.digest_count - len(scheduled)
    for row in rows:
        messages = posted.get(f"digest:{row.canvas_id}:{row.slot}", [])
        report.digests_lost += not messages or row.sent_at is None
        report.digests_doubled += max(0, len(messages) - 1)
        if row.sent_at is not None:
            report.longest_digest_delay_seconds = max(
                report.longest_digest_delay_seconds, (row.sent_at - row.due_at).total_seconds()
            )


async def _cards(
    session: AsyncSession, report: AuditReport, posted: Mapping[str, list[SlackMessage]]
) -> None:
    for canvas in (await session.exec(select(CanvasRow))).all():
        report.messages_lost += not _has_message(posted, f"canvas:{canvas.id}", canvas.message_ts)
    for entry in (await session.exec(select(EntryRow))).all():
        assert entry.id is not None
        report.cards += 1
        if not _has_message(posted, f"card:{entry.id}", entry.card_ts):
            report.messages_lost += 1
            continue
        (card, *_) = posted[f"card:{entry.id}"]
        current_votes = {
            (user, LEVEL_BY_REACTION[name])
            for name, users in card.reactions.items()
            for user in users
            if user != BOT_USER_ID and name in LEVEL_BY_REACTION
        }
        stored_votes = await ranking.load_current_reactions(session, entry.id)
        report.cards_with_wrong_votes += stored_votes != current_votes
        voters = len({user for user, _ in current_votes})
        expected_text = f"{voters} vote" if voters else "waits for votes"
        report.cards_with_wrong_text += expected_text not in VisibleMessage(card).text


def _has_message(posted: Mapping[str, list[SlackMessage]], key: str, ts: str | None) -> bool:
    return ts is not None and ts in {message.ts for message in posted.get(key, ())}
