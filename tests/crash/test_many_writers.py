"""Eight writers at once: whoever follows the log sees every change once, in one order."""

import threading
import time

import pytest

from indexer.records import ChangeKind, Stream
from indexer.store.chains import Entry, follows
from tests.crash.chances import ROUNDS, chance
from tests.indexer.factories import log_of, opened

WRITERS = 8
EACH = 20 * ROUNDS
LONGEST_SECONDS = 0.01  # between insert and commit
pytestmark = pytest.mark.slow


def slowly_in_threads(write):
    """Eight threads that write, each with a seed of its own."""
    threads = [
        threading.Thread(target=_repeat, args=[write, chance(f"writer {number}"), number])
        for number in range(WRITERS)
    ]
    for thread in threads:
        thread.start()
    return threads


def _repeat(write, chances, number):
    for turn in range(EACH):
        write(1 + number * EACH + turn, chances.uniform(0, LONGEST_SECONDS))


def follow_until_ended(threads, look):
    while any(thread.is_alive() for thread in threads):
        look()
    look()


class Poller:
    """Reads what is new; keeps what it saw, and whether each row followed the one before."""

    def __init__(self, store):
        self._store = store
        head, _ = log_of(store)
        self._seq, self._digest = head.seq, head.digest
        self.seen = []

    def look(self):
        with self._store.snapshot() as tx:
            head = tx.changes.head()
            rows = tx.changes.after(self._seq, limit=1_000_000)
        for row in rows:
            assert follows(Stream.CHANGE, row, seq=self._seq, digest=self._digest)
            self._seq, self._digest = row.seq, row.digest
            self.seen.append(row.signature_id)
        assert self._seq == head.seq  # who sees the head has everything before it


@pytest.mark.goal("G5")
def test_a_follower_misses_nothing(store, figure):
    poller = Poller(store)

    def write(id_, seconds):
        with store.transaction() as tx:
            tx.changes.append([Entry(ChangeKind.ADD, id_, "{}")], day=1)
            time.sleep(seconds)

    follow_until_ended(slowly_in_threads(write), poller.look)

    assert sorted(poller.seen) == list(range(1, WRITERS * EACH + 1))
    figure(f"{WRITERS * EACH:,} changes by {WRITERS} writers: 0 missed, each once, in one order")


@pytest.mark.postgres
@pytest.mark.control("G5")
def test_a_follower_of_serial_numbers_misses_some(postgres_databases, figure):
    """The control: numbers are given at the insert and are seen at the commit."""
    with postgres_databases.fresh() as url, opened(url) as store:
        with store.transaction() as tx:
            tx.connection.exec_driver_sql("CREATE TABLE naive (seq bigserial, id bigint)")
        seen = {}

        def write(id_, seconds):
            with store.transaction() as tx:
                tx.connection.exec_driver_sql("INSERT INTO naive (id) VALUES (%s)", (id_,))
                time.sleep(seconds)

        def look():
            last = max(seen, default=0)
            with store.snapshot() as tx:
                found = "SELECT seq, id FROM naive WHERE seq > %s"
                seen.update(map(tuple, tx.connection.exec_driver_sql(found, (last,))))

        follow_until_ended(slowly_in_threads(write), look)

        assert len(seen) < WRITERS * EACH
        figure(f"serial numbers: {WRITERS * EACH - len(seen)} of {WRITERS * EACH:,} missed")
