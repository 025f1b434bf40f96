"""The table of alarms, beside those of `tables`."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table, UniqueConstraint

from indexer.store.column_types import METADATA, Moment, RowId

alarm = Table(
    "alarm",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("day", Integer, nullable=False),  # one alarm of a kind a day, key and signature
    Column("key_id", String(8), ForeignKey("api_key.id"), nullable=False),
    Column("signature_id", BigInteger, ForeignKey("listed_signature.id")),
    UniqueConstraint("kind", "day", "key_id", "signature_id"),
)
