"""Packs that two people agree to: what is packed for whom; and who ended an approval."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("disclosure", sa.Column("answered_day", sa.Integer()))
    op.add_column("disclosure", sa.Column("ended_by", sa.Text()))
    op.add_column("disclosure", sa.Column("bank", sa.Text()))
    op.add_column("disclosure", sa.Column("recipient", sa.Text()))
    op.add_column("disclosure", sa.Column("recipient_name", sa.Text()))
    op.add_column("disclosure", sa.Column("pack_days", sa.Integer()))
    op.add_column("disclosure", sa.Column("under_18", sa.Boolean()))


def downgrade() -> None:
    # The version before knows no such kind; its steps stay in the audit.
    op.execute("DELETE FROM disclosure WHERE kind = 'pack'")
    op.drop_column("disclosure", "under_18")
    op.drop_column("disclosure", "pack_days")
    op.drop_column("disclosure", "recipient_name")
    op.drop_column("disclosure", "recipient")
    op.drop_column("disclosure", "bank")
    op.drop_column("disclosure", "ended_by")
    op.drop_column("disclosure", "answered_day")
