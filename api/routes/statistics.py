"""The public figures of a month, and a platform's own."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.dependencies import OwnFiguresCaller, ServicesDep
from api.document import answering
from api.schemas.statistics import StatisticsOut, as_csv, as_page
from hashsvc.times import now

router = APIRouter(prefix="/v1/reports/transparency", tags=["statistics"])
Month = Annotated[
    str, Query(pattern=r"^20[0-9]{2}-[0-9]{2}$", description="Such as 2026-11.", alias="period")
]


@router.get("")
def read_statistics(month: Month, services: ServicesDep) -> StatisticsOut:
    """Everybody's figures of a month that is over, without small cells."""
    return StatisticsOut.of(month, services.statistics.public(month, at=now()))


@router.get("/own")
def read_own_statistics(
    month: Month, caller: OwnFiguresCaller, services: ServicesDep
) -> StatisticsOut:
    """The platform's own figures of a month, exact; also of the month that runs."""
    return StatisticsOut.of(month, services.statistics.own(caller, month))


@router.get(".csv", response_class=Response, responses=answering("text/csv"))
def read_statistics_as_csv(month: Month, services: ServicesDep) -> Response:
    """The public figures as a table of comma-separated values."""
    figures = services.statistics.public(month, at=now())
    return Response(as_csv(month, figures), media_type="text/csv; charset=utf-8")


@router.get(".html", response_class=Response, responses=answering("text/html"))
def read_statistics_as_page(month: Month, services: ServicesDep) -> Response:
    """The public figures as a page."""
    figures = services.statistics.public(month, at=now())
    return Response(as_page(month, figures), media_type="text/html; charset=utf-8")
