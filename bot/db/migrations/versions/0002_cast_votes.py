"""Votes that are cast without a number, with their times; reactions that were read back."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

contracts = "0.1.0"  # no release uses the table imported_vote


def upgrade() -> None:
    op.add_column(
        "reaction", sa.Column("is_read_back", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "cast_vote",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("cast_at_us", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entry.id"], name=op.f("fk_cast_vote_entry_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["workspace.team_id"], name=op.f("fk_cast_vote_team_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entry_id", "user_id", "cast_at_us", name=op.f("pk_cast_vote")),
    )
    op.create_index(op.f("ix_cast_vote_team_id"), "cast_vote", ["team_id"], unique=False)
    op.execute(
        "INSERT INTO cast_vote (team_id, entry_id, user_id, cast_at_us, level) "
        "SELECT team_id, entry_id, user_id, since_us, level FROM imported_vote"
    )
    # A number that was set since then replaced an imported vote for good, also where it was taken back.
    op.execute(
        "INSERT INTO cast_vote (team_id, entry_id, user_id, cast_at_us, level) "
        "SELECT vote.team_id, vote.entry_id, vote.user_id, MIN(reaction.event_at_us), CAST(NULL AS INTEGER) "
        "FROM imported_vote AS vote JOIN reaction ON reaction.entry_id = vote.entry_id "
        "AND reaction.user_id = vote.user_id AND reaction.event_at_us > vote.since_us "
        "GROUP BY vote.team_id, vote.entry_id, vote.user_id"
    )
    op.drop_table("imported_vote")
