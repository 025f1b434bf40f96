"""A process whose disk fails at each write and sync in turn; it prints what came of it.

`python -m tests.crash.failing TEMPLATE FOLDER FIRST STEP MODE [SETTING...]`. For each error, each n
from FIRST in steps: a fresh copy of the database, and a few cases, of whose writes the n-th fails.
One line of JSON a run.
"""

import ctypes
import errno
import json
import shutil
import sys
from contextlib import closing
from itertools import count
from pathlib import Path

from sqlalchemy import event, text

from indexer.errors import StoreUnavailableError
from indexer.store import Store
from tests.crash.writers import lost
from tests.indexer.factories import make_key_ring, open_case, opened

CASES = 4
HONEST, SWALLOWING = "honest", "swallowing"


def attempt(url, shim, *, at, error, sticky, mode, settings):
    """One run; None where the n-th write was never reached."""
    acknowledged, told = set(), 0
    with closing(Store.at(url, make_key_ring())) as store:
        event.listen(store.engine, "connect", lambda made, _: [made.execute(s) for s in settings])
        shim.shim_arm(at, error, sticky)
        for seed in range(CASES):
            try:
                open_case(store, 1, seed=seed)
            except StoreUnavailableError:
                told += 1
                if mode == HONEST:
                    continue
            acknowledged.add(seed)
        reached = shim.shim_count() >= at
        shim.shim_arm(0, 0, 0)
    return outcome(url, acknowledged, told) if reached else None


def outcome(url, acknowledged, told):
    with opened(url) as store:
        with store.snapshot() as tx:
            sound = tx.connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        return {"lost": len(lost(store, acknowledged)), "told": told, "sound": sound}


def main(template, folder, first, step, mode, *settings):
    shim = ctypes.CDLL(None)
    for error in (errno.EIO, errno.ENOSPC):
        for sticky in (0, 1):
            for at in count(int(first), int(step)):
                path = Path(folder) / f"{error}-{sticky}-{at}.db"
                shutil.copyfile(template, path)
                found = attempt(
                    f"sqlite:///{path}",
                    shim,
                    at=at,
                    error=error,
                    sticky=sticky,
                    mode=mode,
                    settings=settings,
                )
                if found is None:
                    break
                sys.stdout.write(json.dumps(found | {"at": at, "errno": error}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
