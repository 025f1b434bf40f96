"""Known photos must give known answers, through the very children that will do the work."""

import base64
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from hashsvc.digests import RunningDigests
from hashsvc.distances import distance
from hashsvc.hashes import Algorithm, Hash
from hashsvc.packs import (
    Entry,
    Pack,
    PackKey,
    PackRefusedError,
    SeenVersions,
    SigningKey,
    Trusted,
    build,
    open_pack,
)
from hashsvc.policies import Tier
from hashsvc.scan.answers import Asked, HashedPhoto
from hashsvc.scan.estimates import DHASH_MARGIN_BITS, PDQ_MARGIN_BITS
from hashsvc.scan.records import Reason
from hashsvc.scan.sandbox import Sandbox
from hashsvc.signatures import RegionKind, Signature
from hashsvc.times import now

VECTORS = "self_test.json"  # beside this module; `make golden` remakes it
ESTIMATED = "jpeg-large.jpg"  # large enough to be looked at in a fast way
_BANK = "self-test"
_ABC = (
    "900150983cd24fb0d6963f7d28e17f72"
    "a9993e364706816aba3e25717850c26c9cd0d89d"
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
)
# Bits between two signatures, by PDQ and by dHash, and the tier that they are.
_TIERS: tuple[tuple[int, int, Tier | None], ...] = (
    (31, 64, Tier.STRONG),
    (31, 65, None),
    (32, 64, Tier.LIKELY),
    (50, 64, Tier.LIKELY),
    (51, 64, Tier.POSSIBLE),
    (72, 64, Tier.POSSIBLE),
    (73, 64, None),
)


@dataclass(frozen=True, slots=True)
class SelfTest:
    """What was asked, and whether the answer was right."""

    checks: dict[str, bool]

    @property
    def passed(self) -> bool:
        """Whether every answer was."""
        return all(self.checks.values())

    @property
    def failed(self) -> list[str]:
        """What was answered wrongly."""
        return [name for name, right in self.checks.items() if not right]

    def to_json(self) -> dict[str, Any]:
        """As the custody log keeps it."""
        return {"passed": self.passed, "checks": self.checks}


@dataclass(frozen=True, slots=True)
class Vector:
    """A photo and what it must leave."""

    name: str
    body: bytes
    answer_sha256: str


def run_self_test(
    sandbox: Sandbox,
    searching: Callable[[Pack], Pack],
    vectors: Iterable[Vector] | None = None,
) -> SelfTest:
    """Ask everything once; takes less than a second after the child has started.

    Args:
        sandbox: one of those that the scan uses.
        searching: gives a pack the search that the scan uses.
        vectors: photos to ask about; tests give others.
    """
    known = known_vectors() if vectors is None else vectors
    return SelfTest(
        {
            "digests": _digests_are_right(),
            **_packs_are_judged(searching),
            "estimate": _estimate_is_near(sandbox),
        }
        | {one.name: answer_digest(sandbox.hash(one.body)) == one.answer_sha256 for one in known}
    )


def answer_digest(photo: HashedPhoto | Reason) -> str:
    """One digest of the size and of all views of the full photo; empty if it was not hashed."""
    if isinstance(photo, Reason):
        return ""
    views = b"".join(one.pack() for one in photo.signatures[: photo.full])
    return hashlib.sha256(f"{photo.width} {photo.height} ".encode() + views).hexdigest()


@cache
def _read() -> list[dict[str, str]]:
    read: list[dict[str, str]] = json.loads(files("hashsvc.scan").joinpath(VECTORS).read_text())
    return read


def known_vectors() -> Iterator[Vector]:
    """A photo of each format that is read."""
    for one in _read():
        yield Vector(one["name"], base64.b64decode(one["body"]), one["answer_sha256"])


def _digests_are_right() -> bool:
    running = RunningDigests()
    running.update(b"a")
    running.update(b"bc")
    found = running.digests()
    return found.md5 + found.sha1 + found.sha256 == _ABC


def _estimate_is_near(sandbox: Sandbox) -> bool:
    """Whether the fast look at a photo finds what the exact one does, in the child."""
    body = next(one.body for one in known_vectors() if one.name == ESTIMATED)
    quick, exact = sandbox.hash(body, Asked.ESTIMATE), sandbox.hash(body, Asked.FULL)
    if isinstance(quick, Reason) or isinstance(exact, Reason) or not quick.estimated:
        return False
    listed = exact.signatures[0]
    return any(
        distance(one.pdq, listed.pdq) <= PDQ_MARGIN_BITS
        and one.dhash is not None
        and listed.dhash is not None
        and distance(one.dhash, listed.dhash) <= DHASH_MARGIN_BITS
        for one in quick.signatures
    )


def _packs_are_judged(searching: Callable[[Pack], Pack]) -> dict[str, bool]:
    """A pack of its own: as it was built, with one bit turned, and of a signer not trusted."""
    key, signer = PackKey.generate(), SigningKey(bytes(range(32)))
    body = bytearray(
        build(
            [Entry(bytes(16), _signature(0, 0))],
            bank=_BANK,
            sequence=0,
            recipient=key.recipient,
            key=signer,
            at=now(),
            life=timedelta(minutes=5),
        )
    )
    pack = _opened(bytes(body), key, signer)
    foreign = _opened(bytes(body), key, SigningKey(bytes(32)))
    body[-1] ^= 1
    return {
        "tiers": pack is not None and _tiers_are_right(searching(pack)),
        "foreign pack refused": foreign is None,
        "tampered pack refused": _opened(bytes(body), key, signer) is None,
    }


def _tiers_are_right(pack: Pack) -> bool:
    policy = pack.manifest.policy
    for pdq_bits, dhash_bits, tier in _TIERS:
        hits = pack.matcher.find(_signature(pdq_bits, dhash_bits), threshold=policy.search_bits)
        if [graded.tier for graded in policy.graded(hits)] != ([tier] if tier else []):
            return False
    return True


def _signature(pdq_bits: int, dhash_bits: int) -> Signature:
    """So many bits from the one of (0, 0)."""
    return Signature(
        region=RegionKind.FULL,
        pdq=_hash(Algorithm.PDQ, pdq_bits),
        dhash=_hash(Algorithm.DHASH, dhash_bits),
        quality=100,
    )


def _hash(algorithm: Algorithm, bits: int) -> Hash:
    return Hash(algorithm, ((1 << bits) - 1).to_bytes(32, "big"))


def _opened(body: bytes, key: PackKey, signer: SigningKey) -> Pack | None:
    """The pack, as somebody who trusts this signer opens it; None if it is refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pack")
        path.write_bytes(body)
        trust = (Trusted(_BANK, signer.public),)
        try:
            return open_pack(path, key=key, trust=trust, seen=SeenVersions.beside(path), at=now())
        except PackRefusedError:
            return None
