"""Beyond the limit of its network a case is opened after a small sum: by everybody, once."""

import pytest

from api.settings import Settings
from hashsvc.client.work import solution
from tests.api.bodies import IDEMPOTENCY_KEY, PIN, listing_of, open_case
from tests.api.conftest import TestClient
from tests.api.test_problems import is_problem
from tests.factories import make_signature
from tests.leaks import plant

OTHER_KEY = "another-key-of-20-signs"
BITS = 6


@pytest.fixture
def strict(start, connect):
    """One case an hour from each network."""
    return connect(start(case_openings_an_hour=1, case_work_bits=BITS))


def opening(client, *, key=IDEMPOTENCY_KEY, work=None, seed=1, **headers):
    """The answer to opening a case."""
    headers |= {"Idempotency-Key": key} if key else {}
    headers |= {"Work": work} if work else {}
    body = {"pin": PIN, "signatures": listing_of(make_signature(seed=seed))}
    return client.post("/v1/cases", json=body, headers=headers)


def solved(refusal):
    work = refusal.json()["work"]
    return solution(work["challenge"], work["bits"])


def test_below_the_limit_nobody_is_asked_for_work(strict):
    assert open_case(strict).status_code == 201


def test_beyond_it_the_answer_is_a_challenge_and_its_solution_opens_the_case(strict):
    open_case(strict)

    refused = opening(strict)
    opened = opening(strict, work=solved(refused))

    assert is_problem(refused, 429, "work-needed")
    assert refused.json()["work"]["bits"] == BITS
    assert 0 < int(refused.headers["Retry-After"]) <= 3_600
    assert opened.status_code == 201


def test_one_solution_opens_one_case_however_often_it_is_sent(strict):
    open_case(strict)
    work = solved(opening(strict))

    numbers = {opening(strict, work=work).json()["case_number"] for _ in range(5)}
    another_body = opening(strict, work=work, seed=2)
    another_key = opening(strict, work=work, key=OTHER_KEY)

    assert len(numbers) == 1
    assert is_problem(another_body, 409, "idempotency-key-reused")
    assert is_problem(another_key, 429, "work-needed")


def test_a_solution_counts_at_every_worker_and_opens_one_case_there_too(start, connect):
    limited = {"case_openings_an_hour": 2, "case_work_bits": BITS, "workers": 2}
    one, other = (connect(start(**limited)) for _ in range(2))
    for worker, key in ((one, "first-key-of-20-signs"), (other, "second-key-of-20-signs")):
        assert opening(worker, key=key).status_code == 201

    work = solved(opening(one))
    numbers = {opening(worker, work=work).json()["case_number"] for worker in (one, other)}

    assert len(numbers) == 1


@pytest.mark.parametrize("work", ["A" * 48 + ".00000000", "_" * 48 + ".ffffffff"])
def test_a_made_up_solution_gets_another_challenge(strict, work):
    open_case(strict)

    assert is_problem(opening(strict, work=work), 429, "work-needed")


@pytest.mark.parametrize("work", ["", "easy", "A" * 48 + ".0000000g", "A" * 49 + ".00000000"])
def test_what_is_no_solution_is_refused_for_its_form(strict, work):
    answer = opening(strict, Work=work)

    assert is_problem(answer, 422, "invalid-field")


def test_without_a_key_there_is_nothing_to_bind_work_to(strict):
    open_case(strict)

    assert is_problem(opening(strict, key=None), 400, "idempotency-key-missing")


def test_a_request_that_is_refused_for_its_form_costs_nothing(strict):
    for _ in range(3):
        assert strict.post("/v1/cases", json={"pin": "1"}).status_code == 422

    assert open_case(strict).status_code == 201


def test_adding_to_a_case_asks_for_no_work(strict):
    number = open_case(strict).json()["case_number"]
    more = {"case_number": number, "pin": PIN, "signatures": listing_of(make_signature(seed=5))}

    assert strict.post("/v1/cases/signatures", json=more).status_code == 200


