"""All tables of the bot: the schema that the migrations must lead to."""

from sqlalchemy import MetaData

from bot.db.database import Row
from bot.features.digest.store import DigestRow, ScheduleRow
from bot.features.home.store import DismissalRow
from bot.features.rounds.store import RoundRow
from bot.features.workspaces.oauth.store import InstallationRow, OAuthStateRow
from bot.jobs.incoming_message_store import SaidRow
from bot.jobs.store import JobRow
from bot.jobs.throttles import PauseRow
from bot.store.reviews import ReviewRow
from bot.store.tables import CanvasRow, DeliveryRow, EditionRow, EntryRow
from bot.store.votes import ImportedVoteRow, ReactionRow
from bot.store.workspaces import MemberRow, ReceiptRow, WorkspaceRow

TABLES: tuple[type[Row], ...] = (
    WorkspaceRow,
    MemberRow,
    ReceiptRow,
    JobRow,
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
