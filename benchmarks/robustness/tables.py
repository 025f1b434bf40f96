"""What a run found, as figures: recall for each scheme, the tail of strangers, and the price."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from benchmarks.edits import EDITS, INVERT, Group
from benchmarks.robustness.false_matches import Tally
from benchmarks.robustness.measuring import Measured
from benchmarks.robustness.recall import Trial
from benchmarks.robustness.schemes import PEERS
from hashsvc.policies import Tier

Found = Callable[[Trial], bool]
_FIT_FROM, _FIT_TO = 70, 82  # bits: where strangers are few, and still some
_FEWEST_TO_FIT = 10
DHASH_BITS = (64, 72, 80)
PDQ_BITS = (50, 60, 64, 72, 76, 80, 84, 88)


def schemes() -> Mapping[str, Found]:
    """When each scheme says yes, by its name in the tables; ours last."""
    tiers = tuple(Tier)

    def peer_says_yes(name: str, threshold: int) -> Found:
        def says_yes(trial: Trial) -> bool:
            distance = trial.peers[name]
            return distance is not None and distance <= threshold

        return says_yes

    def at_least(weakest: Tier) -> Found:
        accepted = tiers[: tiers.index(weakest) + 1]
        return lambda trial: trial.tier in accepted

    return {peer.name: peer_says_yes(peer.name, peer.threshold) for peer in PEERS} | {
        "hashsvc strong": at_least(Tier.STRONG),
        "hashsvc strong + likely": at_least(Tier.LIKELY),
        "hashsvc all tiers": at_least(Tier.POSSIBLE),
    }


@dataclass(frozen=True, slots=True)
class Recall:
    """Per cent of photos found again."""

    edit: str
    group: str
    found: Mapping[str, float]  # by scheme


def recall_by_edit(trials: Sequence[Trial]) -> list[Recall]:
    """One row for each of the 117 edits, and the inverted picture last."""
    tried: dict[str, list[Trial]] = {}
    for trial in trials:
        tried.setdefault(trial.edit, []).append(trial)
    return [
        Recall(
            edit.name,
            "" if edit is INVERT else edit.group.value,
            {
                name: 100 * fmean(map(says_yes, tried[edit.name]))
                for name, says_yes in schemes().items()
            },
        )
        for edit in (*EDITS, INVERT)
    ]


def recall_by_group(by_edit: Sequence[Recall]) -> list[Recall]:
    """The plain mean over the edits of each group, then over all 117: `macro`."""
    counted = [row for row in by_edit if row.group]
    groups = [(group.value, [r for r in counted if r.group == group.value]) for group in Group]
    return [
        Recall("", name, {scheme: fmean(r.found[scheme] for r in rows) for scheme in schemes()})
        for name, rows in (*groups, ("macro", counted))
    ]


@dataclass(frozen=True, slots=True)
class Strangers:
    """Pairs of unrelated signatures within a PDQ distance."""

    pdq_bits: int
    any_dhash: int
    within_dhash: Mapping[int, int]  # by dHash distance


def strangers(tally: Tally) -> list[Strangers]:
    """Counts of all pairs, for each PDQ distance in the table."""
    return [
        Strangers(
            bits,
            sum(n for (_, pdq, _), n in tally.near.items() if pdq <= bits),
            {
                most: sum(n for (_, pdq, dh), n in tally.near.items() if pdq <= bits and dh <= most)
                for most in DHASH_BITS
            },
        )
        for bits in PDQ_BITS
    ]


@dataclass(frozen=True, slots=True)
class Tail:
    """An exponential through the counts at 70 to 82 bits: the chance that a pair is within."""

    slope: float  # natural logarithm per bit
    at_82: float  # chance of a pair to be within 82 bits

    def within(self, bits: int) -> float:
        """Extrapolated chance that two unrelated signatures are at most `bits` apart."""
        return self.at_82 * math.exp(self.slope * (bits - _FIT_TO))


def tail(tally: Tally) -> Tail | None:
    """Fit it; None where too few pairs are within 82 bits."""
    counts = [
        (bits, sum(n for (_, pdq, _), n in tally.near.items() if pdq == bits))
        for bits in range(_FIT_FROM, _FIT_TO + 1)
    ]
    near = sum(n for _, n in counts)
    if near < _FEWEST_TO_FIT:
        return None
    # The maximum-likelihood slope of an exponential, from the mean distance below 82 bits; two
    # bits apart, as sound PDQ hashes are.
    mean_below = sum(n * (_FIT_TO - bits) for bits, n in counts) / near
    slope = math.log1p(2 / mean_below) / 2 if mean_below else math.inf
    return Tail(slope, near / sum(tally.pairs.values()))


@dataclass(frozen=True, slots=True)
class Price:
    """What a scheme costs for each photo."""

    scheme: str
    stored: float  # signatures
    asked: float  # signatures an upload
    milliseconds: float  # of CPU an upload


def prices(measured: Measured) -> list[Price]:
    """Ours and others'."""
    trials = measured.trials
    peers = [
        Price(
            peer.name,
            1,
            16 if "rotations" in peer.name else 1,
            fmean(trial.peer_milliseconds[peer.name] for trial in trials),
        )
        for peer in PEERS
    ]
    ours = Price(
        "hashsvc",
        len(measured.listed) / len(measured.photos.reported),
        fmean(trial.signatures for trial in trials),
        fmean(trial.milliseconds for trial in trials),
    )
    return [*peers, ours]
