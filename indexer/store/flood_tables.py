"""The table of how much platforms ask; `tables.py` has the others."""

from sqlalchemy import BigInteger, Column, ForeignKey, Table

from indexer.store.column_types import METADATA

question_count = Table(
    "question_count",
    METADATA,
    # Uploads that a platform asked about in a minute since 1970; kept for a day.
    Column(
        "platform_id",
        BigInteger,
        ForeignKey("platform.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("minute", BigInteger, primary_key=True, autoincrement=False),
    Column("uploads", BigInteger, nullable=False),
)
