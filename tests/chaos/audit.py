"""What is there in the end, held against what should be."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.fake_slack.client.harness import VisibleMessage
from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.db.database import Database
from bot.fake_slack.models import BOT_USER_ID, TEAM_ID, SlackMessage
from bot.fake_slack.server.http_server import FakeSlack
from bot.features.digest.store import DigestRow, DigestScheduleRow
from bot.jobs.incoming_message_store import IncomingMessageRow
from bot.jobs.store import JobRow
from bot.method.votes import LEVEL_BY_REACTION
from bot.store import votes as ranking
from bot.store.canvases import CanvasRow
from bot.store.entries import EntryRow
from tests.chaos.load import DueDigests, Team, key_of


@dataclass
class Figures:
    """What a run shows. All but the first block must be nothing."""

    seconds: float = 0
    kills: int = 0
    fell: int = 0
    connection_cuts: int = 0
    database_restarts: int = 0
    faults: int = 0
    faults_by_kind: Mapping[str, int] = field(default_factory=dict)
    digests: int = 0
    asked_for_now: int = 0
    cards: int = 0
    votes: int = 0
    events_lost_on_the_way: int = 0
    events_repeated: int = 0
    mentions: int = 0
    mentions_answered_with_try_again: int = 0
    slowest_stop: float = 0
    longest_wait: float = 0  # of a digest, in seconds of the hurry

    digests_lost: int = 0
    digests_doubled: int = 0
    messages_lost: int = 0
    messages_doubled: int = 0
    cards_votes_off: int = 0
    cards_telling_wrong: int = 0
    mentions_lost: int = 0
    words_doubled: int = 0
    parked: int = 0
    unfinished: int = 0

    @property
    def wrong(self) -> dict[str, int]:
        names = [name for name in self.__annotations__ if name not in RIGHT]
        return {name: getattr(self, name) for name in names if getattr(self, name)}


TROUBLE = "eference"  # what every answer has to something that went wrong
RIGHT = frozenset(list(Figures.__annotations__)[: list(Figures.__annotations__).index("digests_lost")])


async def unrest(database: Database, since: datetime) -> dict[str, int]:
    """Return what is still to be done that was there at this time, reading back of the votes included."""
    waits = func.coalesce(JobRow.first_due_at, JobRow.due_at) <= since
    counted = {
        "errands": select(func.count()).select_from(JobRow).where(waits, col(JobRow.dead_letter_reason).is_(None)),
        "said": select(func.count()).select_from(IncomingMessageRow),
        "digests": select(func.count()).select_from(DigestRow).where(col(DigestRow.sent_at).is_(None)),
        "due": select(func.count())
        .select_from(DigestScheduleRow)
        .where(col(DigestScheduleRow.next_due_at) <= since, col(DigestScheduleRow.is_on)),
        "unread": select(func.count())
        .select_from(EntryRow)
        .where(
            col(EntryRow.card_ts).is_not(None),
            or_(col(EntryRow.votes_read_at).is_(None), col(EntryRow.votes_read_at) <= since),
        ),
    }
    async with database.reading(None) as session:
        found = {name: (await session.exec(count)).one() for name, count in counted.items()}
    return {name: count for name, count in found.items() if count}


async def reckon(database: Database, slack: FakeSlack, team: Team, due: DueDigests) -> Figures:
    """Count what is there."""
    figures = Figures(votes=team.votes, mentions=len(team.taken))
    figures.events_lost_on_the_way, figures.events_repeated = team.lost, team.repeated
    posted: dict[str, list[SlackMessage]] = {}
    for message in slack.messages:
        if key := key_of(message):
            posted.setdefault(key, []).append(message)
    async with database.reading(TEAM_ID) as session:
        await _digests(session, figures, posted, due)
        await _cards(session, figures, posted)
        texts = Counter((await session.exec(select(EntryRow.text).where(EntryRow.kind == "job"))).all())
        parked = select(func.count()).select_from(JobRow).where(col(JobRow.dead_letter_reason).is_not(None))
        figures.parked = (await session.exec(parked)).one()
    figures.messages_doubled = sum(len(several) - 1 for several in posted.values())
    told = Counter((posted.channel_id, posted.ephemeral_user_id) for posted in slack.messages if TROUBLE in posted.text)
    for text in team.taken - texts.keys():
        where, person = team.asked[text]
        for way in ((where, person), (slack.direct_channel(person).id, None)):  # or where that failed
            if told[way]:
                told[way] -= 1
                figures.mentions_answered_with_try_again += 1
                break
        else:
            figures.mentions_lost += 1
    figures.words_doubled = sum(number - 1 for number in texts.values())
    return figures


async def _digests(
    session: AsyncSession, figures: Figures, posted: Mapping[str, list[SlackMessage]], due: DueDigests
) -> None:
    rows = (await session.exec(select(DigestRow))).all()
    scheduled = [row for row in rows if row.slot[:1].isdigit()]
    figures.digests, figures.asked_for_now = len(scheduled), len(rows) - len(scheduled)
    figures.digests_lost = due.number - len(scheduled)
    for row in rows:
        messages = posted.get(f"digest:{row.canvas_id}:{row.slot}", [])
        figures.digests_lost += not messages or row.sent_at is None
        figures.digests_doubled += max(0, len(messages) - 1)
        if row.sent_at is not None:
            figures.longest_wait = max(figures.longest_wait, (row.sent_at - row.due_at).total_seconds())


async def _cards(session: AsyncSession, figures: Figures, posted: Mapping[str, list[SlackMessage]]) -> None:
    for canvas in (await session.exec(select(CanvasRow))).all():
        figures.messages_lost += not _stands(posted, f"canvas:{canvas.id}", canvas.message_ts)
    for entry in (await session.exec(select(EntryRow))).all():
        assert entry.id is not None
        figures.cards += 1
        if not _stands(posted, f"card:{entry.id}", entry.card_ts):
            figures.messages_lost += 1
            continue
        (card, *_) = posted[f"card:{entry.id}"]
        stand = {
            (user, LEVEL_BY_REACTION[name])
            for name, users in card.reactions.items()
            for user in users
            if user != BOT_USER_ID and name in LEVEL_BY_REACTION
        }
        figures.cards_votes_off += await ranking.current_reactions(session, entry.id) != stand
        voters = len({user for user, _ in stand})
        told = f"{voters} vote" if voters else "not ranked yet"
        figures.cards_telling_wrong += told not in VisibleMessage(card).text


def _stands(posted: Mapping[str, list[SlackMessage]], key: str, ts: str | None) -> bool:
    return ts is not None and ts in {message.ts for message in posted.get(key, ())}
