"""The same request twice has one effect and one answer, for 24 hours."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.security.api_keys import Caller
from api.security.peppers import Pepper, Purpose
from api.services.errors import KeyReusedError
from indexer.platform_records import Request
from indexer.store import Transaction

_KEEP = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Once:
    """A request that may come again: the client's key for it, and what it asks."""

    route: str
    key: str  # the header `Idempotency-Key`
    content: str  # the same for the same request, such as its JSON in one spelling


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as it is sent, and whether it is a repetition."""

    text: str
    replayed: bool


@dataclass(frozen=True, slots=True)
class Idempotency:
    """Answers requests once."""

    pepper: Pepper

    def answer(
        self,
        tx: Transaction,
        caller: Caller,
        once: Once,
        effect: Callable[[], str],
        *,
        at: datetime,
    ) -> Answered:
        """What was answered before, or what `effect` answers now, kept in the same transaction.

        Args:
            tx: the transaction of the effect.
            caller: whose request.
            once: which one.
            effect: does it, and writes the answer as it is sent.
            at: now.

        Raises:
            KeyReusedError: the key belongs to another request.
        """
        message = f"{once.route}\n{once.content}".encode()
        request = Request(
            platform_id=caller.platform.platform_id,
            route=once.route,
            key=once.key,
            mac=self.pepper.mac(Purpose.REPEAT, message),
        )
        kept = tx.answers.begin(request, at=at)
        if kept is None:
            text = effect()
            tx.answers.keep(request, text)
            return Answered(text, replayed=False)
        if not self.pepper.fits(kept.mac, Purpose.REPEAT, message):
            raise KeyReusedError
        return Answered(kept.answer, replayed=True)

    def purge(self, tx: Transaction, *, at: datetime) -> None:
        """Forget answers that are a day old."""
        tx.answers.purge(before=at - _KEEP)
