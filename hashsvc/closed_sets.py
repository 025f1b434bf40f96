"""Words that the service and its clients exchange: each set is closed, each word the wire's."""

from enum import StrEnum


class CaseStatus(StrEnum):
    """Whether a case's signatures are matched."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class ListedState(StrEnum):
    """Where a listed signature is in its life; the first two are matched."""

    PROBATION = "probation"
    CONFIRMED = "confirmed"
    SUSPENDED = "suspended"
    DELISTED = "delisted"


class MatchState(StrEnum):
    """What became of a match."""

    OPEN = "open"
    PENDING = "pending"
    DECIDED = "decided"
    REOPENED = "reopened"
    SUSPENDED = "suspended"  # nothing it rests on is matched at present
    WITHDRAWN = "withdrawn"  # nothing it rests on is left


class Decision(StrEnum):
    """What a platform did with a matched photo."""

    REMOVED = "removed"
    RESTRICTED = "restricted"
    KEPT = "kept"
    PENDING = "pending"


class Reason(StrEnum):
    """Why; which reasons go with which decision is the table of effects."""

    INTIMATE_NO_CONSENT = "intimate_no_consent"
    SYNTHETIC = "synthetic"
    COURT_ORDER = "court_order"
    POLICY_OTHER = "policy_other"
    ALREADY_REMOVED = "already_removed"
    MINOR_SUSPECTED = "minor_suspected"
    NOT_A_MATCH = "not_a_match"
    BENIGN_ASSET = "benign_asset"
    NOT_INTIMATE = "not_intimate"
    CONSENT_SHOWN = "consent_shown"
    PUBLIC_INTEREST = "public_interest"
    POLICY_PERMITS = "policy_permits"
    UNDER_REVIEW = "under_review"
    USER_CONTACTED = "user_contacted"
    CANNOT_JUDGE = "cannot_judge"


class Restriction(StrEnum):
    """How a photo was restricted."""

    AGE_GATE = "age_gate"
    REACH = "reach"
    GEO = "geo"
    INTERACTION = "interaction"
    LABEL = "label"


class Location(StrEnum):
    """Where on the platform the photo was found."""

    PUBLIC = "public"
    GROUP = "group"
    MESSAGE = "message"
    STORAGE = "storage"
    UNKNOWN = "unknown"


class Surface(StrEnum):
    """Where on a platform the photo came in."""

    UPLOAD = "upload"
    MESSAGE = "message"
    PROFILE = "profile"
    LIVE = "live"
    STORAGE = "storage"
    OTHER = "other"


class ClockState(StrEnum):
    """Whether a clock runs; `overdue` is a running one whose time is over."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    OVERDUE = "overdue"


class FeedKind(StrEnum):
    """What a platform is told."""

    MATCH_WITHDRAWN = "match.withdrawn"  # the tombstone: drop everything that rests on it
    MATCH_SUSPENDED = "match.suspended"
    MATCH_RESTORED = "match.restored"
    MATCH_CONFIRMED = "match.confirmed"
    MATCH_REVIEW_REQUESTED = "match.review_requested"
    MATCH_REOPENED = "match.reopened"
    MATCH_CLOCK_DUE = "match.clock_due"
    SWEEP_REQUESTED = "sweep.requested"
    PACK_SUPERSEDED = "pack.superseded"
    POLICY_CHANGED = "policy.changed"
    KEY_EXPIRING = "key.expiring"
    WEBHOOK_OFF = "webhook.off"  # nothing it was sent arrived for three days


class AppealOutcome(StrEnum):
    """How a platform judged its uploader's appeal."""

    UPHELD = "upheld"  # the uploader was right
    REJECTED = "rejected"


class AppealReason(StrEnum):
    """Why."""

    NOT_A_MATCH = "not_a_match"
    NOT_INTIMATE = "not_intimate"
    CONSENT_SHOWN = "consent_shown"
    PUBLIC_INTEREST = "public_interest"
    OTHER = "other"


class HintKind(StrEnum):
    """What a webhook is sent."""

    CHANGES_AVAILABLE = "changes.available"
    SWEEP_REQUESTED = "sweep.requested"
    MATCH_CLOCK_DUE = "match.clock_due"
    TEST = "test"
