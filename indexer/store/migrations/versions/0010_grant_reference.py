"""The reference behind a grant; those given before have none."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("list_grant", sa.Column("reference", sa.Text()))


def downgrade() -> None:
    op.drop_column("list_grant", "reference")
