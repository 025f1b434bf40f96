"""How near unrelated photos come: edited negatives against everything that was stored."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.edits import EDITS
from benchmarks.robustness.ours import POLICY, asked
from benchmarks.robustness.photo_set import read
from hashsvc.distances import hamming
from hashsvc.matching import Listed, hit_of, words_of
from hashsvc.policies import Tier
from hashsvc.signatures import RegionKind, Signature

# What most often makes strangers look alike: pages, frames, bars, blur, and the plain photo.
NEGATIVE_EDITS = (
    "png",
    "screenshot light",
    "screenshot dark",
    "gallery screenshot",
    "chat bubble",
    "collage 2x2",
    "border 10 % white",
    "letterbox 9:16 blurred",
    "meme bars",
    "centre crop 20 %",
    "blur s4",
    "meme text",
)
WIDEST_BITS = 88
Kinds = tuple[bool, bool]  # the query is an anchor, the listed signature is an anchor


@dataclass(slots=True)
class Tally:
    """Pairs of unrelated signatures, by distance; two tallies add up."""

    pairs: Counter[Kinds] = field(default_factory=Counter)
    near: Counter[tuple[Kinds, int, int]] = field(default_factory=Counter)  # PDQ, dHash (or 999)
    tiers: Counter[Tier] = field(default_factory=Counter)
    plain: Counter[int] = field(default_factory=Counter)  # full against full, upright
    plain_pairs: int = 0
    queries: int = 0
    signatures: int = 0

    def add(self, other: "Tally") -> None:
        """Count another's pairs too."""
        self.pairs.update(other.pairs)
        self.near.update(other.near)
        self.tiers.update(other.tiers)
        self.plain.update(other.plain)
        self.plain_pairs += other.plain_pairs
        self.queries += other.queries
        self.signatures += other.signatures


@dataclass(frozen=True, slots=True, eq=False)
class Everything:
    """All that was stored of all reported photos, as arrays."""

    listed: Sequence[Listed]
    pdq: NDArray[np.uint64]  # (n, 4)
    anchor: NDArray[np.bool_]  # (n,)
    full: NDArray[np.bool_]  # (n,)

    @classmethod
    def of(cls, listed: Sequence[Listed]) -> "Everything":
        """Prepare."""
        kinds = [one.signature.region for one in listed]
        return cls(
            listed,
            words_of([one.signature.pdq for one in listed]),
            np.array([kind is RegionKind.ANCHOR for kind in kinds]),
            np.array([kind is RegionKind.FULL for kind in kinds]),
        )


def tally(path: Path, number: int, companions: Sequence[Path], stored: Everything) -> Tally:
    """Ask about a negative in every one of the edits."""
    photo = read(path)
    beside = [read(companion) for companion in companions]
    counted = Tally()
    for edit in EDITS:
        if edit.name not in NEGATIVE_EDITS:
            continue
        queries = asked(edit.apply(photo, number=number, companions=beside)).signatures
        counted.queries += 1
        counted.signatures += len(queries)
        for place, query in enumerate(queries):
            _compare(query, stored, counted, upright=place == 0)
    return counted


def _compare(query: Signature, stored: Everything, counted: Tally, *, upright: bool) -> None:
    distances = hamming(stored.pdq, query.pdq.words())
    asks_anchor = query.region is RegionKind.ANCHOR
    anchors = int(stored.anchor.sum())
    counted.pairs[asks_anchor, True] += anchors
    counted.pairs[asks_anchor, False] += len(distances) - anchors
    if upright:
        counted.plain_pairs += int(stored.full.sum())
        counted.plain.update(distances[stored.full & (distances <= WIDEST_BITS)].tolist())
    for row in np.flatnonzero(distances <= WIDEST_BITS).tolist():
        hit = hit_of(query, stored.listed[row])
        dhash = 999 if hit.dhash_distance is None else hit.dhash_distance
        kinds = (asks_anchor, bool(stored.anchor[row]))
        counted.near[kinds, hit.pdq_distance, dhash] += 1
        tier = POLICY.grade(hit)
        if tier is not None:
            counted.tiers[tier] += 1
