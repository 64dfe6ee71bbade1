"""Discussions: rounds on one entry, the reasons for the votes before, and what changed."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A process of the previous release stores rounds on boxes, which have the entry 0.
    op.add_column("round", sa.Column("entry_id", sa.Integer(), nullable=False, server_default="0"))
    op.drop_index("ix_round_open", table_name="round")
    is_open = sa.text("state = 'open'")
    op.create_index(
        "ix_round_open",
        "round",
        ["canvas_id", "entry_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "discussion",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("canvas_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("starter_id", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reasons_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("votes_before", sa.String(), nullable=False),
        sa.Column("levels_after", sa.String(), nullable=True),
        sa.Column("vote_count", sa.Integer(), nullable=True),
        sa.Column("level_change", sa.Integer(), nullable=True),
        sa.Column("moved_up", sa.Integer(), nullable=True),
        sa.Column("moved_down", sa.Integer(), nullable=True),
        sa.Column("stayed", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["canvas_id"], ["canvas.id"], name=op.f("fk_discussion_canvas_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entry.id"], name=op.f("fk_discussion_entry_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_discussion_round_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["workspace.team_id"], name=op.f("fk_discussion_team_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discussion")),
    )
    for column in ("team_id", "canvas_id", "entry_id", "round_id"):
        op.create_index(op.f(f"ix_discussion_{column}"), "discussion", [column], unique=False)
    is_running, is_asking = sa.text("state IN ('asking', 'voting')"), sa.text("state = 'asking'")
    op.create_index(
        "ix_discussion_running",
        "discussion",
        ["entry_id"],
        unique=True,
        sqlite_where=is_running,
        postgresql_where=is_running,
    )
    op.create_index(
        "ix_discussion_due",
        "discussion",
        ["reasons_until"],
        sqlite_where=is_asking,
        postgresql_where=is_asking,
    )
    op.create_table(
        "discussion_reason",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("discussion_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("shows_name", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["discussion_id"],
            ["discussion.id"],
            name=op.f("fk_discussion_reason_discussion_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["workspace.team_id"], name=op.f("fk_discussion_reason_team_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("discussion_id", "user_id", name=op.f("pk_discussion_reason")),
    )
    op.create_index(op.f("ix_discussion_reason_team_id"), "discussion_reason", ["team_id"], unique=False)
