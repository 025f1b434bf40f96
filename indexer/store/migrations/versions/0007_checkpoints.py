"""Checkpoints: signed heads of the audit streams; disclosures, which two people agree to."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "checkpoint",
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("size", _ID, nullable=False),
        sa.Column("peaks", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("stream", name=op.f("pk_checkpoint")),
    )
    op.create_table(
        "disclosure",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("number_mac", sa.LargeBinary(length=32)),
        sa.Column("first_row", sa.BigInteger()),
        sa.Column("last_row", sa.BigInteger()),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Text()),
        sa.Column("asked_day", sa.Integer(), nullable=False),
        sa.Column("written_day", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
    )


def downgrade() -> None:
    op.drop_table("disclosure")
    op.drop_table("checkpoint")
