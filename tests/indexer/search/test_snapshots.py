"""Bases on disk: the same answers afterwards, and nothing loaded that was not published here."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.errors import SnapshotRefusedError, UnsafeFolderError
from indexer.search.csr import CsrBase
from indexer.search.manifests import Label, SnapshotKeys
from indexer.search.snapshots import Snapshots
from tests.contracts.test_every_matcher import lists_near_one_query
from tests.factories import make_listed, make_signature
from tests.indexer.factories import AT, make_secret

QUERY = make_signature()
KEYS = SnapshotKeys.derived(make_secret("kek"))
LABEL = Label(seq=7, log_digest=make_secret("log"))
REPOSITORY = Path(__file__).parents[3]


def snapshots_in(folder, keys=KEYS):
    return Snapshots(folder / "plain", folder / "sealed", keys)


def base_of(*ids):
    return CsrBase.of([make_listed(signature_id=id_) for id_ in ids])


@pytest.fixture
def snapshots(tmp_path):
    return snapshots_in(tmp_path)


@pytest.fixture
def published(snapshots):
    """Snapshots of which one is published and sealed."""
    snapshots.publish(base_of(1, 2, 3), LABEL, at=AT)
    snapshots.seal()
    return snapshots


def newest_folder(parent):
    return parent / (parent / "CURRENT").read_text()


def plain_of(snapshots):
    return newest_folder(snapshots.plain)


def sealed_of(snapshots):
    return newest_folder(snapshots.plain.parent / "sealed")


def ids_of(snapshot):
    return [hit.signature_id for hit in snapshot.base.find(QUERY, threshold=31)]


def after_a_reboot(snapshots):
    """Nothing in memory is left, or nothing there was checked on this machine."""
    (plain_of(snapshots) / "checked").unlink()


def change_one_bit(path, at=-1):
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def refused(snapshots):
    """Why the newest plain snapshot is refused."""
    with pytest.raises(SnapshotRefusedError) as caught:
        snapshots.load()
    return caught.value.why


def test_nothing_published_is_nothing_loaded(snapshots):
    assert snapshots.newest() is None
    assert snapshots.load() is None


@settings(
    max_examples=settings.default.max_examples // 5,  # each one writes 8 MB
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(drawn=lists_near_one_query(), threshold=st.integers(0, 256))
def test_a_base_answers_alike_before_and_after(tmp_path, drawn, threshold):
    query, listed = drawn
    base = CsrBase.of(listed)
    snapshots = snapshots_in(tmp_path)

    snapshots.publish(base, LABEL, at=AT)
    loaded = snapshots.load()

    assert loaded.base.find(query, threshold=threshold) == base.find(query, threshold=threshold)
    assert (loaded.label, loaded.built_at, loaded.name) == (LABEL, AT, snapshots.newest())


def test_arrays_are_mapped_and_cannot_be_written_to(published):
    pdq = published.load().base.columns.pdq

    assert isinstance(pdq.base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        pdq[0, 0] = 1


def test_nobody_else_can_read_anything(published):
    folders = [published.plain, plain_of(published), sealed_of(published).parent]

    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}


def test_no_byte_of_a_hash_is_in_the_sealed_copy(published):
    words = QUERY.pdq.words().tobytes()
    holds = [words in path.read_bytes() for path in plain_of(published).iterdir()]

    assert any(holds)
    assert not any(words in path.read_bytes() for path in sealed_of(published).iterdir())


def test_the_sealed_copy_takes_the_place_of_a_lost_plain_one(published, tmp_path):
    published.plain.rename(tmp_path / "gone at the reboot")
    assert published.load() is None

    published.unseal()

    assert ids_of(published.load()) == [1, 2, 3]
    assert published.load().label == LABEL


def test_nothing_sealed_is_nothing_unsealed(snapshots):
    snapshots.unseal()
    snapshots.seal()

    assert snapshots.load() is None


def test_a_newer_snapshot_removes_the_one_before_but_not_from_its_readers(published):
    before = published.load()

    published.publish(base_of(4), Label(8, make_secret("later")), at=AT)
    published.seal()

    assert ids_of(before) == [1, 2, 3]
    assert ids_of(published.load()) == [4]
    for folder in (published.plain, sealed_of(published).parent):
        assert sorted(path.name for path in folder.iterdir()) == [
            "CURRENT",
            published.newest(),
        ]


def test_the_same_state_can_be_published_again(published):
    first = published.newest()

    published.publish(base_of(1, 2, 3), LABEL, at=AT)

    assert published.newest() != first
    assert ids_of(published.load()) == [1, 2, 3]


ARRAYS = sorted(base_of(1).arrays())


@pytest.mark.parametrize("array", ARRAYS)
def test_a_changed_bit_in_any_array_is_refused(published, array):
    change_one_bit(plain_of(published) / f"{array}.npy")
    after_a_reboot(published)

    assert refused(published) == "a file's digest is not the manifest's"


@pytest.mark.parametrize("array", ARRAYS)
@pytest.mark.parametrize("bytes_more", [-1, 1], ids=["shorter", "longer"])
def test_a_file_of_another_length_is_refused_each_time(published, array, bytes_more):
    path = plain_of(published) / f"{array}.npy"
    content = path.read_bytes()
    path.write_bytes(content[:bytes_more] if bytes_more < 0 else content + b"\0")

    assert "cut off" in refused(published)


def test_a_file_of_another_form_is_refused_each_time(published):
    path = plain_of(published) / "pdq.npy"
    signed = np.load(path).view(np.int64)
    np.save(path, signed)

    assert "another form" in refused(published)


def test_a_file_that_is_no_array_is_refused(published):
    path = plain_of(published) / "pdq.npy"
    path.write_bytes(b"x" * path.stat().st_size)

    assert "another form" in refused(published)


@pytest.mark.parametrize("name", ["pdq.npy", "manifest.json"])
def test_a_missing_file_is_refused(published, name):
    (plain_of(published) / name).unlink()

    assert "missing" in refused(published)


def test_a_name_that_leads_nowhere_is_refused(published):
    (published.plain / "CURRENT").write_text("base-8-00000000")

    assert "missing" in refused(published)


@pytest.mark.parametrize(
    ("field", "value"), [("seq", 6), ("log_digest", "00" * 32), ("built_at", "2031-01-01")]
)
def test_an_altered_manifest_is_refused(published, field, value):
    path = plain_of(published) / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {field: value}))

    assert "altered" in refused(published)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": "1"}', '{"format": 0}', "\0"])
def test_a_damaged_manifest_is_refused(published, text):
    (plain_of(published) / "manifest.json").write_text(text)

    assert "damaged" in refused(published)


def test_a_snapshot_of_a_newer_version_is_refused(published):
    path = plain_of(published) / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 2}))

    assert "newer version" in refused(published)


def test_another_key_opens_neither_copy(published, tmp_path):
    other = snapshots_in(tmp_path, SnapshotKeys.derived(make_secret("other kek")))

    assert "another key" in refused(other)
    with pytest.raises(SnapshotRefusedError, match="another key"):
        other.unseal()


@pytest.mark.parametrize("place", [0, 40, -1], ids=["nonce", "body", "tag"])
def test_a_changed_bit_in_the_sealed_copy_is_refused(published, place):
    change_one_bit(sealed_of(published) / "pdq.npy", at=place)
    before = published.newest()

    with pytest.raises(SnapshotRefusedError, match="does not open"):
        published.unseal()

    assert published.newest() == before


def test_exchanged_sealed_files_are_refused(published):
    one, other = (sealed_of(published) / f"{name}.npy" for name in ("pdq", "dhash"))
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)

    with pytest.raises(SnapshotRefusedError, match="does not open"):
        published.unseal()


def test_a_folder_open_to_others_is_not_used(published):
    published.plain.chmod(0o755)

    with pytest.raises(UnsafeFolderError, match="chmod 700"):
        published.publish(base_of(4), LABEL, at=AT)


def test_a_folder_that_is_a_link_is_not_used(tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "plain").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(UnsafeFolderError):
        snapshots_in(tmp_path).publish(base_of(4), LABEL, at=AT)


PUBLISH = """
import json, os, resource, signal, sys
from pathlib import Path
from tests.indexer.search.test_snapshots import AT, LABEL, base_of, ids_of, snapshots_in

