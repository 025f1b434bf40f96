"""How often each edit of a reported photo is found again."""

from dataclasses import dataclass
from pathlib import Path
from time import process_time

from benchmarks.edits import EDITS, INVERT
from benchmarks.robustness.ours import asked, stored, tier_of
from benchmarks.robustness.photo_set import read
from benchmarks.robustness.schemes import PEERS, nearest
from hashsvc.matching import LinearMatcher
from hashsvc.policies import Tier


@dataclass(frozen=True, slots=True)
class Trial:
    """One edit of one photo."""

    photo: int  # number among the reported ones, from 0
    edit: str
    tier: Tier | None  # ours
    peers: dict[str, int | None]  # least distance in bits, by the scheme's name
    signatures: int  # that we asked
    milliseconds: float  # of CPU, ours
    peer_milliseconds: dict[str, float]


@dataclass(frozen=True, slots=True)
class Task:
    """One reported photo with all its edits: what one process works on at a time."""

    number: int
    photo: Path
    companions: tuple[Path, ...]


def trials(task: Task) -> list[Trial]:
    """Try every edit of one photo against what was stored of it."""
    photo = read(task.photo)
    companions = [read(path) for path in task.companions]
    matcher = LinearMatcher(stored(photo))
    kept = {peer.name: peer.store(photo) for peer in PEERS}
    found = []
    for edit in (*EDITS, INVERT):
        upload = edit.apply(photo, number=task.number, companions=companions)
        query = asked(upload)
        distances, spent = {}, {}
        for peer in PEERS:
            started = process_time()
            asks = peer.ask(upload)
            spent[peer.name] = (process_time() - started) * 1000
            distances[peer.name] = nearest(kept[peer.name], asks)
        found.append(
            Trial(
                photo=task.number,
                edit=edit.name,
                tier=tier_of(query.signatures, matcher),
                peers=distances,
                signatures=len(query.signatures),
                milliseconds=query.milliseconds,
                peer_milliseconds=spent,
            )
        )
    return found
