"""Hints that a team has dismissed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dismissal",
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("canvas_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["canvas_id"], ["canvas.id"], name=op.f("fk_dismissal_canvas_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["workspace.team_id"], name=op.f("fk_dismissal_team_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("canvas_id", "rule", name=op.f("pk_dismissal")),
    )
    op.create_index(op.f("ix_dismissal_team_id"), "dismissal", ["team_id"])


def downgrade() -> None:
    op.drop_table("dismissal")
