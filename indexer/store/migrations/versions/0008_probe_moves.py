"""What each process saw of nearly equal questions: which places of a hash they moved."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "probe_moves",
        sa.Column("root_id", sa.String(length=8), nullable=False),
        sa.Column("algorithm", sa.String(length=16), nullable=False),
        sa.Column("signature_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("worker", sa.String(length=32), nullable=False),
        sa.Column("places", sa.LargeBinary(length=32), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["root_id"], ["api_key.id"], name=op.f("fk_probe_moves_root_id_api_key")
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["listed_signature.id"],
            name=op.f("fk_probe_moves_signature_id_listed_signature"),
        ),
        sa.PrimaryKeyConstraint(
            "root_id", "algorithm", "signature_id", "worker", name=op.f("pk_probe_moves")
        ),
    )


def downgrade() -> None:
    op.drop_table("probe_moves")
