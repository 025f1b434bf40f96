"""Sends hints to webhooks: signed, one at a time to each address, again where it did not arrive."""

import asyncio
import json
import ssl
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx

from api.metrics import Metrics
from api.security.crockford import random_id
from api.security.destinations import Destination, DestinationRule
from api.security.errors import AddressRefusedError
from api.security.webhook_signatures import WebhookSigner
from hashsvc.closed_sets import FeedKind
from hashsvc.times import now
from indexer.platform_records import NewEntry
from indexer.store import Store, Transaction
from indexer.store.deliveries import Claimed
from indexer.store.webhooks import Outcome

SECONDS = 5.0  # for one try, from looking up the name to the first line of the answer
# Waits after the first failure in a row, the second, ...: three days of six hours at the end.
WAITS = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    *(timedelta(hours=6),) * 12,
)
_CLAIM = timedelta(minutes=1)  # longer than any try: afterwards its worker is taken for dead
_AT_ONCE = 64
_RESOLVERS = 8


@dataclass(frozen=True, slots=True)
class WebhookDelivery:
    """Looks at what waits; several processes may do so at the same time."""

    store: Store
    signer: WebhookSigner
    destinations: DestinationRule
    metrics: Metrics
    seconds: float = SECONDS
    time_of_day: Callable[[], datetime] = now
    trusted: ssl.SSLContext = field(default_factory=httpx.create_ssl_context)
    # A name server that hangs holds one of these threads, and no worker.
    _resolving: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_RESOLVERS, "webhook-names")
    )

    def look(self) -> int:
        """Send everything that is due; how many tries that were."""
        with self.store.transaction() as tx:
            tx.deliveries.queue_hints(new_id=lambda: random_id("dlv_"), at=self.time_of_day())
        tried = 0
        while claimed := self._claim():
            self._record(claimed, asyncio.run(self._send_all(claimed)))
            tried += len(claimed)
        return tried

    def _claim(self) -> list[Claimed]:
        at = self.time_of_day()
        with self.store.transaction() as tx:
            return tx.deliveries.claim(at=at, until=at + _CLAIM, limit=_AT_ONCE)

    async def _send_all(self, claimed: Sequence[Claimed]) -> list[Outcome]:
        return await asyncio.gather(*(self._send(one) for one in claimed))

    async def _send(self, claimed: Claimed) -> Outcome:
        try:
            async with asyncio.timeout(self.seconds):
                loop = asyncio.get_running_loop()
                destination = await loop.run_in_executor(
                    self._resolving, self.destinations.checked, claimed.address
                )
                return _judged(await self._post(destination, claimed))
        except AddressRefusedError:
            return Outcome.FORBIDDEN
        except TimeoutError:
            return Outcome.TIMED_OUT
        except (OSError, httpx.HTTPError):
            return Outcome.UNREACHABLE

    async def _post(self, destination: Destination, claimed: Claimed) -> int:
        """The status of the answer; nothing else of it is read."""
        body = _body(claimed)
        url = httpx.URL(destination.url)
        headers = {
            "Content-Type": "application/json",
            "Host": url.netloc.decode(),
            "User-Agent": "hashsvc",
            **self.signer.headers(
                claimed.delivery.delivery_id, body, claimed.secrets, at=self.time_of_day()
            ),
        }
        # The checked address is called; the certificate is still that of the name.
        async with (
            httpx.AsyncClient(verify=self.trusted, trust_env=False, timeout=self.seconds) as client,
            client.stream(
                "POST",
                url.copy_with(host=destination.address),
                content=body,
                headers=headers,
                extensions={"sni_hostname": destination.host},
                follow_redirects=False,
            ) as answer,
        ):
            return answer.status_code

    def _record(self, claimed: Sequence[Claimed], outcomes: Sequence[Outcome]) -> None:
        at = self.time_of_day()
        with self.store.transaction() as tx:
            kept = [
                self._kept(tx, one, outcome, at=at)
                for one, outcome in zip(claimed, outcomes, strict=True)
            ]
            tx.feeds.append([notice for notice in kept if notice is not None], at=at)
        for outcome in outcomes:
            self.metrics.webhook_deliveries.labels(outcome).inc()

    def _kept(
        self, tx: Transaction, claimed: Claimed, outcome: Outcome, *, at: datetime
    ) -> NewEntry | None:
        """What the platform is told of it: something where its address is given up."""
        if outcome is Outcome.DELIVERED:
            tx.deliveries.delivered(claimed, at=at)
            return None
        if claimed.failures < len(WAITS):
            next_at = at + WAITS[claimed.failures]
            tx.deliveries.failed(claimed, outcome, at=at, next_at=next_at)
            return None
        return _notice(claimed) if tx.deliveries.give_up(claimed, outcome, at=at) else None


def _judged(status: int) -> Outcome:
    if httpx.codes.is_success(status):
        return Outcome.DELIVERED
    return Outcome.REDIRECTED if httpx.codes.is_redirect(status) else Outcome.REFUSED


def _body(claimed: Claimed) -> bytes:
    """A hint only: no hash, no match, nothing that the feed does not say better."""
    delivery = claimed.delivery
    hint = {"type": delivery.kind, "data": {"head_seq": delivery.head_seq}}
    return json.dumps(hint, separators=(",", ":")).encode()


def _notice(claimed: Claimed) -> NewEntry:
    about = {"webhook_id": claimed.webhook_id}
    return NewEntry(claimed.platform_id, FeedKind.WEBHOOK_OFF, about=about)
