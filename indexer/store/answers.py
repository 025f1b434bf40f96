"""What idempotency keys were answered, kept in the transaction of the effect."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from indexer.platform_records import KeptAnswer, Request
from indexer.store import tables
from indexer.store.conflicts import insert_into
from indexer.store.policies import Policies

_kept = tables.kept_answer.c


@dataclass(frozen=True, slots=True)
class Answers:
    """Kept answers within one transaction."""

    connection: Connection
    policies: Policies

    def begin(self, request: Request, *, at: datetime) -> KeptAnswer | None:
        """Take an idempotency key; what it was answered before, where it is taken.

        Of two that come at the same time the second waits for the first one's commit.
        """
        taking = insert_into(self.connection, tables.kept_answer).values(
            platform_id=request.platform_id,
            route=request.route,
            key=request.key,
            request_mac=request.mac,
            answer=b"",
            kept_at=at,
        )
        taken = self.connection.scalar(taking.on_conflict_do_nothing().returning(_kept.key))
        return self._kept(request) if taken is None else None

    def keep(self, request: Request, answer: str) -> None:
        """Keep the answer to a key that was taken in this transaction, sealed."""
        own = self.policies.key(request.platform_id)
        self.connection.execute(
            update(tables.kept_answer)
            .where(
                _kept.platform_id == request.platform_id,
                _kept.route == request.route,
                _kept.key == request.key,
            )
            .values(answer=own.seal_text(answer, _about(request)))
        )

    def purge(self, *, before: datetime) -> None:
        """Forget answers that were kept before this time."""
        self.connection.execute(delete(tables.kept_answer).where(_kept.kept_at < before))

    def _kept(self, request: Request) -> KeptAnswer | None:
        row = self.connection.execute(
            select(tables.kept_answer).where(
                _kept.platform_id == request.platform_id,
                _kept.route == request.route,
                _kept.key == request.key,
            )
        ).one_or_none()
        if row is None:
            return None
        own = self.policies.key(request.platform_id)
        return KeptAnswer(row.request_mac, own.unseal_text(row.answer, _about(request)))


def _about(request: Request) -> str:
    return f"kept_answer/{request.route}/{request.key}"
