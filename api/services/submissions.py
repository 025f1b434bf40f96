"""Hashes that a platform lists itself, in a bank of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.security.api_keys import Caller
from api.security.peppers import Pepper, Purpose
from api.services.errors import UnfitSignatureError
from api.services.intake import Intake
from hashsvc import Hash, RegionKind, Signature
from indexer.audit_records import Act
from indexer.records import BankKind, Enrolment
from indexer.store import Store

_UNKNOWN_QUALITY = 50  # what a hash without one counts as: listed, and searched by nobody weaker


@dataclass(frozen=True, slots=True)
class Submissions:
    """Takes what a platform lists, through the same gates as a survivor's signatures."""

    store: Store
    intake: Intake
    pepper: Pepper
    changed: Callable[[], None]  # called after a commit that alters the list

    def submit(self, caller: Caller, hashes: Sequence[Hash], *, at: datetime) -> list[bool]:
        """List hashes as whole photos on probation, each once for a platform, however often sent.

        Returns:
            For each, whether it was fit to be listed; never whether it was listed before.
        """
        enrolments = {hash_: self._enrolment(hash_) for hash_ in hashes}
        fit = {self._mac(caller, hash_): one for hash_, one in enrolments.items() if one}
        with self.store.transaction() as tx:
            fresh = tx.lists.take_fresh(caller.platform, fit)
            if fresh:
                bank = f"platform-{caller.platform.platform_id}"
                tx.banks.make(bank, BankKind.REPORTED)
                tx.banks.add(bank, [fit[mac] for mac in fresh], at=at)
            about = {"sent": len(hashes), "listed": len(fresh)}
            tx.audit.record(Act.SIGNATURES_SUBMIT, by=caller.actor, at=at, about=about)
        self.changed()
        return [enrolments[hash_] is not None for hash_ in hashes]

    def _enrolment(self, pdq: Hash) -> Enrolment | None:
        signature = Signature(region=RegionKind.FULL, pdq=pdq, dhash=None, quality=_UNKNOWN_QUALITY)
        try:
            (enrolment,) = self.intake.enrolments([signature])
        except UnfitSignatureError:
            return None
        return enrolment

    def _mac(self, caller: Caller, pdq: Hash) -> bytes:
        message = b"submission/%d/" % caller.platform.platform_id + pdq.digest
        return self.pepper.mac(Purpose.REF, message)
