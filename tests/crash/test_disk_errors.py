"""Whichever write fails, what SQLite acknowledged is there, and whoever wrote is told."""

import json
import os
import subprocess
import sys

import pytest
from sqlalchemy import make_url

from tests.crash.chances import LONG, chance
from tests.crash.failing import HONEST, SWALLOWING
from tests.crash.shims.compiling import compiled
from tests.crash.writers import REPOSITORY

WAL_FULL = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL")


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    return compiled("io_errors", tmp_path_factory.mktemp("shim"))


@pytest.fixture
def fail(shim, sqlite_databases, tmp_path):
    """Every run: each n, each error, once and for good."""

    def failed(mode, *settings):
        # `make soak` takes every write, the short form every fifth from a random one on.
        step = 1 if LONG else 5
        which = [str(1 + chance("disk errors").randrange(step)), str(step), mode, *settings]
        disk = tmp_path / "disk"
        disk.mkdir()
        told = {"LD_PRELOAD": str(shim), "FAIL_BELOW": str(disk), "PYTHONPATH": str(REPOSITORY)}
        with sqlite_databases.fresh() as url:
            words = ["-m", "tests.crash.failing", make_url(url).database, disk, *which]
            done = subprocess.run(
                [sys.executable, *words],
                cwd=REPOSITORY,
                env=os.environ | told,
                capture_output=True,
                text=True,
                check=False,
            )
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    return failed


@pytest.mark.slow
@pytest.mark.goal("G3")
@pytest.mark.parametrize("settings", [(), WAL_FULL], ids=["ours", "wal-full"])
def test_nothing_acknowledged_is_lost_whichever_write_fails(fail, settings, figure):
    runs = fail(HONEST, *settings)

    assert len(runs) > 20
    assert {run["errno"] for run in runs} == {5, 28}
    assert [run for run in runs if run["lost"] or not run["sound"]] == []
    assert sum(run["told"] > 0 for run in runs) > len(runs) / 4
    mode, highest = "WAL/FULL" if settings else "ours", max(run["at"] for run in runs)
    figure(f"{mode}: {len(runs)} runs, EIO and ENOSPC up to write {highest}: 0 false acknowledged")


@pytest.mark.slow
@pytest.mark.control("G3")
def test_a_writer_that_swallows_errors_loses_some(fail, figure):
    """The control."""
    runs = fail(SWALLOWING)

    gone = sum(run["lost"] for run in runs)
    assert gone > 0
    figure(f"errors swallowed: {gone} acknowledged cases lost in {len(runs)} runs")
