"""On SQLite: no id that stands in Slack is given again after its row was deleted, as on PostgreSQL."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = ("canvas", "entry", "entry_revision", "evidence", "assumption_test", "digest", "round", "discussion")


def upgrade() -> None:
    if op.get_context().dialect.name != "sqlite":
        return
    # SQLite knows AUTOINCREMENT only in a new table. Each copied row counts, so ids go on after the highest.
    for table in TABLES:
        with op.batch_alter_table(table, recreate="always", table_kwargs={"sqlite_autoincrement": True}):
            pass
