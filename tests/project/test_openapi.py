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


def test_no_secret_travels_in_an_address():
    for path, methods in json.loads(generated())["paths"].items():
        assert "{" not in path
        for operation in methods.values():
            places = {parameter["in"] for parameter in operation.get("parameters", [])}
            assert places <= {"header"}
