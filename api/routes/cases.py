"""What a survivor's device calls. No key; number and PIN travel in bodies alone."""

from fastapi import APIRouter

from api.dependencies import PresentedDep, ServicesDep
from api.schemas.cases import Added, Addition, CaseAccess, Opened, Opening, Status
from hashsvc.times import now

router = APIRouter(prefix="/v1/cases", tags=["cases"])


@router.post("", status_code=201)
def open_case(wish: Opening, services: ServicesDep, presented: PresentedDep) -> Opened:
    """Open a case: its signatures are matched from now on."""
    at = now()
    services.admission.admit(presented, at=at)
    number = services.cases.open(
        wish.values(), wish.pin, idempotency_key=presented.idempotency_key, at=at
    )
    services.metrics.cases.labels("open").inc()
    return Opened(case_number=number.shown())


@router.post("/signatures")
def add_signatures(wish: Addition, services: ServicesDep) -> Added:
    """Add signatures to a case; those that it holds already are passed over."""
    held = services.cases.add(wish.number(), wish.pin, wish.values(), at=now())
    services.metrics.cases.labels("add").inc()
    return Added(signatures=held)


@router.post("/status")
def case_status(access: CaseAccess, services: ServicesDep) -> Status:
    """Tell whether a case is in use."""
    return Status.of(services.cases.status(access.number(), access.pin, at=now()))


@router.post("/withdraw", status_code=204)
def withdraw_case(access: CaseAccess, services: ServicesDep) -> None:
    """Withdraw a case: matching stops now, and what was stored is erased."""
    services.cases.withdraw(access.number(), access.pin, at=now())
    services.metrics.cases.labels("withdraw").inc()
