"""SQLite loses nothing acknowledged when the power goes; the control's settings do."""

import os
import shutil
import subprocess
import sys
import time

import pytest
from sqlalchemy import make_url, text

from indexer.store.tombstones import read_tombstones
from tests.crash.chances import ROUNDS, chance
from tests.crash.shims.compiling import compiled
from tests.crash.writers import REPOSITORY, Writer, lost
from tests.indexer.factories import listed_in, opened

WAL_FULL = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL")
DELETE_FULL = ("PRAGMA journal_mode=DELETE", "PRAGMA synchronous=FULL")
WAL_NORMAL = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL")
# Withdrawals, each remembered before it is acknowledged; then the power goes.
REMEMBER = """
import os, sys
from pathlib import Path
from indexer.store.tombstones import TombstoneSink
from tests.indexer.factories import open_case, opened, withdraw_case
url, path = sys.argv[1:]
with opened(url) as store:
    sink = TombstoneSink(Path(path), store)
    for seed in range(3):
        withdraw_case(store, open_case(store, 1, seed=seed))
        sink.catch_up()
        os.write(1, b".")
    os.kill(os.getpid(), 9)
"""


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    return compiled("power_cut", tmp_path_factory.mktemp("shim"))


@pytest.fixture
def cut(shim, sqlite_databases, tmp_path):
    """Let a writer write, kill it, and open what a disk without power would hold."""
    chances = chance("power cut")

    def made(number, *settings):
        folder, shadow = tmp_path / f"disk-{number}", tmp_path / f"shadow-{number}"
        folder.mkdir()
        with sqlite_databases.fresh() as url:
            shutil.copyfile(make_url(url).database, folder / "store.db")
        shutil.copytree(folder, shadow)
        told = {"SHADOW_OF": str(folder), "SHADOW": str(shadow), "LD_PRELOAD": str(shim)}
        writer = Writer(f"sqlite:///{folder}/store.db", *settings, **told)
        time.sleep(chances.uniform(0.05, 0.5))
        writer.kill()
        return writer.acknowledged, folder, shadow

    return made


def lost_in(folder, acknowledged):
    with opened(f"sqlite:///{folder}/store.db") as store:
        with store.snapshot() as tx:
            assert tx.connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        assert len(listed_in(store)) >= len(acknowledged) - len(lost(store, acknowledged))
        return lost(store, acknowledged)


@pytest.mark.slow
@pytest.mark.goal("G2")
@pytest.mark.parametrize("settings", [(), WAL_FULL], ids=["ours", "wal-full"])
def test_a_power_cut_loses_nothing_that_was_acknowledged(cut, settings, figure):
    total = 0
    for number in range(ROUNDS):
        acknowledged, folder, shadow = cut(number, *settings)

        assert acknowledged
        total += len(acknowledged)
        assert lost_in(folder, acknowledged) == set()
        assert lost_in(shadow, acknowledged) == set()
    mode = "WAL/FULL" if settings else "ours"
    figure(f"{mode}: {ROUNDS} power cuts, {total:,} acknowledged, 0 lost, 0 corrupt")


@pytest.mark.slow
@pytest.mark.control("G2")
def test_settings_that_sync_less_lose_some_by_a_power_cut_and_none_by_a_kill(cut, figure):
    """The control: without it, the shim could be blind."""
    acknowledged, folder, shadow = cut(0, *WAL_NORMAL)

    assert lost_in(folder, acknowledged) == set()
    gone = len(lost_in(shadow, acknowledged))
    assert gone
    figure(f"WAL/NORMAL: {gone:,} of {len(acknowledged):,} lost by one power cut, 0 by a kill")


@pytest.mark.slow
@pytest.mark.control("G2")
def test_a_journal_whose_removal_is_not_synced_loses_some(cut, figure):
    """The control of EXTRA: with FULL the journal may come back, and undoes the last commit."""
    for number in range(10 * ROUNDS):
        acknowledged, folder, shadow = cut(number, *DELETE_FULL)
        assert lost_in(folder, acknowledged) == set()
        if gone := len(lost_in(shadow, acknowledged)):
            figure(f"DELETE/FULL: {gone} of {len(acknowledged):,} lost by power cut {number + 1}")
            return
    pytest.fail("every commit survived")


@pytest.mark.slow
def test_a_power_cut_loses_no_tombstone_that_was_written(shim, sqlite_databases, tmp_path):
    folder, shadow = tmp_path / "disk", tmp_path / "shadow"
    folder.mkdir()
    shadow.mkdir()
    told = {"SHADOW_OF": str(folder), "SHADOW": str(shadow), "LD_PRELOAD": str(shim)}
    with sqlite_databases.fresh() as url:
        done = subprocess.run(
            [sys.executable, "-c", REMEMBER, url, folder / "tombstones.jsonl"],
            cwd=REPOSITORY,
            env=os.environ | {"PYTHONPATH": str(REPOSITORY)} | told,
            capture_output=True,
            check=False,
        )

    assert done.stdout == b"...", done.stderr
    assert len(read_tombstones(shadow / "tombstones.jsonl").erased) == 3