def publish(room, flushes):
    flush, left = os.fsync, flushes
    def counted(descriptor):
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        flush(descriptor)
    os.fsync = counted
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    try:
        snapshots.publish(base, LABEL, at=AT)
        snapshots.seal()
    except OSError:
        return 28
    return 0

snapshots, base = snapshots_in(Path(sys.argv[1])), base_of(4)
for room, flushes in json.loads(sys.argv[2]):
    child = os.fork()
    if not child:
        os._exit(publish(room, flushes))
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    plain = ids_of(snapshots.load())
    snapshots.unseal()
    print(json.dumps([code, plain, ids_of(snapshots.load())]))
"""
NEVER = PLENTY = 10**9


def publish_in_children(folder, *children):
    """Publish base 4 in a child for each (bytes that a file may have, flushes until it is killed).

    Returns:
        For each child its exit code and the ids found afterwards: in memory, and once unsealed.
    """
    command = [sys.executable, "-c", PUBLISH, str(folder), json.dumps(children)]
    said = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in said.stdout.splitlines()]


def test_without_room_the_snapshot_before_stays(published, tmp_path):
    children = [(0, NEVER), (100, NEVER), (4_000_000, NEVER), (PLENTY, NEVER)]

    found = publish_in_children(tmp_path, *children)  # the tables' starts have 4.2 MB

    assert found == [*[[28, [1, 2, 3], [1, 2, 3]]] * 3, [0, [4], [4]]]
    assert not list(tmp_path.rglob("*.draft"))


def test_killed_at_any_flush_a_whole_snapshot_is_left(published, tmp_path):
    found = publish_in_children(tmp_path, *[(PLENTY, flushes) for flushes in range(1, 36)])

    codes, plain, unsealed = zip(*found, strict=True)
    alive = codes.index(0)
    assert codes == (-9,) * alive + (0,) * (35 - alive)
    assert alive > 25  # files, manifests, folders and names, of both copies
    for seen in (plain, unsealed):
        turn = seen.index([4])
        assert turn > 0
        assert seen == ([1, 2, 3],) * turn + ([4],) * (35 - turn)
