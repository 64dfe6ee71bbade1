"""The fit that a digest reported, so that the trend needs no whole canvas of each digest."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("digest", sa.Column("reported_fit", sa.String(), nullable=True))
