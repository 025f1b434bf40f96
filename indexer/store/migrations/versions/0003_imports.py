"""Imports: lists of other networks that are followed, and what stands for their entries."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# A copy of the tables as they were then: later changes to the code do not change this step.
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.BigInteger()


def upgrade() -> None:
    op.create_table(
        "import_source",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("dialect", sa.String(length=16), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("credentials_file", sa.Text(), nullable=False),
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("checkpoint", sa.Text(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("fetched_at", _MOMENT, nullable=True),
        sa.Column("completed_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["bank.id"], name=op.f("fk_import_source_bank_id_bank")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_source")),
        sa.UniqueConstraint("name", name=op.f("uq_import_source_name")),
        sa.UniqueConstraint("bank_id", name=op.f("uq_import_source_bank_id")),
    )
    op.create_table(
        "import_entry",
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("remote_mac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("hash_mac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("signature_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["import_source.id"],
            name=op.f("fk_import_entry_source_id_import_source"),
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["listed_signature.id"],
            name=op.f("fk_import_entry_signature_id_listed_signature"),
        ),
        sa.PrimaryKeyConstraint("source_id", "remote_mac", name=op.f("pk_import_entry")),
    )
    op.create_index(op.f("ix_import_entry_hash_mac"), "import_entry", ["hash_mac"])
    op.create_index(op.f("ix_import_entry_signature_id"), "import_entry", ["signature_id"])


def downgrade() -> None:
    op.drop_table("import_entry")
    op.drop_table("import_source")
