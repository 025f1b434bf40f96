"""Platforms: what they decide, by when, and what they are told."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# A copy of the tables as they were then: later changes to the code do not change this step.
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.BigInteger()


def upgrade() -> None:
    _policies()
    _decisions()
    _clocks()
    _feeds()
    _answers()
    _console()
    _lists()
    _webhooks()
    _sweeps()
    _appeals()
    _sealing()
    op.add_column("listed_signature", sa.Column("hold", sa.String(length=16)))
    for column in (
        sa.Column("ref", sa.LargeBinary(length=128)),
        sa.Column("surface", sa.String(length=16)),
        sa.Column("decision", sa.String(length=16)),
        sa.Column("reason", sa.String(length=32)),
        sa.Column("due_at", _MOMENT),
    ):
        op.add_column("match", column)
    op.create_index("ix_match_platform_due", "match", ["platform_id", "due_at", "id"])
    _keys()


def _keys() -> None:
    for column in (
        sa.Column("label", sa.String(length=64)),
        sa.Column("not_before", _MOMENT),
        sa.Column("parent_id", sa.String(length=8), sa.ForeignKey("api_key.id")),
        sa.Column("root_id", sa.String(length=8), sa.ForeignKey("api_key.id")),
        sa.Column("daily_budget", sa.BigInteger()),
        sa.Column("public_key", sa.LargeBinary(length=32)),
        sa.Column("last_used_day", sa.Integer()),
        sa.Column("expiry_told_at", _MOMENT),
    ):
        # Inline: SQLite adds no constraint to a table that is there.
        op.add_column("api_key", column, inline_references=True)
    op.create_index("ix_api_key_root_id", "api_key", ["root_id"])
    op.create_table(
        "nonce",
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("used_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"], name=op.f("fk_nonce_key_id_api_key")),
        sa.PrimaryKeyConstraint("key_id", "nonce", name=op.f("pk_nonce")),
    )
    op.create_index(op.f("ix_nonce_used_at"), "nonce", ["used_at"])


def _console() -> None:
    op.create_table(
        "console_session",
        sa.Column("mac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["key_id"], ["api_key.id"], name=op.f("fk_console_session_key_id_api_key")
        ),
        sa.PrimaryKeyConstraint("mac", name=op.f("pk_console_session")),
    )
    op.create_index(op.f("ix_console_session_used_at"), "console_session", ["used_at"])
    op.create_table(
        "held_decision",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("match_id", sa.String(length=30), nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("restriction", sa.String(length=16), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=False),
        sa.Column("send_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["match_id"], ["match.id"], name=op.f("fk_held_decision_match_id_match")
        ),
        sa.ForeignKeyConstraint(
            ["key_id"], ["api_key.id"], name=op.f("fk_held_decision_key_id_api_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_decision")),
        sqlite_autoincrement=True,  # an id that was undone is not given again
    )
    op.create_index(op.f("ix_held_decision_match_id"), "held_decision", ["match_id"])
    op.create_index(op.f("ix_held_decision_send_at"), "held_decision", ["send_at"])


def _policies() -> None:
    op.create_table(
        "platform_policy",
        sa.Column("platform_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("data_key_id", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platform.id"], name=op.f("fk_platform_policy_platform_id_platform")
        ),
        sa.ForeignKeyConstraint(
            ["data_key_id"], ["data_key.id"], name=op.f("fk_platform_policy_data_key_id_data_key")
        ),
        sa.PrimaryKeyConstraint("platform_id", name=op.f("pk_platform_policy")),
    )


def _decisions() -> None:
    op.create_table(
        "decision",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("match_id", sa.String(length=30), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("automated", sa.Boolean(), nullable=False),
        sa.Column("restriction", sa.String(length=16), nullable=True),
        sa.Column("located_in", sa.String(length=16), nullable=True),
        sa.Column("copies_removed", sa.Integer(), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_id"], ["api_key.id"], name=op.f("fk_decision_key_id_api_key")
        ),
        sa.ForeignKeyConstraint(
            ["match_id"], ["match.id"], name=op.f("fk_decision_match_id_match")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_match_id"), "decision", ["match_id"])
    op.create_table(
        "vote",
        sa.Column("signature_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("platform_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("side", sa.String(length=16), nullable=False),
        sa.Column("match_id", sa.String(length=30), nullable=False),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name=op.f("fk_vote_match_id_match")),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platform.id"], name=op.f("fk_vote_platform_id_platform")
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["listed_signature.id"],
            name=op.f("fk_vote_signature_id_listed_signature"),
        ),
        sa.PrimaryKeyConstraint("signature_id", "platform_id", name=op.f("pk_vote")),
    )
    op.create_index(op.f("ix_vote_match_id"), "vote", ["match_id"])


def _clocks() -> None:
    op.create_table(
        "clock",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("match_id", sa.String(length=30), nullable=False),
        sa.Column("regime", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=True),
        sa.Column("warn_at", _MOMENT, nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("why", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name=op.f("fk_clock_match_id_match")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
        sa.UniqueConstraint("match_id", "regime", name=op.f("uq_clock_match_id")),
    )
    op.create_index(op.f("ix_clock_match_id"), "clock", ["match_id"])
    op.create_index(op.f("ix_clock_warn_at"), "clock", ["warn_at"])
    op.create_index(op.f("ix_clock_state"), "clock", ["state"])
    op.create_table(
        "notice",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("match_id", sa.String(length=30), nullable=False),
        sa.Column("regime", sa.String(length=32), nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name=op.f("fk_notice_match_id_match")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_match_id"), "notice", ["match_id"])


def _feeds() -> None:
    op.create_table(
        "feed",
        sa.Column("platform_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platform.id"], name=op.f("fk_feed_platform_id_platform")
        ),
        sa.PrimaryKeyConstraint("platform_id", name=op.f("pk_feed")),
    )
    op.create_table(
        "feed_entry",
        sa.Column("platform_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("match_id", sa.String(length=30), nullable=True),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("acknowledged_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["match_id"], ["match.id"], name=op.f("fk_feed_entry_match_id_match")
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["feed.platform_id"], name=op.f("fk_feed_entry_platform_id_feed")
        ),
        sa.PrimaryKeyConstraint("platform_id", "seq", name=op.f("pk_feed_entry")),
    )
    op.create_index(op.f("ix_feed_entry_match_id"), "feed_entry", ["match_id"])


def _answers() -> None:
    op.create_table(
        "kept_answer",
        sa.Column("platform_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("route", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("request_mac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platform.id"], name=op.f("fk_kept_answer_platform_id_platform")
        ),
        sa.PrimaryKeyConstraint("platform_id", "route", "key", name=op.f("pk_kept_answer")),
    )
    op.create_index(op.f("ix_kept_answer_kept_at"), "kept_answer", ["kept_at"])


def _lists() -> None:
    op.create_table(
        "list_stream",
        sa.Column("bank_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pos", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("published_rows", sa.Integer(), nullable=False),
        sa.Column("removed_to", sa.BigInteger(), nullable=False),
        sa.Column("added_to", sa.BigInteger(), nullable=False),
        sa.Column("batched_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_list_stream_bank_id_bank")),
        sa.PrimaryKeyConstraint("bank_id", name=op.f("pk_list_stream")),
    )
    op.create_table(
        "list_entry",
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("signature_id", sa.BigInteger(), nullable=False),
        sa.Column("pos", sa.BigInteger(), nullable=False),
        sa.Column("added_pos", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("platform_id", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.LargeBinary(length=96), nullable=True),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["list_stream.bank_id"], name=op.f("fk_list_entry_bank_id_list_stream")
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platform.id"], name=op.f("fk_list_entry_platform_id_platform")
        ),
        sa.PrimaryKeyConstraint("bank_id", "signature_id", name=op.f("pk_list_entry")),
        sa.UniqueConstraint("bank_id", "pos", name=op.f("uq_list_entry_bank_id")),
    )
    op.create_index("ix_list_entry_published", "list_entry", ["bank_id", "published_at", "pos"])
    _grants()


def _grants() -> None:
    op.create_table(
        "list_grant",
        sa.Column("platform_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("bank_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("data_key_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("granted_by", sa.String(length=64), nullable=True),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("revoked_at", _MOMENT, nullable=True),
        sa.Column("acknowledged", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["list_stream.bank_id"], name=op.f("fk_list_grant_bank_id_list_stream")
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platform.id"], name=op.f("fk_list_grant_platform_id_platform")
        ),
        sa.ForeignKeyConstraint(
            ["data_key_id"], ["data_key.id"], name=op.f("fk_list_grant_data_key_id_data_key")
        ),
        sa.PrimaryKeyConstraint("platform_id", "bank_id", name=op.f("pk_list_grant")),
    )
    op.create_table(
        "list_access",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("platform_id", sa.BigInteger(), nullable=False),
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.Column("dialect", sa.String(length=16), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platform.id"], name=op.f("fk_list_access_platform_id_platform")
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name=op.f("fk_list_access_bank_id_bank")),
        sa.ForeignKeyConstraint(
            ["key_id"], ["api_key.id"], name=op.f("fk_list_access_key_id_api_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_access")),
    )
    op.create_index(op.f("ix_list_access_at"), "list_access", ["at"])
    op.create_table(
        "list_submission",
        sa.Column("platform_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash_mac", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platform.id"], name=op.f("fk_list_submission_platform_id_platform")
        ),
        sa.PrimaryKeyConstraint("platform_id", "hash_mac", name=op.f("pk_list_submission")),
    )


def _webhooks() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("platform_id", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("older_secret", sa.LargeBinary(), nullable=True),
        sa.Column("older_until", _MOMENT, nullable=True),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("queued", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_at", _MOMENT, nullable=False),
        sa.Column("busy_until", _MOMENT, nullable=True),
        sa.Column("last_outcome", sa.String(length=16), nullable=True),
        sa.Column("last_at", _MOMENT, nullable=True),
        sa.Column("off_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platform.id"], name=op.f("fk_webhook_platform_id_platform")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_index(op.f("ix_webhook_platform_id"), "webhook", ["platform_id"])
    op.create_index(op.f("ix_webhook_next_at"), "webhook", ["next_at"])
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("webhook_id", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("head_seq", sa.BigInteger(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("dead_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_delivery_webhook_id_webhook")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
    )
    op.create_index(op.f("ix_webhook_delivery_webhook_id"), "webhook_delivery", ["webhook_id"])


def _sweeps() -> None:
    op.create_table(
        "sweep",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("platform_id", sa.BigInteger(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("listed_since", sa.Integer(), nullable=False),
        sa.Column("to_seq", sa.BigInteger(), nullable=False),
        sa.Column("lookback_days", sa.Integer(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("scanned_from", _MOMENT, nullable=True),
        sa.Column("scanned_to", _MOMENT, nullable=True),
        sa.Column("items_scanned", sa.BigInteger(), nullable=True),
        sa.Column("hits", sa.BigInteger(), nullable=True),
        sa.Column("complete", sa.Boolean(), nullable=True),
        sa.Column("received_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platform.id"], name=op.f("fk_sweep_platform_id_platform")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweep")),
        sa.UniqueConstraint("platform_id", "hour", name=op.f("uq_sweep_platform_id")),
    )


def _appeals() -> None:
    op.create_table(
        "appeal",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("match_id", sa.String(length=30), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("decided_at", _MOMENT, nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"], name=op.f("fk_appeal_key_id_api_key")),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name=op.f("fk_appeal_match_id_match")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
    )
    op.create_index(op.f("ix_appeal_match_id"), "appeal", ["match_id"])


def _sealing() -> None:
    op.create_table(
        "sealing",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("kek_id", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealing")),
    )


def downgrade() -> None:
    op.drop_table("nonce")
    op.drop_index("ix_api_key_root_id", "api_key")
    for column in (
        "label",
        "not_before",
        "parent_id",
        "root_id",
        "daily_budget",
        "public_key",
        "last_used_day",
        "expiry_told_at",
    ):
        op.drop_column("api_key", column)
    for table in (
        "sealing",
        "appeal",
        "sweep",
        "webhook_delivery",
        "webhook",
        "list_submission",
        "list_access",
        "list_grant",
        "list_entry",
        "list_stream",
        "kept_answer",
        "held_decision",
        "console_session",
        "feed_entry",
        "feed",
        "notice",
        "clock",
        "vote",
        "decision",
        "platform_policy",
    ):
        op.drop_table(table)
    op.drop_index("ix_match_platform_due", "match")
    for column in ("ref", "surface", "decision", "reason", "due_at"):
        op.drop_column("match", column)
    op.drop_column("listed_signature", "hold")
