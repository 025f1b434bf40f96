"""Every table. A change here comes with a migration; a test compares the two."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from indexer.store.column_types import MAC_BYTES, METADATA, Moment, RowId

head = Table(
    "head",
    METADATA,
    Column("stream", String(64), primary_key=True),
    Column("epoch", LargeBinary(8), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
)


def _stream(name: str) -> Table:
    return Table(
        name,
        METADATA,
        # Never a serial: the number comes from `head`; seeing n means seeing everything before it.
        Column("seq", RowId, primary_key=True, autoincrement=False),
        Column("kind", SmallInteger, nullable=False),
        Column("signature_id", BigInteger, nullable=False),
        Column("day", Integer, nullable=False),
        Column("body", Text, nullable=False),
        Column("prev", LargeBinary(32), nullable=False),
        Column("digest", LargeBinary(32), nullable=False),
    )


change = _stream("change")
access = _stream("access")

sealing = Table(
    "sealing",
    METADATA,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),  # 1, the only row
    Column("kek_id", String(16), nullable=False),
)

data_key = Table(
    "data_key",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("kek_id", String(16), nullable=False, index=True),
    Column("wrapped", LargeBinary(60), nullable=False),
)

case = Table(
    "survivor_case",  # CASE is a word of SQL
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("number_mac", LargeBinary(MAC_BYTES), nullable=False, unique=True),
    Column("pepper_id", String(16), nullable=False),
    Column("pin_digest", String(160), nullable=False),
    Column("request_mac", LargeBinary(MAC_BYTES), nullable=False),
    Column("status", String(16), nullable=False),
    Column("opened_day", Integer, nullable=False),
    Column("withdrawn_day", Integer),
    # None once withdrawn: with its data key gone, no copy of the signatures can be opened.
    Column("data_key_id", BigInteger, ForeignKey("data_key.id")),
)

bank = Table(
    "bank",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("weakest_tier", String(16), nullable=False),
)

listed_signature = Table(
    "listed_signature",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("bank_id", BigInteger, ForeignKey("bank.id"), nullable=False, index=True),
    Column("case_id", BigInteger, ForeignKey("survivor_case.id"), index=True),
    Column("data_key_id", BigInteger, ForeignKey("data_key.id"), index=True),
    Column("state", String(16), nullable=False),
    Column("strong_only", Boolean, nullable=False),
    Column("body", LargeBinary(96)),  # sealed; None once delisted: the row is the tombstone
    Column("listed_day", Integer, nullable=False),
    Column("hold", String(16)),  # why it is suspended
    Column("reviewed_day", Integer),  # an operator brought it back: no flood suspends it again
    CheckConstraint("body IS NULL OR data_key_id IS NOT NULL", name="body_has_key"),
)

pin_attempt = Table(
    "pin_attempt",
    METADATA,
    # Numbers that no case has are counted too: a delay tells nobody which numbers exist.
    Column("number_mac", LargeBinary(MAC_BYTES), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("next_at", Moment, nullable=False),
)

platform = Table(
    "platform",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("name", String(64), nullable=False, unique=True),
)

platform_policy = Table(
    "platform_policy",
    METADATA,
    Column(
        "platform_id",
        BigInteger,
        ForeignKey("platform.id"),
        primary_key=True,
        autoincrement=False,
    ),
    # Seals what is the platform's own: references, webhook secrets.
    Column("data_key_id", BigInteger, ForeignKey("data_key.id"), nullable=False),
    Column("body", Text, nullable=False),  # canonical JSON
)

api_key = Table(
    "api_key",
    METADATA,
    Column("id", String(8), primary_key=True),
    Column("platform_id", BigInteger, ForeignKey("platform.id"), nullable=False),
    Column("secret_mac", LargeBinary(MAC_BYTES), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("weakest_tier", String(16), nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Column("label", String(64)),
    Column("not_before", Moment),
    # Who made it, and the operator's key at the top; None: an operator made it.
    Column("parent_id", String(8), ForeignKey("api_key.id")),
    Column("root_id", String(8), ForeignKey("api_key.id"), index=True),
    Column("daily_budget", BigInteger),
    Column("public_key", LargeBinary(32)),
    Column("last_used_day", Integer),
    Column("expiry_told_at", Moment),  # that it ends soon
)

nonce = Table(
    "nonce",
    METADATA,
    # Under which requests were signed: none is taken twice, by whichever worker.
    Column("key_id", String(8), ForeignKey("api_key.id"), primary_key=True),
    Column("nonce", String(64), primary_key=True),
    Column("used_at", Moment, nullable=False, index=True),
)

match = Table(
    "match",
    METADATA,
    Column("id", String(30), primary_key=True),
    Column("platform_id", BigInteger, ForeignKey("platform.id"), nullable=False),
    Column("ref_mac", LargeBinary(MAC_BYTES), nullable=False),
    Column("tier", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("ref", LargeBinary(128)),  # the platform's own words, sealed under the platform's key
    Column("surface", String(16)),
    Column("decision", String(16)),  # the latest one
    Column("reason", String(32)),
    Column("due_at", Moment),  # the soonest clock that runs
    UniqueConstraint("platform_id", "ref_mac"),
    Index("ix_match_platform_due", "platform_id", "due_at", "id"),
    Index("ix_match_opened_at", "opened_at"),
)

match_hit = Table(
    "match_hit",
    METADATA,
    Column("match_id", String(30), ForeignKey("match.id"), primary_key=True),
    Column(
        "signature_id",
        BigInteger,
        ForeignKey("listed_signature.id"),
        primary_key=True,
        index=True,
    ),
    Column("tier", String(16), nullable=False),  # the strongest of the two signatures' pairs
)

decision = Table(
    "decision",
    METADATA,
    # What a platform decided, every time: the latest counts, the history stays.
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("match_id", String(30), ForeignKey("match.id"), nullable=False, index=True),
    Column("decision", String(16), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("automated", Boolean, nullable=False),
    Column("restriction", String(16)),
    Column("located_in", String(16)),
    Column("copies_removed", Integer),
    Column("decided_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("key_id", String(8), ForeignKey("api_key.id"), nullable=False),
)

vote = Table(
    "vote",
    METADATA,
    # A platform counts once for each signature, with the latest of its decisions.
    Column(
        "signature_id",
        BigInteger,
        ForeignKey("listed_signature.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column(
        "platform_id",
        BigInteger,
        ForeignKey("platform.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("side", String(16), nullable=False),
    Column("match_id", String(30), ForeignKey("match.id"), nullable=False, index=True),
)

clock = Table(
    "clock",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("match_id", String(30), ForeignKey("match.id"), nullable=False, index=True),
    Column("regime", String(32), nullable=False),
    Column("version", Integer, nullable=False),  # of the regime
    Column("started_at", Moment, nullable=False),
    Column("due_at", Moment),  # None: recorded without a time to keep
    Column("warn_at", Moment, index=True),  # None once the platform was warned, or stopped
    Column("state", String(16), nullable=False, index=True),
    Column("changed_at", Moment, nullable=False),
    Column("why", String(32)),
    UniqueConstraint("match_id", "regime"),
)

notice = Table(
    "notice",
    METADATA,
    Column("id", String(30), primary_key=True),
    Column("match_id", String(30), ForeignKey("match.id"), nullable=False, index=True),
    Column("regime", String(32), nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("missing", Text, nullable=False),  # elements that make it invalid, separated by spaces
)

feed = Table(
    "feed",
    METADATA,
    Column(
        "platform_id",
        BigInteger,
        ForeignKey("platform.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("seq", BigInteger, nullable=False),
    Column("acknowledged", BigInteger, nullable=False),
)

feed_entry = Table(
    "feed_entry",
    METADATA,
    Column(
        "platform_id",
        BigInteger,
        ForeignKey("feed.platform_id"),
        primary_key=True,
        autoincrement=False,
    ),
    # Gap-free from 1: the platform can prove that it missed nothing.
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(32), nullable=False),
    Column("match_id", String(30), ForeignKey("match.id"), index=True),
    Column("about", Text, nullable=False),  # canonical JSON; no hash, no case
    Column("at", Moment, nullable=False),
    Column("acknowledged_at", Moment),
)

kept_answer = Table(
    "kept_answer",
    METADATA,
    # What an idempotency key was answered: the same request again gets the same words.
    Column(
        "platform_id",
        BigInteger,
        ForeignKey("platform.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("route", String(64), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("request_mac", LargeBinary(MAC_BYTES), nullable=False),
    Column("answer", LargeBinary, nullable=False),  # sealed: it may hold a secret shown once
    Column("kept_at", Moment, nullable=False, index=True),
)

webhook = Table(
    "webhook",
    METADATA,
    Column("id", String(30), primary_key=True),
    Column("platform_id", BigInteger, ForeignKey("platform.id"), nullable=False, index=True),
    # Sealed under the platform's key: an address may hold a password, a secret is one.
    Column("address", LargeBinary, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("older_secret", LargeBinary),
    Column("older_until", Moment),
    Column("made_at", Moment, nullable=False),
    Column("queued", BigInteger, nullable=False),  # hints are made for the feed up to here
    Column("failures", Integer, nullable=False),  # in a row
    Column("next_at", Moment, nullable=False, index=True),  # nothing is sent before
    Column("busy_until", Moment),  # somebody sends: one delivery at a time
    Column("last_outcome", String(16)),
    Column("last_at", Moment),
    Column("off_at", Moment),
)

webhook_delivery = Table(
    "webhook_delivery",
    METADATA,
    Column("id", String(30), primary_key=True),
    Column("webhook_id", String(30), ForeignKey("webhook.id"), nullable=False, index=True),
    Column("kind", String(32), nullable=False),
    Column("head_seq", BigInteger, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("dead_at", Moment),  # given up; kept to be listed
)

sweep = Table(
    "sweep",
    METADATA,
    Column("id", String(30), primary_key=True),
    Column("platform_id", BigInteger, ForeignKey("platform.id"), nullable=False),
    # Hours since 1970: a platform is asked once in each of them.
    Column("hour", Integer, nullable=False),
    Column("listed_since", Integer, nullable=False),  # a day: no finer time is kept of listing
    Column("to_seq", BigInteger, nullable=False),  # of the change log, when it was asked for
    Column("lookback_days", Integer, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    # What the platform says it did; None until then.
    Column("scanned_from", Moment),
    Column("scanned_to", Moment),
    Column("items_scanned", BigInteger),
    Column("hits", BigInteger),
    Column("complete", Boolean),
    Column("received_at", Moment),
    UniqueConstraint("platform_id", "hour"),
)

appeal = Table(
    "appeal",
    METADATA,
    Column("id", String(30), primary_key=True),
    Column("match_id", String(30), ForeignKey("match.id"), nullable=False, index=True),
    Column("outcome", String(16), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("key_id", String(8), ForeignKey("api_key.id"), nullable=False),
)
