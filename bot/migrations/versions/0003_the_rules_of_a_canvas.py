"""Where a canvas's cards go and are, and who may change its entries."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Defaults of the database, so that processes of the release before can still start canvases.
    op.add_column("canvas", sa.Column("cards_in", sa.String(), nullable=False, server_default="thread"))
    op.add_column("canvas", sa.Column("changers", sa.String(), nullable=False, server_default="anyone"))
    op.add_column("entry", sa.Column("card_thread", sa.String(), nullable=True))
    op.execute(
        "UPDATE entry SET card_thread = (SELECT message_ts FROM canvas WHERE canvas.id = entry.canvas_id) "
        "WHERE card_ts IS NOT NULL"
    )


def downgrade() -> None:
    with op.batch_alter_table("entry") as batch_op:
        batch_op.drop_column("card_thread")
    with op.batch_alter_table("canvas") as batch_op:
        batch_op.drop_column("changers")
        batch_op.drop_column("cards_in")
