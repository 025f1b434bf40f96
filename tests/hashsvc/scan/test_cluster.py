"""A cluster finds what one machine finds, whatever happens to its workers."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack, contextmanager

import pytest
from distributed import Client
from typer.testing import CliRunner

from hashsvc.cli.app import app
from hashsvc.scan import cluster, shards
from hashsvc.scan.answers import Asked
from hashsvc.scan.custody_log import CustodyLog
from hashsvc.scan.errors import ClusterError, EvidenceRefusedError, SelfTestError
from hashsvc.scan.exhibits import open_exhibit
from hashsvc.scan.journal import open_journal
from hashsvc.scan.kinds import Kind
from hashsvc.scan.reading import Other
from hashsvc.scan.records import Outcome, Reason
from hashsvc.scan.running import Order
from hashsvc.scan.sandbox import Limits
from hashsvc.scan.shards import Shard, look
from tests.factories import make_photo
from tests.hashsvc.scan.evidence import (
    make_folder,
    make_zip,
    matches_of,
    outcomes_of,
    scanned,
)

ORDER = Order("OB-17", "PC Example", asked=Asked.ESTIMATE)
# Prints the scheduler's address, then the workers' process ids; ends with its input.
CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        print(cluster.scheduler_address)
        print(*(nanny.pid for nanny in cluster.workers.values()), flush=True)
        sys.stdin.read()
"""


