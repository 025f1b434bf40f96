"""Floods: what too many different uploads match."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "question_count",
        sa.Column("platform_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("minute", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("uploads", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platform.id"], name=op.f("fk_question_count_platform_id_platform")
        ),
        sa.PrimaryKeyConstraint("platform_id", "minute", name=op.f("pk_question_count")),
    )
    op.create_index("ix_match_opened_at", "match", ["opened_at"])
    op.add_column("listed_signature", sa.Column("reviewed_day", sa.Integer()))


def downgrade() -> None:
    op.drop_column("listed_signature", "reviewed_day")
    op.drop_index("ix_match_opened_at", "match")
    op.drop_table("question_count")
