"""A sandbox as an integrator starts it: every published pair gets the answer that is published."""

import httpx
import pytest

from hashsvc.client import PlatformClient
from hashsvc.errors import RefusedError
from tests.golden.make_sandbox import FILE, text
from tests.project.sandboxes import running_sandbox


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


def published(sandbox):
    url, key = sandbox
    answer = httpx.get(f"{url}/v1/test-signatures", headers={"Authorization": f"Bearer {key}"})
    return answer.json()["pairs"]


def test_the_committed_pairs_are_the_generated_ones():
    assert FILE.read_text(encoding="utf-8") == text()


def test_every_pair_is_answered_as_published(sandbox):
    url, key = sandbox
    pairs = published(sandbox)
    items = [
        {"ref": f"pair-{number}", "signatures": [pair["asked"]]}
        for number, pair in enumerate(pairs)
    ]

    answer = httpx.post(
        f"{url}/v1/matches", json={"items": items}, headers={"Authorization": f"Bearer {key}"}
    )

    told = [line["tier"] for line in answer.json()["items"]]
    assert told == [pair["tier"] for pair in pairs]
    assert set(told) == {"strong", "likely", "possible", None}


def test_distances_of_pairs_are_what_they_say(sandbox):
    def distance(one, other):
        return (int(one, 16) ^ int(other, 16)).bit_count() if other else None

    for pair in published(sandbox):
        listed, asked = pair["listed"], pair["asked"]
        assert distance(listed["pdq"], asked["pdq"]) == pair["pdq_distance"]
        assert distance(listed["dhash"], asked["dhash"]) == pair["dhash_distance"]


def test_a_live_key_is_not_taken(sandbox):
    url, key = sandbox
    with PlatformClient(url, key.replace("hsk_test_", "hsk_live_")) as platform:
        with pytest.raises(RefusedError) as caught:
            platform.read_match("mat_00000000000000000000000000")

    assert caught.value.problem == "key-invalid"


def test_a_kept_folder_is_a_sandbox_again(tmp_path):
    kept = ("--data", str(tmp_path / "kept"))
    for _ in range(2):
        with running_sandbox(tmp_path, *kept) as running:
            pairs = published(running)
            assert len(pairs) >= 12


def test_clients_survive_a_bad_day(tmp_path):
    with running_sandbox(tmp_path, "--chaos", "0.3") as (url, key):
        with PlatformClient(url, key, pause_seconds=0.05) as platform:
            survived = sum(_asked(platform) for _ in range(20))

    assert survived >= 15  # four tries each: one in a hundred is refused in all of them


def _asked(platform):
    try:
        platform.changes()
    except RefusedError:
        return False
    return True
