"""What each process saw of nearly equal questions, so that none of them counts alone."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from hashsvc import Algorithm, SignatureId
from indexer.alarm_records import Moves, ProbeTarget
from indexer.store.alarm_tables import probe_moves
from indexer.store.conflicts import insert_into, replacing

_PLACES_BYTES = 32
_moves = probe_moves.c
_KEY = [column.name for column in probe_moves.primary_key]


@dataclass(frozen=True, slots=True)
class Probes:
    """Moves within one transaction."""

    connection: Connection

    def share(self, moves: Collection[Moves], *, worker: str) -> None:
        """Let other processes read these, instead of what they could read before."""
        rows = [
            {
                "root_id": one.target.root_id,
                "algorithm": one.target.algorithm,
                "signature_id": one.target.signature_id,
                "worker": worker,
                "places": one.places.to_bytes(_PLACES_BYTES, "big"),
                "begun_at": one.begun_at,
            }
            for one in moves
        ]
        rows.sort(key=lambda row: (row["signature_id"], row["algorithm"]))  # one order for all
        adding = insert_into(self.connection, probe_moves)
        self.connection.execute(replacing(adding, _KEY, ["places", "begun_at"]), rows)

    def of_others(
        self, targets: Collection[ProbeTarget], *, worker: str, since: datetime
    ) -> Mapping[ProbeTarget, int]:
        """What was moved at other processes, a bit for each place; none where nothing was.

        Args:
            targets: about which.
            worker: who asks.
            since: what began earlier does not count.
        """
        rows = self.connection.execute(
            select(probe_moves).where(
                _moves.root_id.in_({one.root_id for one in targets}),
                _moves.signature_id.in_({one.signature_id for one in targets}),
                _moves.worker != worker,
                _moves.begun_at > since,
            )
        )
        union: dict[ProbeTarget, int] = {}
        for row in rows:
            id_ = SignatureId(row.signature_id)
            target = ProbeTarget(row.root_id, Algorithm(row.algorithm), id_)
            union[target] = union.get(target, 0) | int.from_bytes(row.places, "big")
        return union

    def purge(self, *, before: datetime) -> None:
        """Forget what began earlier."""
        self.connection.execute(delete(probe_moves).where(_moves.begun_at <= before))
