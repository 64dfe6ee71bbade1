"""Whose an errand is, how often it failed and since when it waits; and until when a workspace's Slack rests.

Processes of the release before run on beside the new ones: they know neither column nor table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("lease_token", sa.String(), nullable=True))
    op.add_column("outbox", sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("outbox", sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_outbox_place_due_at", "outbox", ["place", "due_at"])
    op.create_index("ix_outbox_lease_until", "outbox", ["lease_until"])
    op.create_table(
        "pause",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"], ["workspace.team_id"], name=op.f("fk_pause_team_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", "what", name=op.f("pk_pause")),
    )


def downgrade() -> None:
    op.drop_table("pause")
    for index in ("ix_outbox_lease_until", "ix_outbox_place_due_at"):
        op.drop_index(index, "outbox")
    for column in ("waits_since", "failures", "lease_token"):
        op.drop_column("outbox", column)
