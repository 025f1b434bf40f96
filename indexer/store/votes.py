"""What platforms' decisions say about listed signatures: one voice a platform and signature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select

from hashsvc import SignatureId
from indexer.platform_records import Votes
from indexer.records import MatchId, PlatformId, Side
from indexer.store import tables
from indexer.store.conflicts import insert_into, replacing

_votes = tables.vote.c


@dataclass(frozen=True, slots=True)
class VoteBox:
    """Votes within one transaction."""

    connection: Connection

    def take_back(self, match_id: MatchId) -> list[SignatureId]:
        """Undo what an earlier decision about a match said; returns whom it spoke about."""
        taking = delete(tables.vote).where(_votes.match_id == match_id)
        taken = self.connection.scalars(taking.returning(_votes.signature_id))
        return [SignatureId(id_) for id_ in taken]

    def cast(
        self, match_id: MatchId, platform_id: PlatformId, side: Side, ids: Sequence[SignatureId]
    ) -> None:
        """Let a platform speak about signatures, in place of what it said before about them."""
        if not ids:
            return
        shared = {"platform_id": platform_id, "side": side, "match_id": match_id}
        casting = insert_into(self.connection, tables.vote)
        self.connection.execute(
            replacing(casting, ("signature_id", "platform_id"), ("side", "match_id")),
            [shared | {"signature_id": id_} for id_ in sorted(ids)],
        )

    def count(self, ids: Sequence[SignatureId]) -> Mapping[SignatureId, Votes]:
        """How many platforms spoke for and against each signature."""
        counted = {id_: Votes() for id_ in ids}
        rows = self.connection.execute(
            select(_votes.signature_id, _votes.side, func.count().label("voices"))
            .where(_votes.signature_id.in_(ids))
            .group_by(_votes.signature_id, _votes.side)
        )
        for row in rows:
            id_ = SignatureId(row.signature_id)
            counted[id_] = counted[id_].with_voices(Side(row.side), row.voices)
        return counted
