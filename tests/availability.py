"""What a test needs and this machine lacks: passed over here, a failure where it is required."""

import os

import pytest


def unavailable(what, why):
    """Skip, or fail where HASHSVC_TEST_REQUIRE holds the word, as CI's does all of them.

    Args:
        what: one word: `postgres`, `node`, `browser`, `cc`, `hfind`, `images`, `mount`, `seccomp`.
        why: what is missing, for the report.
    """
    required = os.environ.get("HASHSVC_TEST_REQUIRE", "").split(",")
    if what in {word.strip() for word in required}:
        pytest.fail(f"{what} is required here: {why}", pytrace=False)
    pytest.skip(f"{what}: {why}")