@contextmanager
def running_cluster(folder):
    """(address of a scheduler, process ids of its two workers)."""
    program = folder / "cluster.py"
    program.write_text(CLUSTER)
    with subprocess.Popen(
        [sys.executable, program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    ) as running:
        address = running.stdout.readline().strip()
        yield address, [int(word) for word in running.stdout.readline().split()]
        running.stdin.close()


@pytest.fixture(scope="module")
def machines(tmp_path_factory):
    """A cluster that tests share."""
    with running_cluster(tmp_path_factory.mktemp("cluster")) as found:
        yield found


@pytest.fixture
def spoiled(tmp_path):
    """Starts a cluster of its own, so many of whose two workers think wrongly of "abc"."""
    with ExitStack() as stack:

        def start(count):
            address, _ = stack.enter_context(running_cluster(tmp_path))
            with Client(address, set_as_default=False) as client:
                wrong = list(client.nthreads())[:count]
                client.run(
                    exec, "import hashsvc.scan.self_test as t; t._ABC = ''", {}, workers=wrong
                )
            return address, wrong

        yield start


@pytest.fixture
def small_shards(monkeypatch):
    """Five files each: a few photos make many."""
    monkeypatch.setattr(cluster.ClusterScanner.__init__, "__kwdefaults__", {"shard_files": 5})


def make_evidence(root):
    """The usual files, nested archives, and photos large enough to be estimated."""
    make_folder(root)
    make_zip(root / "nested.zip")
    for number, seed in enumerate([41, 41, 5, 5, 6, 7, 8, 9]):
        body = make_photo(seed=seed, width=600, height=520)
        (root / f"{number}.jpg").write_bytes(body)
    (root / "large.jpg").write_bytes(make_photo(seed=41, width=640, height=480))
    return root


def everything(output):
    """All that a scan says."""
    return outcomes_of(output), matches_of(output)


def hashed_or_copy(rows):
    """Which of several copies came first is for the cluster to say."""
    return {
        path: ("photo", None) if row[0] in {Outcome.HASHED, Outcome.DUPLICATE} else row
        for path, row in rows.items()
    }


@pytest.mark.slow
def test_a_cluster_finds_what_one_machine_finds(machines, small_shards, tmp_path, pack):
    sources = [make_evidence(tmp_path / "evidence"), make_zip(tmp_path / "x.zip")]
    alone = scanned(sources, pack, tmp_path / "alone", order=ORDER)

    totals = scanned(sources, pack, tmp_path / "out", order=ORDER, scheduler=machines[0])

    assert totals == alone
    assert alone.matched > 2
    (found, matches), (found_alone, matches_alone) = map(
        everything, (tmp_path / "out", tmp_path / "alone")
    )
    assert matches == matches_alone
    assert hashed_or_copy(found) == hashed_or_copy(found_alone)


@pytest.mark.slow
def test_killed_workers_and_a_second_run_change_nothing(machines, small_shards, tmp_path, pack):
    address, workers = machines
    source = make_evidence(tmp_path / "evidence")
    alone = scanned([source], pack, tmp_path / "alone", order=ORDER)
    looks = iter(range(1_000))

    def kill_one_then_the_other():
        if (look := next(looks)) in (3, 6):
            os.kill(workers[look // 3 - 1], signal.SIGKILL)
        return False

    totals = scanned(
        [source],
        pack,
        tmp_path / "out",
        order=ORDER,
        scheduler=address,
        stopping=kill_one_then_the_other,
    )

    assert next(looks) > 6
    assert totals == alone
    assert matches_of(tmp_path / "out") == matches_of(tmp_path / "alone")
    before = everything(tmp_path / "out")
    assert scanned([source], pack, tmp_path / "out", order=ORDER, scheduler=address) == alone
    assert everything(tmp_path / "out") == before


@pytest.mark.slow
def test_stopped_it_goes_on_without_the_cluster(machines, small_shards, tmp_path, pack):
    source = make_evidence(tmp_path / "evidence")
    alone = scanned([source], pack, tmp_path / "alone", order=ORDER)
    looks = iter([False, True])

    totals = scanned(
        [source],
        pack,
        tmp_path / "out",
        order=ORDER,
        scheduler=machines[0],
        stopping=lambda: next(looks, True),
    )

    assert 0 < totals.pending < totals.enumerated
    assert scanned([source], pack, tmp_path / "out", order=ORDER) == alone


@pytest.mark.slow
def test_a_worker_that_fails_its_self_test_gets_no_work_and_is_named(
    spoiled, small_shards, tmp_path, pack
):
    source = make_evidence(tmp_path / "evidence")
    alone = scanned([source], pack, tmp_path / "alone", order=ORDER)
    address, (wrong,) = spoiled(1)
    said = []

    totals = scanned(
        [source], pack, tmp_path / "out", order=ORDER, scheduler=address, warned=said.append
    )

    assert totals == alone
    (sentence,) = said
    assert wrong in sentence
    assert "(digests): it gets no work" in sentence
    passed = {
        event.details["worker"].split(", ")[1]: event.details["passed"]
        for event in CustodyLog(tmp_path / "out").events()
        if "worker" in event.details
    }
    assert len(passed) == 2
    assert [worker for worker, good in passed.items() if not good] == [wrong]
    with Client(address, set_as_default=False) as client:
        assert wrong not in client.nthreads()


@pytest.mark.slow
def test_a_cluster_without_a_worker_that_passes_cannot_scan(spoiled, tmp_path, pack):
    source = make_folder(tmp_path / "evidence")
    address, _ = spoiled(2)

    with pytest.raises(SelfTestError, match="every worker"):
        scanned([source], pack, tmp_path / "out", order=ORDER, scheduler=address)

    with open_journal(tmp_path / "out") as journal:
        totals = journal.totals()
        assert totals.pending == len(list(journal.pending(1)))


def test_a_shard_is_halved_down_to_its_last_file():
    shard = Shard(1, "x", "", tuple((number, None) for number in range(5)), Asked.FULL, Limits())

    first, second = shard.halves()

    assert first.files + second.files == shard.files
    assert len(first.files) == 2


def test_a_worker_that_sees_another_source_says_so(tmp_path):
    archive = make_zip(tmp_path / "x.zip")

    with pytest.raises(EvidenceRefusedError, match="another source"):
        look(Shard(1, str(archive), "1 1", (), Asked.FULL, Limits()))


def test_a_worker_reads_digests_and_hashes(tmp_path):
    source = open_exhibit(str(make_folder(tmp_path / "x")), number=1, output=tmp_path).source
    files = tuple(enumerate(source.files()))

    looked = look(Shard(1, str(tmp_path / "x"), "", files, Asked.FULL, Limits()))

    found = {dict(files)[one.file_id].path: one for one in looked.seen}
    assert len(looked.seen) == len(files)
    assert found[b"b/notes.txt"].found == Other(Kind.OTHER)
    assert found[b"b/cut short.jpg"].found is Reason.DECODE
    copies = [found[b"a/copy of planted"], found[b"a/planted.jpg"]]
    assert copies[0].digests == copies[1].digests
    assert [one.found is None for one in copies] == [False, True]


def test_without_a_scheduler_nothing_is_done(tmp_path, pack, monkeypatch):
    monkeypatch.setattr(cluster, "_CONNECTING_SECONDS", 0.1)
    source = make_folder(tmp_path / "evidence")

    with pytest.raises(ClusterError, match="reached"):
        scanned([source], pack, tmp_path / "out", order=ORDER, scheduler="tcp://127.0.0.1:9")

    with open_journal(tmp_path / "out") as journal:
        assert journal.totals().pending == len(list(journal.pending(1)))


@pytest.mark.parametrize(
    "address", ["host", "host:8786", "tls://host", "ftp://host:1", "tls://a b:1"]
)
def test_what_is_no_scheduler_s_address_is_wrong_usage(address, tmp_path):
    files = ("--pack", "x", "--pack-key", "x", "--trust", "x", "--output", tmp_path / "out")

    said = CliRunner().invoke(app, [*map(str, ("scan", tmp_path, *files)), "--scheduler", address])

    assert said.exit_code == 2
    assert "tls://host:port" in said.stderr
    assert not (tmp_path / "out").exists()


def test_without_the_extra_it_is_told(tmp_path, pack, monkeypatch):
    monkeypatch.setitem(sys.modules, "hashsvc.scan.cluster", None)
    source = make_folder(tmp_path / "evidence")

    with pytest.raises(ClusterError, match="pip install"):
        scanned([source], pack, tmp_path / "out", order=ORDER, scheduler="tcp://127.0.0.1:9")


def test_shards_are_of_two_thousand_files():
    assert shards.FILES == 2_000
