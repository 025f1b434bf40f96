"""Published pairs for integrators: what to ask, and the tier to expect. Made from no photo."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field

from api.schemas.signatures import SignatureIn
from hashsvc import Tier

_FILE = Path(__file__).parents[2] / "data" / "sandbox" / "signatures.json"
Distance = Annotated[int, Field(ge=0, le=256)]


class TestPair(BaseModel):
    """A signature that every sandbox lists, and one to ask about."""

    name: str = Field(examples=["strong at its edge"])
    pdq_distance: Distance
    dhash_distance: Distance | None
    tier: Tier | None = Field(description="What a sandbox answers; null: no match.")
    listed: SignatureIn
    asked: SignatureIn


class TestSignatures(BaseModel):
    """Every pair; bit patterns from a published seed."""

    seed: str
    pairs: list[TestPair]


@cache
def test_signatures() -> TestSignatures:
    """What `data/sandbox/signatures.json` holds."""
    return TestSignatures.model_validate_json(_FILE.read_text(encoding="utf-8"))
