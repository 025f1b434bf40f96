"""The published contract is the one that the code fulfils."""

import json

from tests.project.openapi import DOCUMENT, generated


def test_the_committed_document_is_the_generated_one():
    assert DOCUMENT.read_text(encoding="utf-8") == generated(), "run `make golden`"


def test_every_operation_has_a_summary_and_a_description():
    paths = json.loads(generated())["paths"].values()
    operations = [operation for path in paths for operation in path.values()]

    assert len(operations) >= 8
    assert all(operation["summary"] and operation["description"] for operation in operations)


# What may stand in an address: opaque ids, words of closed sets, sizes. Never a secret or a hash.
HARMLESS = {"key_id", "match_id", "regime", "state", "tier", "surface", "cursor", "limit", "wait"}
HARMLESS |= {"bank", "startTimestamp", "pageSize", "nextPageToken"}  # also StopNCII's words
HARMLESS |= {"from", "to", "start", "member", "entry"}  # and NCMEC's: times, places, wire ids
HARMLESS |= {"webhook_id", "sweep_id", "period"}


def in_address(operation):
    return {
        parameter["name"]
        for parameter in operation.get("parameters", [])
        if parameter["in"] != "header"
    }


def test_no_secret_travels_in_an_address():
    for methods in json.loads(generated())["paths"].values():
        for operation in methods.values():
            assert in_address(operation) <= HARMLESS


def test_nothing_of_a_survivor_travels_in_an_address():
    paths = json.loads(generated())["paths"]
    survivors = {path: methods for path, methods in paths.items() if path.startswith("/v1/cases")}

    assert len(survivors) >= 4
    for path, methods in survivors.items():
        assert "{" not in path
        assert all(in_address(operation) == set() for operation in methods.values())


def test_errors_are_written_down_as_they_are_sent():
    """FastAPI would promise a 422 with the input in it; the real forms are ours."""
    document = json.loads(generated())
    operations = [one for methods in document["paths"].values() for one in methods.values()]

    for operation in operations:
        assert "422" not in operation["responses"]
        assert "application/problem+json" in operation["responses"]["4XX"]["content"]
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_every_answer_says_what_it_is():
    for path, methods in json.loads(generated())["paths"].items():
        for method, operation in methods.items():
            good = [answer for code, answer in operation["responses"].items() if code < "3"]
            assert all("content" in answer or "204" in operation["responses"] for answer in good), (
                f"{method} {path}"
            )
