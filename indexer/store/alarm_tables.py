"""The tables of alarms and of honey, beside those of `tables`."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from indexer.store.column_types import METADATA, Moment, RowId

honey = Table(
    "honey",
    METADATA,
    # Listed like any other; this row alone tells whose it is.
    Column(
        "signature_id",
        BigInteger,
        ForeignKey("listed_signature.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("copy", String(8), nullable=False),  # what it is in
    Column("address", String(128), nullable=False),  # of the recipient: name or public key
    Column("name", String(64), nullable=False),  # what an alarm calls the recipient
    Index("ix_honey_address", "address"),
)

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

probe_moves = Table(
    "probe_moves",
    METADATA,
    # Which of 256 places were moved, never how they stood: nothing of a question or a listed hash.
    Column("root_id", String(8), ForeignKey("api_key.id"), primary_key=True),
    Column("algorithm", String(16), primary_key=True),
    Column(
        "signature_id",
        BigInteger,
        ForeignKey("listed_signature.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("worker", String(32), primary_key=True),  # a process, by a random id
    Column("places", LargeBinary(32), nullable=False),
    Column("begun_at", Moment, nullable=False),
)
