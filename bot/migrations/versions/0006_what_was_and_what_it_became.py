"""Votes, reviews and entries keep what they were; entries merge and are imported.

A vote's newest state becomes one line of its history, and a review's marks move into the review. What the
release before wrote is kept, but its processes have to stop first: they know neither table.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
contracts = "0.1.0"  # the first release, which never knew what goes here


def upgrade() -> None:
    op.add_column("workspace", sa.Column("plain_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("canvas", sa.Column("document", sa.String(), nullable=True))
    op.add_column("entry", sa.Column("merged_into", sa.Integer(), nullable=True))
    op.add_column("entry", sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True))
    _votes_as_history()
    _marks_into_reviews()
    _table(
        "imported_vote",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "member", name=op.f("pk_imported_vote")),
    )
    _table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("delivered_by", sa.JSON(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("merged_into", sa.Integer(), nullable=True),
        sa.Column("anew", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
    )
    op.create_index(op.f("ix_edition_entry_id"), "edition", ["entry_id"])


def _votes_as_history() -> None:
    _table(
        "reaction",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("event_at", sa.BigInteger(), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "entry_id", "member", "level", "event_at", "stands", name=op.f("pk_reaction")
        ),
    )
    columns = "team_id, entry_id, member, level, event_at, stands"
    op.execute(f"INSERT INTO reaction ({columns}) SELECT {columns} FROM vote")  # noqa: S608 - no input in it
    op.drop_table("vote")


def _marks_into_reviews() -> None:
    with op.batch_alter_table("review") as batch_op:
        batch_op.add_column(sa.Column("marks", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.drop_constraint("pk_review", type_="primary")
        batch_op.create_primary_key("pk_review", ["offer_id", "member", "reviewed_at"])
    connection = op.get_bind()
    marks: dict[tuple[int, str], dict[str, int]] = {}
    for offer, member, need, halves in connection.execute(
        sa.text("SELECT offer_id, member, need_id, halves FROM mark")
    ):
        marks.setdefault((offer, member), {})[str(need)] = halves
    for (offer, member), of_review in marks.items():
        connection.execute(
            sa.text("UPDATE review SET marks = :marks WHERE offer_id = :offer AND member = :member"),
            {"marks": json.dumps(of_review), "offer": offer, "member": member},
        )
    op.drop_table("mark")


def _table(name: str, *columns: sa.schema.SchemaItem) -> None:
    """Create a table of what belongs to an entry."""
    op.create_table(
        name,
        sa.Column("team_id", sa.String(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entry.id"], name=op.f(f"fk_{name}_entry_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["workspace.team_id"], name=op.f(f"fk_{name}_team_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f(f"ix_{name}_team_id"), name, ["team_id"])


def downgrade() -> None:
    message = "what the votes and entries were would be lost: restore the backup of before instead"
    raise NotImplementedError(message)
