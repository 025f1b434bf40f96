"""The tables of imports, beside those of `tables`."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from indexer.store.column_types import MAC_BYTES, METADATA, Moment, RowId

import_source = Table(
    "import_source",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("dialect", String(16), nullable=False),
    Column("url", Text, nullable=False),
    Column("credentials_file", Text, nullable=False),  # where it lies; never what it holds
    Column("bank_id", BigInteger, ForeignKey("bank.id"), nullable=False, unique=True),
    Column("checkpoint", Text),  # in the dialect's words; None: from the beginning
    Column("generation", Integer, nullable=False),  # how often it was begun anew
    Column("fetched_at", Moment),  # the last page
    Column("completed_at", Moment),  # the last run that reached the end
)

import_entry = Table(
    "import_entry",
    METADATA,
    # What the other network calls an entry, and what stands for it here. Several may be one hash.
    Column("source_id", BigInteger, ForeignKey("import_source.id"), primary_key=True),
    Column("remote_mac", LargeBinary(MAC_BYTES), primary_key=True),
    Column("generation", Integer, nullable=False),  # in which it was named last
    Column("hash_mac", LargeBinary(MAC_BYTES), nullable=False, index=True),
    Column(
        "signature_id", BigInteger, ForeignKey("listed_signature.id"), nullable=False, index=True
    ),
)
