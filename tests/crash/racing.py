"""One who withdraws and reports while others ask; what happened, on one clock."""

import threading
import time
from time import monotonic

from tests.crash.history import Event, Op
from tests.indexer.factories import listed_in, open_case, withdraw_case

POLL_SECONDS = 0.25
FRESH_SECONDS = 5
_NEAR = 3  # cases before and behind the one that is withdrawn now


class Reporter:
    """Opens cases, one signature each, and withdraws them in turn; straight in the store."""

    def __init__(self, store, events, withdrawals):
        self._store, self._events, self.withdrawals = store, events, withdrawals
        self.ids = {}  # a listed signature's id: its seed
        self.seqs = {}  # by seed, of acknowledged cases
        self._cases = {}  # by seed
        self._turn = 0
        self._listing = threading.Lock()  # so that the numbers of two cases differ

    def open_first(self):
        for seed in range(self.withdrawals):
            self._open(seed)

    def withdraw_and_open(self, chances, going_on, *, first=0, step=1):
        """Every case of the first ones goes, and another one comes; or every so manieth."""
        for seed in range(first, self.withdrawals, step):
            if not going_on():
                return
            time.sleep(chances.uniform(0, 0.05))
            self._turn = seed
            invoked = monotonic()
            withdraw_case(self._store, self._cases[seed])
            self._events.append(Event(Op.WITHDRAW, seed, invoked, monotonic()))
            with self._listing:
                self._open(self.withdrawals + seed)

    def seed_to_ask(self, chances):
        """Any of them, or one that comes or goes about now."""
        if chances.random() < 0.5:
            return chances.randrange(2 * self.withdrawals)
        beside = self._turn + chances.randint(-_NEAR, _NEAR)
        return chances.choice((0, self.withdrawals)) + beside % self.withdrawals

    def _open(self, seed):
        invoked = monotonic()
        case = open_case(self._store, 1, seed=seed)
        completed = monotonic()
        (id_,) = listed_in(self._store, case)
        self.ids[id_], self._cases[seed] = seed, case
        with self._store.snapshot() as tx:
            seq = self.seqs[seed] = tx.changes.head().seq  # its own, or of a withdrawal just after
        self._events.append(Event(Op.ADD, seed, invoked, completed, seq=seq))
