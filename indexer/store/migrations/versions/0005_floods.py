"""Floods: what too many different uploads match; and operators who bring it back."""

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
    op.create_table(
        "restore_wish",
        sa.Column("signature_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("wished_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["listed_signature.id"],
            name=op.f("fk_restore_wish_signature_id_listed_signature"),
        ),
        sa.PrimaryKeyConstraint("signature_id", name=op.f("pk_restore_wish")),
    )
    op.create_index("ix_match_opened_at", "match", ["opened_at"])
    op.add_column("listed_signature", sa.Column("reviewed_day", sa.Integer()))


def downgrade() -> None:
    op.drop_column("listed_signature", "reviewed_day")
    op.drop_index("ix_match_opened_at", "match")
    op.drop_table("restore_wish")
    op.drop_table("question_count")
