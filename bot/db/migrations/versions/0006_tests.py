"""Tests of assumptions: their terms, results and decisions."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def create_terms() -> list[sa.Column[Any]]:
    text_columns = ("check", "measure", "bound", "value", "unit", "owner_id")
    return [
        *(sa.Column(name, sa.String(), nullable=False) for name in text_columns),
        sa.Column("until", sa.Date(), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "assumption_test",
        *create_terms(),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("canvas_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("belief", sa.String(), nullable=False),
        sa.Column("starter_id", sa.String(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("result_value", sa.String(), nullable=True),
        sa.Column("result_count", sa.Integer(), nullable=True),
        sa.Column("result_grade", sa.Integer(), nullable=True),
        sa.Column("result_quote", sa.String(), nullable=True),
        sa.Column("result_at", MOMENT, nullable=True),
        sa.Column("choice", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("decider_id", sa.String(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["canvas_id"], ["canvas.id"], name=op.f("fk_assumption_test_canvas_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entry.id"], name=op.f("fk_assumption_test_entry_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["workspace.team_id"], name=op.f("fk_assumption_test_team_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assumption_test")),
    )
    for column in ("team_id", "canvas_id", "entry_id"):
        op.create_index(op.f(f"ix_assumption_test_{column}"), "assumption_test", [column], unique=False)
    is_waiting = sa.text("asked_at IS NULL AND outcome IS NULL")
    op.create_index(
        "ix_assumption_test_due",
        "assumption_test",
        ["due_at"],
        sqlite_where=is_waiting,
        postgresql_where=is_waiting,
    )
    op.create_table(
        "assumption_test_change",
        *create_terms(),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("test_id", sa.Integer(), nullable=False),
        sa.Column("changer_id", sa.String(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["workspace.team_id"],
            name=op.f("fk_assumption_test_change_team_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["test_id"],
            ["assumption_test.id"],
            name=op.f("fk_assumption_test_change_test_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assumption_test_change")),
    )
    for column in ("team_id", "test_id"):
        op.create_index(
            op.f(f"ix_assumption_test_change_{column}"), "assumption_test_change", [column], unique=False
        )
