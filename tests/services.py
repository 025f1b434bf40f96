"""A real service in a process of its own, shared by the tests that cross HTTP."""

import os

import pytest

from examples.demo.service import running_service

# All tests come from one address; those about its limit set one.
os.environ.setdefault("HASHSVC_CASE_OPENINGS_AN_HOUR", "100000")


@pytest.fixture(scope="session")
def service(tmp_path_factory):
    """Where it answers (`url`), a platform's `key` for it, and its data folder (`data`)."""
    with running_service(tmp_path_factory.mktemp("service") / "data") as running:
        yield running
