"""HMA's questions about a hash; those about a photo are refused, its address and bytes unread."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.datastructures import QueryParams

from api.compat.refusals import CompatRoute, RefusedHereError
from api.dependencies import MatchCaller, ReadingCaller, Services, ServicesDep
from api.document import REFUSALS
from api.security.api_keys import Caller
from api.security.rate_limits import Lane
from api.security.scopes import Scope
from api.services.errors import IndexBehindError
from api.services.hash_lookups import Looked
from hashsvc import Algorithm, Hash
from hashsvc.errors import InvalidHashError
from hashsvc.times import now
from indexer.records import BankKind

router = APIRouter(
    prefix="/compat/hma", tags=["compat"], route_class=CompatRoute, responses=REFUSALS
)
_STALE: dict[int | str, dict[str, Any]] = {
    503: {"description": "Not now", "content": {"text/plain": {"schema": {"type": "string"}}}}
}
_NO_DISTANCE = "-"
_TRUE = {"1", "true", "yes", "on", "t", "y"}
_FALSE = {"0", "false", "no", "off", "f", "n"}
_NO_HASHING = "Hashing is disabled, missing role"
_NOT_ALL = "Either url or both signal and signal_type are required"


@router.get("/m/raw_lookup", response_class=JSONResponse, include_in_schema=False)
def raw_lookup(request: Request, caller: MatchCaller, services: ServicesDep) -> Response:
    """What is near a hash, without the banks' names."""
    asked = request.query_params
    missing = [name for name in ("signal", "signal_type") if name not in asked]
    if missing:
        return JSONResponse([_fault("missing", name, "Field required") for name in missing], 422)
    with_distance = _flag(asked, "include_distance")
    if with_distance is None:
        return _no_flag("include_distance")
    looked = _look_up(caller, services, asked)
    if looked is None:
        return JSONResponse({"matches": []})
    if not with_distance:
        return JSONResponse({"matches": [looked.number for _ in looked.banks]})
    return JSONResponse({"matches": [_content(looked, caller) for _ in looked.banks]})


@router.get("/m/lookup", response_class=JSONResponse, include_in_schema=False)
def lookup(request: Request, caller: MatchCaller, services: ServicesDep) -> Response:
    """What is near a hash, by bank."""
    asked = request.query_params
    if "url" in asked:
        raise RefusedHereError(403, _NO_HASHING)
    if "signal" not in asked or "signal_type" not in asked:
        raise RefusedHereError(400, _NOT_ALL)
    if _flag(asked, "bypass_coinflip") is None:
        return _no_flag("bypass_coinflip")
    looked = _look_up(caller, services, asked)
    if looked is None:
        return JSONResponse({})
    return JSONResponse({_bank_name(bank): [_content(looked, caller)] for bank in looked.banks})


@router.post("/m/lookup", response_class=JSONResponse, include_in_schema=False)
def refuse_photo(_caller: MatchCaller) -> Response:
    """Refused: HMA would take a photo here."""
    raise RefusedHereError(403, _NO_HASHING)


@router.get("/c/banks")
def list_banks(_caller: ReadingCaller, services: ServicesDep) -> list[dict[str, Any]]:
    """The banks that questions search."""
    with services.matching.store.snapshot() as tx:
        banks = [bank for bank in tx.banks.overview() if bank.kind is BankKind.REPORTED]
    return [{"name": _bank_name(bank.name), "matching_enabled_ratio": 1.0} for bank in banks]


@router.get("/status", response_class=PlainTextResponse, responses=_STALE)
def status(services: ServicesDep) -> Response:
    """Whether questions can be answered now, in HMA's words."""
    try:
        services.matching.sequence()
    except IndexBehindError:
        return PlainTextResponse("INDEX-STALE", 503)
    return PlainTextResponse("I-AM-ALIVE")


@router.get("/status/live", response_class=PlainTextResponse)
def live() -> Response:
    """The process runs, in HMA's words."""
    return PlainTextResponse("I-AM-ALIVE")


def _look_up(caller: Caller, services: Services, asked: QueryParams) -> Looked | None:
    if asked["signal_type"] != Algorithm.PDQ:
        raise RefusedHereError(400, "No such SignalType")
    try:
        pdq = Hash.from_hex(Algorithm.PDQ, asked["signal"])
    except InvalidHashError as error:
        raise RefusedHereError(400, "invalid signal: invalid PDQ hash") from error
    banks = {name for name in asked.get("banks", "").split(",") if name}
    at = now()
    with services.limits.asking(caller.kept, 1, lane=Lane.SIGNATURES, at=at):
        named = {name for name in _names(services) if _bank_name(name) in banks} if banks else None
        return services.hash_lookups.look_up(caller, pdq, banks=named, at=at)


def _names(services: Services) -> list[str]:
    with services.matching.store.snapshot() as tx:
        return [bank.name for bank in tx.banks.overview()]


def _content(looked: Looked, caller: Caller) -> dict[str, Any]:
    shown = Scope.MATCHES_DETAIL in caller.scopes
    distance = str(looked.distance) if shown else _NO_DISTANCE
    return {"bank_content_id": looked.number, "distance": distance}


def _bank_name(name: str) -> str:
    """As HMA writes banks: capitals, digits and underscores."""
    return name.upper().replace("-", "_").replace(".", "_")


def _flag(asked: QueryParams, name: str) -> bool | None:
    """A yes or no; None where it is neither."""
    said = asked.get(name, "false").lower()
    if said in _TRUE:
        return True
    return False if said in _FALSE else None


def _no_flag(name: str) -> Response:
    message = "Input should be a valid boolean, unable to interpret input"
    return JSONResponse([_fault("bool_parsing", name, message)], 422)


def _fault(kind: str, name: str, message: str) -> dict[str, Any]:
    return {"type": kind, "loc": [name], "msg": message}
