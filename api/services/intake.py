"""The gates that a signature passes before it is listed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from api.services.errors import UnfitSignatureError
from hashsvc import Hit, Signature
from hashsvc.policies import Fitness, fitness, sound_dhash
from indexer.records import BankKind, Enrolment
from indexer.search import FlatIndex, SignatureIndex
from indexer.store import Store

_SAME_BITS = 31  # PDQ: this is the benign picture itself
_NEAR_BITS = 80  # PDQ and dHash: a picture inside the same template, perhaps


@dataclass(frozen=True, slots=True)
class Intake:
    """Judges what a survivor's device sends."""

    benign: SignatureIndex  # templates, logos, stock photos

    def enrolments(self, signatures: Sequence[Signature]) -> list[Enrolment]:
        """What is listed, each signature once.

        A signature next to a benign one is held until an operator has looked; one that is near
        answers at tier strong alone. The sender is told of neither.

        Raises:
            UnfitSignatureError: one of them would match what it should not.
        """
        judged: dict[Signature, Fitness] = {}
        for place, signature in enumerate(signatures):
            verdict = fitness(signature)
            if verdict is Fitness.UNFIT:
                raise UnfitSignatureError(place)
            dhash = sound_dhash(signature.dhash)
            kept = signature if dhash is signature.dhash else replace(signature, dhash=dhash)
            judged[kept] = verdict
        near = self.benign.find_many(list(judged), threshold=_NEAR_BITS)
        return [
            _enrolment(signature, verdict, hits)
            for (signature, verdict), hits in zip(judged.items(), near, strict=True)
        ]

    @classmethod
    def of_store(cls, store: Store) -> "Intake":
        """With what the store holds as benign now: for commands, which follow no changes."""
        benign = FlatIndex()
        with store.snapshot() as tx:
            benign.add(tx.listing.live(BankKind.BENIGN))
        return cls(benign)


def _enrolment(signature: Signature, verdict: Fitness, near: Sequence[Hit]) -> Enrolment:
    same = any(hit.pdq_distance <= _SAME_BITS for hit in near)
    alike = any(hit.dhash_distance is not None and hit.dhash_distance <= _NEAR_BITS for hit in near)
    strong_only = verdict is Fitness.STRONG_ONLY or alike
    return Enrolment(signature, strong_only=strong_only, held=same)
