"""Begin."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# A copy of the tables as they were then: later changes to the code do not change this step.
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "bank",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("weakest_tier", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank")),
        sa.UniqueConstraint("name", name=op.f("uq_bank_name")),
    )
    op.execute(
        "INSERT INTO bank (name, kind, weakest_tier) VALUES "
        "('reported', 'reported', 'possible'), ('benign', 'benign', 'strong')"
    )
    op.create_table(
        "change",
        sa.Column("seq", _ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("signature_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("prev", sa.LargeBinary(length=32), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_change")),
    )
    op.create_table(
        "data_key",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("kek_id", sa.String(length=16), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_key")),
    )
    op.create_index(op.f("ix_data_key_kek_id"), "data_key", ["kek_id"], unique=False)
    op.create_table(
        "head",
        sa.Column("stream", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.LargeBinary(length=8), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("stream", name=op.f("pk_head")),
    )
    op.create_table(
        "pin_attempt",
        sa.Column("number_mac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number_mac", name=op.f("pk_pin_attempt")),
    )
    op.create_table(
        "platform",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform")),
        sa.UniqueConstraint("name", name=op.f("uq_platform_name")),
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(length=8), nullable=False),
        sa.Column("platform_id", sa.BigInteger(), nullable=False),
        sa.Column("secret_mac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("weakest_tier", sa.String(length=16), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platform.id"], name=op.f("fk_api_key_platform_id_platform")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
    )
    op.create_table(
        "match",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("platform_id", sa.BigInteger(), nullable=False),
        sa.Column("ref_mac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("tier", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platform.id"], name=op.f("fk_match_platform_id_platform")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match")),
        sa.UniqueConstraint("platform_id", "ref_mac", name=op.f("uq_match_platform_id")),
    )
    op.create_table(
        "survivor_case",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("number_mac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("pepper_id", sa.String(length=16), nullable=False),
        sa.Column("pin_digest", sa.String(length=160), nullable=False),
        sa.Column("request_mac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("opened_day", sa.Integer(), nullable=False),
        sa.Column("withdrawn_day", sa.Integer(), nullable=True),
        sa.Column("data_key_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["data_key_id"], ["data_key.id"], name=op.f("fk_survivor_case_data_key_id_data_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survivor_case")),
        sa.UniqueConstraint("number_mac", name=op.f("uq_survivor_case_number_mac")),
    )
    op.create_table(
        "listed_signature",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("data_key_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("strong_only", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary(length=96), nullable=True),
        sa.Column("listed_day", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "body IS NULL OR data_key_id IS NOT NULL", name=op.f("ck_listed_signature_body_has_key")
        ),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["bank.id"], name=op.f("fk_listed_signature_bank_id_bank")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["survivor_case.id"],
            name=op.f("fk_listed_signature_case_id_survivor_case"),
        ),
        sa.ForeignKeyConstraint(
            ["data_key_id"], ["data_key.id"], name=op.f("fk_listed_signature_data_key_id_data_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listed_signature")),
    )
    op.create_index(
        op.f("ix_listed_signature_bank_id"), "listed_signature", ["bank_id"], unique=False
    )
    op.create_index(
        op.f("ix_listed_signature_case_id"), "listed_signature", ["case_id"], unique=False
    )
    op.create_index(
        op.f("ix_listed_signature_data_key_id"), "listed_signature", ["data_key_id"], unique=False
    )
    op.create_table(
        "match_hit",
        sa.Column("match_id", sa.String(length=30), nullable=False),
        sa.Column("signature_id", sa.BigInteger(), nullable=False),
        sa.Column("tier", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["match_id"], ["match.id"], name=op.f("fk_match_hit_match_id_match")
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["listed_signature.id"],
            name=op.f("fk_match_hit_signature_id_listed_signature"),
        ),
        sa.PrimaryKeyConstraint("match_id", "signature_id", name=op.f("pk_match_hit")),
    )
    op.create_index(op.f("ix_match_hit_signature_id"), "match_hit", ["signature_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_match_hit_signature_id"), table_name="match_hit")
    op.drop_table("match_hit")
    op.drop_index(op.f("ix_listed_signature_data_key_id"), table_name="listed_signature")
    op.drop_index(op.f("ix_listed_signature_case_id"), table_name="listed_signature")
    op.drop_index(op.f("ix_listed_signature_bank_id"), table_name="listed_signature")
    op.drop_table("listed_signature")
    op.drop_table("survivor_case")
    op.drop_table("match")
    op.drop_table("api_key")
    op.drop_table("platform")
    op.drop_table("pin_attempt")
    op.drop_table("head")
    op.drop_index(op.f("ix_data_key_kek_id"), table_name="data_key")
    op.drop_table("data_key")
    op.drop_table("change")
    op.drop_table("bank")
