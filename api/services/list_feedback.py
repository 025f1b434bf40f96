"""What a recipient of a list decided about a hash, as if it had asked about a photo first."""

from dataclasses import dataclass, replace
from datetime import datetime

from api.security.api_keys import Caller
from api.security.peppers import Pepper, Purpose
from api.services.decisions import DecisionService
from api.services.matching import Found, MatchingService, Upload
from hashsvc import Hash, RegionKind, Signature
from hashsvc.signatures import MAX_QUALITY
from indexer.platform_records import NewDecision

_MAC_DIGITS = 32


@dataclass(frozen=True, slots=True)
class ListFeedback:
    """Turns feedback about a hash into a match and a decision about it."""

    matching: MatchingService
    decisions: DecisionService
    pepper: Pepper

    def tell(self, caller: Caller, pdq: Hash, new: NewDecision, *, at: datetime) -> None:
        """Keep a decision about everything that is listed with exactly this hash now.

        A hash that is not listed has no effect, and nobody is told so: the answer would say what
        is on the list.
        """
        upload = Upload(self._ref(caller, pdq), (_query(pdq),))
        found = [_exact(one) for one in self.matching.find([upload])]
        (answer,) = self.matching.confirm(found, caller, at=at)
        if answer.match is None:
            return
        with self.decisions.store.transaction() as tx:
            self.decisions.record(tx, caller, answer.match.match_id, new, at=at)
        self.decisions.metrics.decisions.labels(new.decision, new.reason).inc()
        self.decisions.changed()

    def _ref(self, caller: Caller, pdq: Hash) -> str:
        """The same for the same platform and hash: feedback may come again."""
        message = b"list/%d/" % caller.platform.platform_id + pdq.digest
        return "list-" + self.pepper.mac(Purpose.REF, message).hex()[:_MAC_DIGITS]


def _query(pdq: Hash) -> Signature:
    return Signature(region=RegionKind.FULL, pdq=pdq, dhash=None, quality=MAX_QUALITY)


def _exact(found: Found) -> Found:
    """Without hits on what is merely near."""
    equal = (tuple(one for one in hits if not one.hit.pdq_distance) for hits in found.hits)
    return replace(found, hits=tuple(equal))
