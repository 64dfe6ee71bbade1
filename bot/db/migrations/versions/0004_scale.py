"""When votes are read back by canvas, the scheduler's heartbeat, and indexes for what is looked up often."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LONG_AGO = "1970-01-01 00:00:00.000000"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    # Due long ago: a card that was read since then is not read again, only because of this migration.
    for name in ("active_at", "votes_due_at"):
        op.add_column("canvas", sa.Column(name, moment, nullable=False, server_default=LONG_AGO))
    op.add_column("canvas", sa.Column("schedule_added_at", moment, nullable=True))
    op.execute(
        "UPDATE canvas SET active_at = created_at, schedule_added_at = CASE WHEN EXISTS "
        "(SELECT 1 FROM digest_schedule WHERE digest_schedule.canvas_id = canvas.id) THEN created_at END"
    )
    op.execute(
        "UPDATE canvas SET active_at = (SELECT MAX(entry.created_at) FROM entry "
        "WHERE entry.canvas_id = canvas.id) WHERE active_at < "
        "(SELECT MAX(entry.created_at) FROM entry WHERE entry.canvas_id = canvas.id)"
    )
    op.create_index("ix_canvas_votes_due_at", "canvas", ["votes_due_at"])
    without_schedule = sa.text("schedule_added_at IS NULL")
    op.create_index(
        "ix_canvas_without_schedule",
        "canvas",
        ["id"],
        sqlite_where=without_schedule,
        postgresql_where=without_schedule,
    )
    is_uninstalled = sa.text("uninstalled_at IS NOT NULL")
    op.create_index(
        "ix_workspace_uninstalled",
        "workspace",
        ["team_id"],
        sqlite_where=is_uninstalled,
        postgresql_where=is_uninstalled,
    )
    is_alive = sa.text("dead_letter_reason IS NULL")
    op.create_index(
        "ix_job_kind_due_at",
        "job",
        ["kind", "due_at", "id"],
        sqlite_where=is_alive,
        postgresql_where=is_alive,
    )
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("beat_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
