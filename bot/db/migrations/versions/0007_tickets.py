"""Where the tickets of a canvas are made, and the links of its entries' tickets."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A process of the previous release stores canvases without a tracker.
    op.add_column("canvas", sa.Column("tracker", sa.String(), nullable=False, server_default=""))
    op.add_column("entry", sa.Column("ticket_link", sa.String(), nullable=True))
