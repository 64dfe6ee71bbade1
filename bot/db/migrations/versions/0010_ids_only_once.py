"""On SQLite: no id that stands in Slack is given again after its row was deleted, as on PostgreSQL."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_SELECT_INDEXES = sa.text(
    "SELECT name, sql FROM sqlite_master "
    "WHERE type = 'index' AND tbl_name = :table AND sql IS NOT NULL ORDER BY rowid"
)
TABLES = ("canvas", "entry", "entry_revision", "evidence", "assumption_test", "digest", "round", "discussion")


def upgrade() -> None:
    if op.get_context().dialect.name != "sqlite":
        return
    # SQLite knows AUTOINCREMENT only in a new table. Each copied row counts, so ids go on after the highest.
    for table in TABLES:
        found = _SELECT_INDEXES.bindparams(table=table)
        indexes = op.get_bind().execute(found).all()
        with op.batch_alter_table(table, recreate="always", table_kwargs={"sqlite_autoincrement": True}):
            pass
        # Where several indexes would do, SQLite takes one by the order in which they were made.
        for name, statement in indexes:
            op.drop_index(name)
            op.execute(statement)
