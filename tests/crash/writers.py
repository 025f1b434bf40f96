"""A process that opens case after case, and says of each one that it was committed.

`python -m tests.crash.writers URL FIRST [SETTING...]`: the acknowledgement of a case is one line on
standard output, which its parent keeps: that is outside whatever is killed. A setting is a
statement for each new connection, in the place of ours, or `early`: acknowledge before the commit.
"""

import os
import subprocess
import sys
import threading
import time
from itertools import count
from pathlib import Path

from sqlalchemy import event

from indexer.store import tables
from tests.indexer.factories import AT, make_enrolments, make_new_case, make_number_mac, opened
from tests.indexer.rows import column

REPOSITORY = Path(__file__).parents[2]
EARLY = "early"
_EARLY_SECONDS = 0.2  # between an early acknowledgement and the commit
_FIRST_SECONDS = 60


def write(url, first, settings):
    """Open cases until killed."""
    statements = [one for one in settings if one != EARLY]
    with opened(url) as store:
        event.listen(store.engine, "connect", lambda made, _: _set(made, statements))
        for seed in count(first):
            with store.transaction() as tx:
                tx.cases.open(make_new_case(seed=seed), make_enrolments(1, start=seed), at=AT)
                if EARLY in settings:
                    acknowledge(seed)
                    time.sleep(_EARLY_SECONDS)
            if EARLY not in settings:
                acknowledge(seed)


def acknowledge(seed):
    os.write(1, b"%d\n" % seed)


def _set(connection, statements):
    cursor = connection.cursor()
    for statement in statements:
        cursor.execute(statement)
    cursor.close()
    if hasattr(connection, "autocommit"):  # psycopg began a transaction for it
        connection.commit()


class Writer:
    """The process, and what it acknowledged."""

    def __init__(self, url, *settings, first=0, **environment):
        self.acknowledged = set()
        self._begun = threading.Event()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.writers", url, str(first), *settings],
            cwd=REPOSITORY,
            env=os.environ | {"PYTHONPATH": str(REPOSITORY)} | environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        assert self._begun.wait(_FIRST_SECONDS), "nothing was written"

    def kill(self):
        """End it at once; what it acknowledged until then is known afterwards."""
        self._process.kill()
        self.ended()

    def ended(self):
        """Wait until it ends, however that comes."""
        self._process.wait()
        self._reader.join()
        self._process.stdout.close()

    def _read(self):
        for line in self._process.stdout:
            if line.endswith("\n"):
                self.acknowledged.add(int(line))
            self._begun.set()
        self._begun.set()


def lost(store, acknowledged):
    """Acknowledged cases that the database does not hold."""
    held = set(column(store, tables.case, "number_mac"))
    return {seed for seed in acknowledged if make_number_mac(seed) not in held}


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
