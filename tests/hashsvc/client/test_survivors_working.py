"""Clients do the work that a service asks for, by themselves."""

import pytest
from typer.testing import CliRunner

from examples.demo.service import running_service
from hashsvc.cli.app import app as cli
from hashsvc.client import SurvivorClient
from hashsvc.client.calls import Call, repeatable
from hashsvc.errors import WorkNeededError
from tests.factories import make_photo, make_signature

PIN = "402913"


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    """A real service that lets one case an hour through without work."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HASHSVC_CASE_OPENINGS_AN_HOUR", "1")
        with running_service(tmp_path_factory.mktemp("strict") / "data") as running:
            with SurvivorClient(running.url) as first:
                first.open_case([make_signature(seed=99)], PIN)
            yield running


def test_the_client_opens_a_case_beyond_the_limit(strict):
    told = []
    with SurvivorClient(strict.url) as survivor:
        access = survivor.open_case(
            [make_signature(seed=seed) for seed in range(200)], PIN, on_work=lambda: told.append(1)
        )

        assert survivor.status(access).signatures == 200
    assert told == [1]  # for the opening alone


def test_a_request_without_the_work_is_told_what_is_asked(strict):
    opening = {"pin": PIN, "signatures": [make_signature(seed=1).to_json()]}
    call = Call("POST", "/v1/cases", dict, opening, headers=repeatable())

    with SurvivorClient(strict.url) as survivor, pytest.raises(WorkNeededError) as caught:
        survivor.send(call)

    assert (caught.value.status, caught.value.problem, caught.value.bits) == (
        429,
        "work-needed",
        16,
    )


def test_the_command_opens_a_case_beyond_the_limit(strict, tmp_path):
    photo = tmp_path / "1.jpg"
    photo.write_bytes(make_photo(seed=3))
    words = ["case", "open", str(photo), "--server", strict.url, "--pin-stdin"]

    done = CliRunner().invoke(cli, words, input=f"{PIN}\n")

    assert done.exit_code == 0
    assert "One moment: many people use this network now." in done.stderr
    assert len(done.stdout.split()[-1]) == 19
