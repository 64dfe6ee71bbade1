"""Sealed rounds: the seals of entries, the votes in them, and who was told about a seal."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("round", sa.Column("is_sealed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("entry", sa.Column("sealed_round_id", sa.Integer(), nullable=True))
    op.add_column("entry", sa.Column("sealed_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("entry", sa.Column("sealed_time_zone", sa.String(), nullable=True))
    is_sealed = sa.text("sealed_round_id IS NOT NULL")
    op.create_index(
        "ix_entry_sealed_round_id",
        "entry",
        ["sealed_round_id"],
        sqlite_where=is_sealed,
        postgresql_where=is_sealed,
    )
    op.create_table(
        "sealed_vote",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("cast_at_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entry.id"], name=op.f("fk_sealed_vote_entry_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_sealed_vote_round_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["workspace.team_id"], name=op.f("fk_sealed_vote_team_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "user_id", "entry_id", name=op.f("pk_sealed_vote")),
    )
    for column in ("team_id", "entry_id"):
        op.create_index(op.f(f"ix_sealed_vote_{column}"), "sealed_vote", [column], unique=False)
    op.create_table(
        "seal_notice",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_seal_notice_round_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["workspace.team_id"], name=op.f("fk_seal_notice_team_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "user_id", name=op.f("pk_seal_notice")),
    )
    op.create_index(op.f("ix_seal_notice_team_id"), "seal_notice", ["team_id"], unique=False)
