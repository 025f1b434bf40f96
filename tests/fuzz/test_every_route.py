"""Every route of the document, with requests that fit it and requests that do not.

`make fuzz` sets HASHSVC_TEST_REQUESTS to 50,000.
"""

import json
import logging
import os
from collections import Counter, defaultdict
from contextlib import contextmanager

import pytest
import schemathesis
from argon2 import PasswordHasher
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.security.case_secrets import CaseSecrets
from api.security.peppers import Pepper
from tests.api.worlds import running_world
from tests.fuzz.answers import Log, check
from tests.fuzz.traffic import Traffic

REQUESTS = int(os.environ.get("HASHSVC_TEST_REQUESTS", "300"))
SEED = int(os.environ.get("HASHSVC_TEST_SEED", "1"))
SENT_PER_CASE = 3


def cheap_secrets(keys):
    """Weak on purpose, so that most of the time goes to what is looked for."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return CaseSecrets(Pepper(keys.pepper), hasher=hasher)


@contextmanager
def fuzzing(migrated_folder, folder, *, around=lambda app: app):
    """Traffic to a world, and the log of what it writes."""
    log, root = Log(), logging.getLogger()
    before = root.level
    options = {"case_secrets": cheap_secrets, "case_openings_an_hour": 1_000_000}
    with running_world(migrated_folder, folder, around=around, **options) as world:
        root.addHandler(log)
        root.setLevel(logging.INFO)
        try:
            yield Traffic(world, seed=SEED), log
        finally:
            root.removeHandler(log)
            root.setLevel(before)


class Fuzz:
    """A run over operations of the document; `answered` counts by status."""

    def __init__(self, traffic, log):
        self.traffic = traffic
        self.log = log
        answer = traffic.world.client.get("/openapi.json")
        document = answer.json()
        # Also what every answer's headers say: schemathesis draws words that it finds in code.
        self.words = json.dumps(document) + str(dict(answer.headers))
        config = schemathesis.Config()
        schema = schemathesis.openapi.from_dict(document, config=config)
        self.operations = [found.ok() for found in schema.get_all_operations()]
        self.answered = Counter()
        self.faults = defaultdict(list)

    def run(self, operation, mode, examples):
        """Send cases made from one operation."""
        route = f"{operation.method.upper()} {operation.path}"

        @seed(SEED)
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        @given(operation.as_strategy(generation_mode=mode))
        def every_answer_is_fit(case):
            for sent in self.traffic.requests_of(case, route):
                self._ask(case, sent, route)

        try:
            every_answer_is_fit()
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE  # nothing about it could be wrong

    def _ask(self, case, sent, route):
        """Send one request, and keep what is wrong with its answer: the run goes on."""
        self.log.taken()
        answer = self.traffic.send(sent)
        self.answered[answer.status_code] += 1
        try:
            check(case, sent, answer, self.log.taken(), words=self.words)
        except (AssertionError, FailureGroup) as wrong:
            self.faults[route].append(f"{type(wrong).__name__}: {wrong}\n{sent}")


@pytest.mark.slow
@pytest.mark.goal("G8")
def test_no_request_breaks_the_service(migrated_folder, tmp_path, figure):
    with fuzzing(migrated_folder, tmp_path / "var") as (traffic, log):
        fuzz = Fuzz(traffic, log)
        # Those that take nothing stand last in the document, and cannot use their share.
        for number, operation in enumerate(reversed(fuzz.operations), 1):
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                left = REQUESTS * number // len(fuzz.operations) - sum(fuzz.answered.values())
                share = left if mode is GenerationMode.NEGATIVE else left // 2
                fuzz.run(operation, mode, max(1, -(-share // SENT_PER_CASE)))

    total = sum(fuzz.answered.values())
    assert not fuzz.faults, "\n\n".join(faults[0] for faults in fuzz.faults.values())
    figure(
        f"{total:,} requests to {len(fuzz.operations)} operations, {total_of(fuzz, 2):,} taken, "
        f"{total_of(fuzz, 4):,} refused: 0 answers of 5xx, 0 outside the document, 0 secrets said"
    )
    assert total >= REQUESTS


def total_of(fuzz, hundreds):
    return sum(count for status, count in fuzz.answered.items() if status // 100 == hundreds)


class Faulty:
    """Stands before the application, and spoils one route in one way."""

    def __init__(self, app, fault):
        self.app = app
        self.fault = fault

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http" or scope["path"] != "/v1/matches" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        answer = self.fault(request)
        if answer is None:
            await self.app(scope, receive, send)
        else:
            answer.headers.update(
                {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
            )
            await answer(scope, receive, send)


def fails_on_one_input(request):
    return Response(status_code=500) if "state" in request.query_params else None


def says_what_was_asked(request):
    told = {"type": "/problems/x", "title": "x", "status": 422, "request_id": "x"}
    told["detail"] = f"No such caller: {request.headers['user-agent']}"
    return JSONResponse(told, 422, media_type="application/problem+json")


def answers_in_another_form(_request):
    return JSONResponse({"items": 3})


def answers_in_another_type(_request):
    return Response("items", media_type="text/plain")


def refuses_in_a_form_of_its_own(_request):
    return JSONResponse({"detail": "no"}, 400)


def writes_down_who_asked(request):
    logging.getLogger("hashsvc.requests").info("asked by %s", request.headers["user-agent"])


@pytest.mark.control("G8")
@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (fails_on_one_input, "AssertionError"),
        (says_what_was_asked, "an error says what was asked"),
        (answers_in_another_form, "Response violates schema"),
        (answers_in_another_type, "Undocumented Content-Type"),
        (refuses_in_a_form_of_its_own, "Undocumented Content-Type"),
        (writes_down_who_asked, "the log says what was asked"),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_a_fault_in_one_route_is_found(migrated_folder, tmp_path, figure, fault, found):
    def around(app):
        return Faulty(app, fault)

    with fuzzing(migrated_folder, tmp_path / "var", around=around) as (traffic, log):
        fuzz = Fuzz(traffic, log)
        (operation,) = (one for one in fuzz.operations if one.label == "GET /v1/matches")
        fuzz.run(operation, GenerationMode.POSITIVE, 30)

    faults = fuzz.faults["GET /v1/matches"]
    figure(f"a route that {fault.__name__.replace('_', ' ')}: found {len(faults)} times")
    assert any(found in one for one in faults)
