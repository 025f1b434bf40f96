"""What an audit row says: an act, who did it, and about what; ids and words of closed sets only."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from indexer.errors import AuditUnfitError

_ID = re.compile(r"[a-z]{3}_[0-9A-Z]{26}|[0-9A-Za-z]{8}")  # of the wire, or of a key
_WORD = re.compile(r"[a-z][a-z_]{0,31}")
Told: TypeAlias = int | str | Sequence[str]


class Act(StrEnum):
    """What was done, as `subject:action`."""

    ALARM_HIT_RATE = "alarm:hit_rate"
    ALARM_HONEY = "alarm:honey"
    ALARM_PROBE = "alarm:probe"
    APPEAL_JUDGE = "appeal:judge"
    BANK_ADD = "bank:add"
    BANK_EMPTY = "bank:empty"
    BANK_LIMIT = "bank:limit"
    CASE_ADD = "case:add"
    CASE_OPEN = "case:open"
    CASE_WITHDRAW = "case:withdraw"
    CHANGES_ACKNOWLEDGE = "changes:acknowledge"
    CLOCK_PAUSE = "clock:pause"
    CLOCK_RESUME = "clock:resume"
    CONSOLE_SIGN_IN = "console:sign_in"
    DATABASE_RESTORE = "database:restore"
    DISCLOSURE_APPROVE = "disclosure:approve"
    DISCLOSURE_ASK = "disclosure:ask"
    DISCLOSURE_REFUSE = "disclosure:refuse"
    DISCLOSURE_WRITE = "disclosure:write"
    IMPORT_ADD = "import:add"
    IMPORT_APPLY = "import:apply"
    IMPORT_REMOVE = "import:remove"
    KEY_CREATE = "key:create"
    KEY_REPLACE = "key:replace"
    KEY_REVOKE = "key:revoke"
    LIST_ACKNOWLEDGE = "list:acknowledge"
    LIST_ANSWER = "list:answer"
    LIST_GRANT = "list:grant"
    LIST_REVOKE = "list:revoke"
    MATCH_ANSWER = "match:answer"
    MATCH_DECIDE = "match:decide"
    NOTICE_RECEIVE = "notice:receive"
    PACK_BUILD = "pack:build"
    POLICY_SET = "policy:set"
    SEAL_ROTATE = "seal:rotate"
    SIGNATURE_DELIST = "signature:delist"
    SIGNATURE_RESTORE = "signature:restore"
    SIGNATURE_SUSPEND = "signature:suspend"
    SIGNATURES_SUBMIT = "signatures:submit"
    SWEEP_RECEIPT = "sweep:receipt"
    WEBHOOK_ADD = "webhook:add"
    WEBHOOK_REMOVE = "webhook:remove"
    WEBHOOK_ROTATE = "webhook:rotate"
    WEBHOOK_TEST = "webhook:test"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a kind, and for platforms the id of the key."""

    text: str

    @classmethod
    def key(cls, key_id: str) -> "Actor":
        """A platform, by the public id of its API key."""
        return cls(f"key:{key_id}")


OPERATOR = Actor("operator")
SURVIVOR = Actor("survivor")  # never which one
SERVICE = Actor("service")  # a rule of its own


def audit_body(act: Act, by: Actor, about: Mapping[str, Told]) -> str:
    """Canonical JSON of a row: sorted keys, no spaces.

    Raises:
        AuditUnfitError: a value is neither a number, nor a word of a closed set, nor an id.
    """
    for name, told in about.items():
        parts = [told] if isinstance(told, int | str) else told
        if not _WORD.fullmatch(name) or not all(_is_fit(part) for part in parts):
            raise AuditUnfitError(name)
    said = {"about": dict(about), "act": act, "by": by.text}
    return json.dumps(said, sort_keys=True, separators=(",", ":"))


def _is_fit(part: int | str) -> bool:
    # A hash, a case number or a PIN is none of these: what is secret cannot get into the audit.
    if isinstance(part, int | StrEnum):
        return True
    return bool(_ID.fullmatch(part))
