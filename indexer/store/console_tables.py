"""The tables of the moderators' console, beside those of `tables`."""

from sqlalchemy import Column, ForeignKey, LargeBinary, String, Table

from indexer.store.column_types import MAC_BYTES, METADATA, Moment, RowId

console_session = Table(
    "console_session",
    METADATA,
    # Of what the browser holds: who reads this table cannot sign in with it.
    Column("mac", LargeBinary(MAC_BYTES), primary_key=True),
    Column("key_id", String(8), ForeignKey("api_key.id"), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("used_at", Moment, nullable=False, index=True),
)

held_decision = Table(
    "held_decision",
    METADATA,
    # Never given twice: whoever undoes an id that was sent finds nothing.
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("match_id", String(30), ForeignKey("match.id"), nullable=False, index=True),
    Column("key_id", String(8), ForeignKey("api_key.id"), nullable=False),
    Column("decision", String(16), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("restriction", String(16)),
    Column("decided_at", Moment, nullable=False),
    Column("send_at", Moment, nullable=False, index=True),
    sqlite_autoincrement=True,
)