def test_what_was_asked_and_solved_is_counted(strict):
    open_case(strict)
    opening(strict, work=solved(opening(strict)))
    opening(strict, work="A" * 48 + ".00000000")

    told = strict.get("/metrics").text

    for outcome, times in (("asked", 2), ("solved", 1), ("wrong", 1)):
        assert f'hashsvc_case_work_total{{outcome="{outcome}"}} {times}.0' in told


class TestBehindAProxy:
    """Whose word about addresses is taken."""

    @pytest.fixture
    def behind(self, start, connect, visitors):
        """A service that trusts a proxy at 10.0.0.1, as two visitors reach it."""
        trusted = start(case_openings_an_hour=1, trusted_proxies="10.0.0.0/24, ::1")
        connect(trusted)
        return lambda address: visitors(trusted, address)

    @pytest.fixture
    def visitors(self):
        return lambda app, address: TestClient(app, client=(address, 50_000))

    @staticmethod
    def freely(visitor, forwarded=None, *, key):
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        return opening(visitor, key=key, **headers).status_code == 201

    def test_a_trusted_proxys_word_counts(self, behind):
        proxy = behind("10.0.0.1")

        assert self.freely(proxy, "198.51.100.7", key="key-of-20-signs-00001")
        assert self.freely(proxy, "203.0.113.7", key="key-of-20-signs-00002")
        assert not self.freely(proxy, "203.0.113.9", key="key-of-20-signs-00003")

    def test_what_a_visitor_wrote_before_the_proxy_does_not(self, behind):
        proxy = behind("10.0.0.1")

        assert self.freely(proxy, "1.2.3.4, 198.51.100.7", key="key-of-20-signs-00001")
        assert not self.freely(proxy, "5.6.7.8, 198.51.100.7", key="key-of-20-signs-00002")

    def test_nobody_elses_word_does(self, behind):
        visitor = behind("192.0.2.7")

        assert self.freely(visitor, "198.51.100.7", key="key-of-20-signs-00001")
        assert not self.freely(visitor, "203.0.113.7", key="key-of-20-signs-00002")

    def test_by_default_no_proxys_word_does(self, start, connect, visitors):
        app = start(case_openings_an_hour=1)
        connect(app)
        local = visitors(app, "127.0.0.1")

        assert self.freely(local, "198.51.100.7", key="key-of-20-signs-00001")
        assert not self.freely(local, "203.0.113.7", key="key-of-20-signs-00002")


def test_no_address_stays_anywhere(start, connect, folder, caplog):
    """The database, its journal, logs, metrics, refusals; the suite looks at other output too."""
    address = plant("an address", "203.0.113.191")
    packed = bytes(int(part) for part in address.split("."))
    app = start(case_openings_an_hour=1, trusted_proxies="127.0.0.1")
    inside = connect(app)
    direct = TestClient(app, client=(address, 40_000))
    forwarded = TestClient(app, client=("127.0.0.1", 40_000))

    answers = [opening(direct, key=f"key-of-20-signs-0000{number}") for number in range(3)]
    answers.append(opening(forwarded, **{"X-Forwarded-For": address}))

    assert [answer.status_code for answer in answers] == [201, 429, 429, 429]
    said = caplog.text + inside.get("/metrics").text + "".join(answer.text for answer in answers)
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert len(kept) > 10_000
    for needle in (address.encode(), packed, packed[:3] + b"\0", packed.hex().encode()):
        assert needle not in kept + said.encode()


@pytest.mark.parametrize("trusted", ["proxy.example", "*", "10.0.0.0/33", "10.0.0.1/8", "10.0.0"])
def test_a_mistyped_proxy_stops_the_start(trusted, folder):
    with pytest.raises(ValueError, match="trusted_proxies"):
        Settings(data=folder, trusted_proxies=trusted)
