"""The gates that a signature passes before it is listed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from api.services.errors import UnfitSignatureError
from hashsvc import Matcher, Signature
from hashsvc.policies import Fitness, fitness, sound_dhash
from indexer.records import Enrolment

_SAME_BITS = 31  # PDQ: this is the benign picture itself
_NEAR_BITS = 80  # PDQ and dHash: a picture inside the same template, perhaps


@dataclass(frozen=True, slots=True)
class Intake:
    """Judges what a survivor's device sends."""

    benign: Matcher  # templates, logos, stock photos

    def enrolments(self, signatures: Sequence[Signature]) -> list[Enrolment]:
        """What is listed, each signature once.

        A signature next to a benign one is held until an operator has looked; one that is near
        answers at tier strong alone. The sender is told of neither.

        Raises:
            UnfitSignatureError: one of them would match what it should not.
        """
        judged: dict[Signature, Enrolment] = {}
        for place, signature in enumerate(signatures):
            verdict = fitness(signature)
            if verdict is Fitness.UNFIT:
                raise UnfitSignatureError(place)
            kept = replace(signature, dhash=sound_dhash(signature.dhash))
            judged[kept] = self._judged(kept, strong_only=verdict is Fitness.STRONG_ONLY)
        return list(judged.values())

    def _judged(self, signature: Signature, *, strong_only: bool) -> Enrolment:
        near = self.benign.find(signature, threshold=_NEAR_BITS)
        same = any(hit.pdq_distance <= _SAME_BITS for hit in near)
        alike = any(
            hit.dhash_distance is not None and hit.dhash_distance <= _NEAR_BITS for hit in near
        )
        return Enrolment(signature, strong_only=strong_only or alike, held=same)
