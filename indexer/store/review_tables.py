"""The table of what waits for a second operator; `tables.py` has the others."""

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table

from indexer.store.column_types import METADATA

restore_wish = Table(
    "restore_wish",
    METADATA,
    # One operator wants a signature back; what was held so takes two.
    Column(
        "signature_id",
        BigInteger,
        ForeignKey("listed_signature.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("wished_by", String(64), nullable=False),
)
