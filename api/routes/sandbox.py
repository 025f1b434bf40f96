"""For integrators who try."""

from fastapi import APIRouter

from api.dependencies import AnyCaller
from api.schemas.sandbox import TestSignatures, test_signatures

router = APIRouter(prefix="/v1/test-signatures", tags=["sandbox"])


@router.get("")
def read_test_signatures(_caller: AnyCaller) -> TestSignatures:
    """Pairs of signatures with the tier to expect; a sandbox lists one side of each."""
    return test_signatures()
