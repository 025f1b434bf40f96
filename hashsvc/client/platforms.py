"""What a platform asks of the service."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hashsvc.client.connection import TIMEOUT_SECONDS, Connection
from hashsvc.hashing import full_signatures, part_signatures
from hashsvc.photos import decode
from hashsvc.pixels import Pixels
from hashsvc.policies import Tier, Verdict
from hashsvc.signatures import Signature

_SIGNATURES_PER_REQUEST = 4_096
_UPLOADS_PER_REQUEST = 256


@dataclass(frozen=True, slots=True)
class Upload:
    """One photo that a platform asks about."""

    ref: str  # the platform's own id, 1-64 of A-Z a-z 0-9 . _ : -
    signatures: Sequence[Signature]  # at most 256

    def body(self) -> dict[str, Any]:
        """As it is sent."""
        return {"ref": self.ref, "signatures": [one.to_json() for one in self.signatures]}


@dataclass(frozen=True, slots=True)
class MatchAnswer:
    """What the service says of one photo; the strongest verdict is `review`."""

    ref: str
    verdict: Verdict
    tier: Tier | None  # None: no match
    match_id: str | None
    list_state: str | None
    skipped: str | None  # why nothing was searched


class PlatformClient(Connection):
    """Ask about uploads."""

    def __init__(
        self, base_url: str, key: str, *, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            base_url: `https://...`, without a path.
            key: an API key with the scope `matches:write`.
            timeout_seconds: for each try.
        """
        super().__init__(base_url, timeout_seconds=timeout_seconds)
        self.authorise(key)

    def match(self, uploads: Sequence[Upload]) -> list[MatchAnswer]:
        """Ask whether uploads resemble reported photos; any number, split to the limits.

        Returns:
            One answer for each upload, in their order.

        Raises:
            RefusedError: the service refused.
            ServiceUnreachableError: it did not answer.
        """
        answers: list[MatchAnswer] = []
        for request in _requests(uploads):
            body = {"items": [upload.body() for upload in request]}
            answers.extend(_answer(item) for item in self.post("/v1/matches", body)["items"])
        return answers

    def match_photo(self, photo: Path | Pixels, ref: str) -> MatchAnswer:
        """Hash a photo here and ask about it: the whole first, then every part of it.

        Most copies are found by the whole photo. What is found inside it is looked for and asked
        about only where that was no `strong` match.

        Raises:
            PhotoError: the photo could not be read.
            RefusedError: the service refused.
            ServiceUnreachableError: it did not answer.
        """
        pixels = decode(photo) if isinstance(photo, Path) else photo
        whole = self.match([Upload(ref, full_signatures(pixels))])[0]
        if whole.tier is Tier.STRONG:
            return whole
        parts = part_signatures(pixels)
        inside = self.match([Upload(ref, parts)])[0] if parts else whole
        # The service answers a reference with the best of all that was asked about it.
        return inside if inside.verdict is Verdict.REVIEW else whole


def _answer(item: Mapping[str, Any]) -> MatchAnswer:
    return MatchAnswer(
        ref=item["ref"],
        verdict=Verdict(item["verdict"]),
        tier=Tier(item["tier"]) if item["tier"] else None,
        match_id=item["match_id"],
        list_state=item["list_state"],
        skipped=item["skipped"],
    )


def _requests(uploads: Sequence[Upload]) -> Iterator[list[Upload]]:
    """Uploads in their order, as many to a request as its limits allow."""
    request: list[Upload] = []
    signatures = 0
    for upload in uploads:
        signatures += len(upload.signatures)
        full = len(request) == _UPLOADS_PER_REQUEST
        if request and (full or signatures > _SIGNATURES_PER_REQUEST):
            yield request
            request, signatures = [], len(upload.signatures)
        request.append(upload)
    if request:
        yield request
