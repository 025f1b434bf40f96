"""Looking back: which sweeps a platform was asked for, and what it did."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.dependencies import PageCursor, ServicesDep, SweepCaller
from api.schemas.sweeps import ReceiptIn, SweepsOut
from hashsvc.times import now

router = APIRouter(prefix="/v1/sweeps", tags=["sweeps"])
Limit = Annotated[int, Query(ge=1, le=1_000, description="At most so many items.")]
SweepId = Annotated[str, Path(max_length=64)]


@router.get("")
def list_sweeps(
    caller: SweepCaller, services: ServicesDep, cursor: PageCursor = None, limit: Limit = 100
) -> SweepsOut:
    """The platform's sweeps, the newest first."""
    return SweepsOut.of(services.sweeps.page(caller, cursor, limit=limit), at=now())


@router.post("/{sweep_id}/receipt", status_code=204)
def keep_receipt(
    sweep_id: SweepId, receipt: ReceiptIn, caller: SweepCaller, services: ServicesDep
) -> None:
    """Say what was asked about again; the latest receipt of a sweep counts."""
    services.sweeps.keep_receipt(caller, sweep_id, receipt.value(), at=now())
