"""A question about one hash, as other networks' matchers ask it: which banks, and one match."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from api.security.api_keys import Caller
from api.security.peppers import Pepper, Purpose
from api.services.errors import LookupsOffError
from api.services.matching import Found, MatchingService, Upload
from hashsvc import Hash, RegionKind, Signature, SignatureId
from hashsvc.signatures import MAX_QUALITY

_NUMBER_BITS = 53  # what a client that keeps numbers as floats can still tell apart


@dataclass(frozen=True, slots=True)
class Looked:
    """What is listed near a hash; all of it is one match."""

    number: int  # 1 to 2**53; the match has the reference `hma-<number>`
    distance: int  # bits, of the nearest
    banks: tuple[str, ...]  # by name; at least one


@dataclass(frozen=True, slots=True)
class HashLookups:
    """Answers questions about hashes without a photo around them: tier `strong` alone."""

    matching: MatchingService
    pepper: Pepper
    enabled: bool

    def look_up(
        self, caller: Caller, pdq: Hash, *, banks: Collection[str] | None, at: datetime
    ) -> Looked | None:
        """What is listed near a hash, confirmed as live and kept as a match.

        Args:
            caller: who asks.
            pdq: about which hash.
            banks: only in these; None for in all.
            at: now.

        Raises:
            LookupsOffError: this instance answers no such questions.
            IndexBehindError: the index is too old to answer from.
            StoreUnavailableError: nothing can be confirmed, so nothing is answered.
        """
        if not self.enabled:
            raise LookupsOffError
        self.matching.sequence()
        number = self._number(caller, pdq)
        query = Signature(region=RegionKind.FULL, pdq=pdq, dhash=None, quality=MAX_QUALITY)
        (found,) = self.matching.find([Upload(f"hma-{number}", (query,))])
        homes = self._banks_of([one.hit.signature_id for one in found.graded])
        wanted = {id_ for id_, bank in homes.items() if banks is None or bank in banks}
        (answer,) = self.matching.confirm([_within(found, wanted)], caller, at=at)
        if answer.match is None:
            return None
        names = sorted({homes[id_] for id_ in wanted})
        return Looked(number, answer.match.nearest.hit.pdq_distance, tuple(names))

    def _banks_of(self, ids: Sequence[SignatureId]) -> Mapping[SignatureId, str]:
        if not ids:
            return {}
        with self.matching.store.snapshot() as tx:
            return tx.banks.of_live(ids)

    def _number(self, caller: Caller, pdq: Hash) -> int:
        """The same for the same platform and hash, and nothing to anybody else."""
        message = b"lookup/%d/" % caller.platform.platform_id + pdq.digest
        digest = self.pepper.mac(Purpose.REF, message)
        return int.from_bytes(digest[:8], "big") % (1 << _NUMBER_BITS) + 1


def _within(found: Found, wanted: Collection[SignatureId]) -> Found:
    hits = (tuple(one for one in hits if one.hit.signature_id in wanted) for hits in found.hits)
    return replace(found, hits=tuple(hits))
