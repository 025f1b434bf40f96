"""Workers share the limit of a network, and one solution opens one case at all of them."""

import httpx
import pytest

from api.security.key_files import make_key_files
from hashsvc.client.work import solution
from tests.api.bodies import PIN, listing_of
from tests.api.servers import Server
from tests.factories import make_signature

pytestmark = pytest.mark.postgres
TRIES = 40


@pytest.fixture
def server(postgres_databases, tmp_path, monkeypatch):
    """Two workers, four cases an hour."""
    folder = tmp_path / "var"
    folder.mkdir(mode=0o700)
    make_key_files(folder)
    with postgres_databases.empty() as url:
        monkeypatch.setenv("HASHSVC_DATABASE_URL", url)
        monkeypatch.setenv("HASHSVC_CASE_OPENINGS_AN_HOUR", "4")
        monkeypatch.setenv("HASHSVC_CASE_WORK_BITS", "6")
        server = Server(folder, "--workers", "2")
        yield server
        server.stop()


def opening(server, key, *, work=None):
    """The answer of whichever worker takes a new connection."""
    headers = {"Idempotency-Key": f"key-of-more-than-16-signs-{key}"}
    headers |= {"Work": work} if work else {}
    body = {"pin": PIN, "signatures": listing_of(make_signature(seed=1))}
    return httpx.post(f"{server.url}/v1/cases", json=body, headers=headers, timeout=60)


def test_two_workers_let_no_more_through_than_one_and_take_one_solution_once(server):
    answers = [opening(server, number) for number in range(TRIES)]
    asked = answers[-1].json()["work"]
    work = solution(asked["challenge"], asked["bits"])

    solved = [opening(server, TRIES - 1, work=work) for _ in range(10)]

    free = sum(answer.status_code == 201 for answer in answers)
    assert 2 <= free <= 4
    assert {answer.status_code for answer in solved} == {201}
    assert len({answer.json()["case_number"] for answer in solved}) == 1
    assert opening(server, TRIES, work=work).status_code == 429
