"""The first schema (temporary: made from the tables while names change)."""

import importlib

from alembic import op

from bot.db.tables import Row

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    importlib.import_module("bot.app")
    Row.metadata.create_all(op.get_bind())
