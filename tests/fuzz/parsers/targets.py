"""Every target: one for each way in which bytes of others are read."""

from tests.fuzz.parsers import (
    credentials,
    documents,
    evidence,
    headers,
    packs,
    transparency,
)

TARGETS = [
    target
    for module in (credentials, packs, documents, headers, transparency, evidence)
    for target in module.TARGETS
]
BY_NAME = {target.name: target for target in TARGETS}
