"""All tables of the bot: the schema that the migrations must lead to."""

from sqlalchemy import MetaData

from bot.canvas.tables import CanvasRow, DeliveryRow, EditionRow, EntryRow
from bot.db import Row
from bot.digest.store import DigestRow, ScheduleRow
from bot.fit.store import ReviewRow
from bot.home.store import DismissalRow
from bot.inbox.store import SaidRow
from bot.installs.store import InstallationRow, OAuthStateRow
from bot.outbox.pauses import PauseRow
from bot.outbox.store import OutboxRow
from bot.ranking.store import ImportedVoteRow, ReactionRow
from bot.rounds.store import RoundRow
from bot.workspaces.store import MemberRow, ReceiptRow, WorkspaceRow

TABLES: tuple[type[Row], ...] = (
    WorkspaceRow,
    MemberRow,
    ReceiptRow,
    OutboxRow,
    SaidRow,
    PauseRow,
    CanvasRow,
    EntryRow,
    DeliveryRow,
    EditionRow,
    ReactionRow,
    ImportedVoteRow,
    RoundRow,
    ReviewRow,
    ScheduleRow,
    DigestRow,
    DismissalRow,
    InstallationRow,
    OAuthStateRow,
)

METADATA: MetaData = Row.metadata
