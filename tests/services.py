"""A real service in a process of its own, shared by the tests that cross HTTP."""

import pytest

from examples.demo.service import running_service


@pytest.fixture(scope="session")
def service(tmp_path_factory):
    """Where it answers (`url`), a platform's `key` for it, and its data folder (`data`)."""
    with running_service(tmp_path_factory.mktemp("service") / "data") as running:
        yield running
