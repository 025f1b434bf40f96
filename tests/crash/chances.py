"""How often and when: a few times by default, as often as `make soak` says."""

import os
import random

ROUNDS = int(os.environ.get("HASHSVC_TEST_CRASHES", "2"))
LONG = ROUNDS >= 50  # the long forms of tests whose length is no number of crashes


def chance(name):
    """Random numbers whose seed is printed; HASHSVC_TEST_SEED repeats them."""
    seed = os.environ.get("HASHSVC_TEST_SEED") or str(random.SystemRandom().randrange(10**9))
    print(f"{name}: HASHSVC_TEST_SEED={seed}")  # noqa: T201  # shown where a test fails
    return random.Random(f"{name} {seed}")  # noqa: S311  # moments, not secrets
