"""Where a canvas's cards go, and who may change its entries."""

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


def downgrade() -> None:
    with op.batch_alter_table("canvas") as batch_op:
        batch_op.drop_column("changers")
        batch_op.drop_column("cards_in")
