"""A missing tool is passed over, except where it is required."""

import pytest

from tests.availability import unavailable


@pytest.mark.parametrize("required", ["", "node,browser", "postgres-15"])
def test_what_is_not_required_is_skipped(monkeypatch, required):
    monkeypatch.setenv("HASHSVC_TEST_REQUIRE", required)

    with pytest.raises(pytest.skip.Exception, match="nothing installed"):
        unavailable("postgres", "nothing installed")


@pytest.mark.parametrize("required", ["postgres", "node, postgres"])
def test_what_is_required_fails(monkeypatch, required):
    monkeypatch.setenv("HASHSVC_TEST_REQUIRE", required)

    with pytest.raises(pytest.fail.Exception, match="nothing installed"):
        unavailable("postgres", "nothing installed")
