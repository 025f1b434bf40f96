"""The tables of list streams, beside those of `tables`."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from indexer.store.column_types import METADATA, Moment

list_stream = Table(
    "list_stream",
    METADATA,
    Column("bank_id", BigInteger, ForeignKey("bank.id"), primary_key=True, autoincrement=False),
    # Locked by whoever publishes until the commit is visible, as `head` is.
    Column("pos", BigInteger, nullable=False),
    Column("published_at", BigInteger, nullable=False),  # of the last entry, seconds since 1970
    Column("published_rows", Integer, nullable=False),  # in that second
    Column("removed_to", BigInteger, nullable=False),  # change whose removals were published last
    Column("added_to", BigInteger, nullable=False),  # change whose additions were
    Column("batched_at", BigInteger, nullable=False),  # when, seconds since 1970
)

list_entry = Table(
    "list_entry",
    METADATA,
    # One row a signature, at the position of its latest change: a reader gets each of them once.
    Column("bank_id", BigInteger, ForeignKey("list_stream.bank_id"), primary_key=True),
    Column("signature_id", BigInteger, primary_key=True),  # honey is listed nowhere else
    Column("pos", BigInteger, nullable=False),
    Column("added_pos", BigInteger, nullable=False),
    Column("published_at", BigInteger, nullable=False),  # seconds since 1970
    Column("state", String(16), nullable=False),
    Column("disputed", Boolean, nullable=False),
    Column("platform_id", BigInteger, ForeignKey("platform.id")),  # honey: the only one to see it
    Column("body", LargeBinary(96)),  # honey, sealed under its grant's key
    UniqueConstraint("bank_id", "pos"),
    Index("ix_list_entry_published", "bank_id", "published_at", "pos"),
)

list_grant = Table(
    "list_grant",
    METADATA,
    Column(
        "platform_id", BigInteger, ForeignKey("platform.id"), primary_key=True, autoincrement=False
    ),
    Column(
        "bank_id",
        BigInteger,
        ForeignKey("list_stream.bank_id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("data_key_id", BigInteger, ForeignKey("data_key.id"), nullable=False),
    Column("asked_by", String(64), nullable=False),
    Column("granted_by", String(64)),
    Column("changed_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Column("acknowledged", BigInteger, nullable=False),
    Column("asked_at", Moment),
    Column("reference", Text),  # null: granted before one was asked for
)

list_access = Table(
    "list_access",
    METADATA,
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("platform_id", BigInteger, ForeignKey("platform.id"), nullable=False),
    Column("bank_id", BigInteger, ForeignKey("bank.id"), nullable=False),
    Column("key_id", String(8), ForeignKey("api_key.id"), nullable=False),
    Column("dialect", String(16), nullable=False),
    Column("after", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("rows", Integer, nullable=False),
)

list_submission = Table(
    "list_submission",
    METADATA,
    # What a platform listed itself: the same hash again lists nothing more.
    Column(
        "platform_id", BigInteger, ForeignKey("platform.id"), primary_key=True, autoincrement=False
    ),
    Column("hash_mac", LargeBinary(32), primary_key=True),
)
