"""Our errors as `application/problem+json` (RFC 9457): one table, and never the input."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.crowding import BodyTooLargeError, TooSlowError
from api.schemas.pointers import pointer
from api.schemas.rate_fields import rate_fields
from api.security.errors import (
    AddressRefusedError,
    KeyInvalidError,
    KeyTooBroadError,
    KeyTooLongError,
    OverloadedError,
    ScopeMissingError,
    SecurityError,
    SignatureInvalidError,
)
from api.security.probes import ProbingError
from api.security.rate_limits import DailyBudgetSpentError, RateLimitedError
from api.security.work import WorkNeededError
from api.services.errors import (
    CaseWithdrawnError,
    ClockUnmovedError,
    CursorExpiredError,
    CursorInvalidError,
    FormForeignError,
    FormUnfitError,
    IdempotencyKeyMissingError,
    IndexBehindError,
    KeyReusedError,
    KeyUnfitForConsoleError,
    ListNotGrantedError,
    ListsOffError,
    LookupsOffError,
    NoSuchCaseError,
    NoSuchEntryError,
    NoSuchKeyError,
    NoSuchMatchError,
    NoSuchPeriodError,
    NoSuchRegimeError,
    NoSuchSweepError,
    NoSuchWebhookError,
    PlaceAheadError,
    ReasonUnfitError,
    ServiceError,
    SignedOutError,
    TooManyAttemptsError,
    TooManyKeysError,
    TooManySignaturesError,
    TooManyWebhooksError,
    TooManyWrongKeysError,
    UnfitSignatureError,
)
from indexer.errors import IndexerError, StoreUnavailableError

MEDIA_TYPE = "application/problem+json"
_RETRY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """How one error looks on the wire."""

    status: int
    name: str  # the end of `type`
    retry: bool = False


PROBLEMS: Mapping[type[Exception], Problem] = {
    IdempotencyKeyMissingError: Problem(400, "idempotency-key-missing"),
    PlaceAheadError: Problem(400, "place-ahead"),
    NoSuchEntryError: Problem(404, "no-such-entry"),
    KeyInvalidError: Problem(401, "key-invalid"),
    SignedOutError: Problem(401, "signed-out"),
    SignatureInvalidError: Problem(401, "signature-invalid"),
    ScopeMissingError: Problem(403, "scope-missing"),
    KeyUnfitForConsoleError: Problem(403, "key-unfit"),
    FormForeignError: Problem(403, "form-foreign"),
    ListNotGrantedError: Problem(403, "list-not-granted"),
    LookupsOffError: Problem(403, "lookups-off"),
    ListsOffError: Problem(403, "lists-off"),
    NoSuchCaseError: Problem(404, "not-found"),
    NoSuchMatchError: Problem(404, "no-such-match"),
    NoSuchRegimeError: Problem(404, "no-such-regime"),
    NoSuchPeriodError: Problem(404, "no-such-period"),
    NoSuchSweepError: Problem(404, "no-such-sweep"),
    NoSuchWebhookError: Problem(404, "no-such-webhook"),
    CaseWithdrawnError: Problem(409, "state-conflict"),
    ClockUnmovedError: Problem(409, "clock-unmoved"),
    TooManyWebhooksError: Problem(409, "too-many-webhooks"),
    CursorExpiredError: Problem(410, "cursor-expired"),
    AddressRefusedError: Problem(422, "address-refused"),
    CursorInvalidError: Problem(422, "cursor-invalid"),
    ReasonUnfitError: Problem(422, "reason-unfit"),
    FormUnfitError: Problem(422, "form-unfit"),
    KeyReusedError: Problem(409, "idempotency-key-reused"),
    TooManySignaturesError: Problem(422, "too-many-signatures"),
    UnfitSignatureError: Problem(422, "unfit-signature"),
    KeyTooBroadError: Problem(403, "key-too-broad"),
    KeyTooLongError: Problem(422, "key-too-long"),
    NoSuchKeyError: Problem(404, "no-such-key"),
    TooManyKeysError: Problem(409, "too-many-keys"),
    TooManyAttemptsError: Problem(429, "rate-limited"),
    TooManyWrongKeysError: Problem(429, "too-many-wrong-keys"),
    RateLimitedError: Problem(429, "rate-limited"),
    DailyBudgetSpentError: Problem(429, "daily-budget"),
    ProbingError: Problem(429, "probing"),
    WorkNeededError: Problem(429, "work-needed"),
    TooSlowError: Problem(408, "too-slow"),
    BodyTooLargeError: Problem(413, "body-too-large"),
    OverloadedError: Problem(503, "overloaded", retry=True),
    IndexBehindError: Problem(503, "index-behind", retry=True),
    StoreUnavailableError: Problem(503, "store-unavailable", retry=True),
}
_STORE_DETAIL = "The service cannot reach its store. Nothing was answered: ask again shortly."
_HTTP_DETAILS = {
    400: ("malformed-json", "The request body is no JSON."),
    404: ("not-found", "There is nothing at this address."),
    405: ("method-not-allowed", "This address takes another method."),
    413: ("body-too-large", "The request body is too large: send less at once."),
    415: ("media-type", "Send the body as application/json."),
}


def install(app: FastAPI) -> None:
    """Answer every error of ours, of validation and of routing in one form."""
    for base in (SecurityError, ServiceError, IndexerError):
        app.add_exception_handler(base, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _routing)


def problem_response(
    status: int,
    name: str,
    detail: str,
    *,
    request_id: str,
    errors: Sequence[Mapping[str, str]] = (),
    work: Mapping[str, str | int] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The one shape of every error.

    Args:
        status: HTTP status.
        name: kebab-case, ends `type`.
        detail: one sentence, never of the input.
        request_id: as in the header `Request-Id`.
        errors: where in the body, and a code each.
        work: what the client is to solve.
        headers: what the client may need beside it.
    """
    body: dict[str, Any] = {
        "type": f"/problems/{name}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "request_id": request_id,
    }
    if errors:
        body["errors"] = list(errors)
    if work:
        body["work"] = dict(work)
    return JSONResponse(body, status, headers, media_type=MEDIA_TYPE)


def unexpected_problem(request_id: str) -> JSONResponse:
    """The answer to a failure that nobody foresaw."""
    detail = (
        "The service failed on this request, which may or may not be done: ask again, and if it "
        "stays so, tell the operator the id."
    )
    return problem_response(500, "internal", detail, request_id=request_id)


def problem_of(request: Request, error: Exception) -> Response | None:
    """What the application would answer to an error of ours; None where nobody foresaw it."""
    handlers = request.app.exception_handlers
    for kind in type(error).__mro__:
        if kind in handlers and kind is not Exception:
            answered: Response = handlers[kind](request, error)
            return answered
    return None


def _known(request: Request, error: Exception) -> JSONResponse:
    problem = PROBLEMS.get(type(error), Problem(503, "store-unavailable", retry=True))
    detail = _STORE_DETAIL if isinstance(error, IndexerError) else (type(error).__doc__ or "")
    errors = []
    if isinstance(error, UnfitSignatureError):
        errors = [{"pointer": f"/signatures/{error.place}", "code": "unfit"}]
    if isinstance(error, ProbingError):
        errors = [{"pointer": f"/items/{item}", "code": "probing"} for item in error.items]
    work: Mapping[str, str | int] = {}
    if isinstance(error, WorkNeededError):
        work = {"challenge": error.challenge, "bits": error.bits}
    return problem_response(
        problem.status,
        problem.name,
        detail,
        request_id=_request_id(request),
        errors=errors,
        work=work,
        headers=_headers_of(error, problem),
    )


def _headers_of(error: Exception, problem: Problem) -> Mapping[str, str]:
    if isinstance(
        error, TooManyAttemptsError | TooManyWrongKeysError | WorkNeededError | ProbingError
    ):
        return {"Retry-After": str(error.retry_after_seconds)}
    if isinstance(error, RateLimitedError):
        wait = {"Retry-After": str(error.retry_after_seconds)}
        return wait | rate_fields(error.quotas)
    if isinstance(error, KeyInvalidError | SignatureInvalidError):
        return {"WWW-Authenticate": "Bearer"}
    return {"Retry-After": str(_RETRY_SECONDS)} if problem.retry else {}


_TOO_LONG = {
    ("items",): ("too-many-items", "A request holds at most 256 items."),
    ("signatures",): ("too-many-signatures", "Too many signatures at once: send fewer."),
}
_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "string_too_short": "length",
    "string_too_long": "length",
    "too_short": "length",
    "too_long": "length",
    "greater_than_equal": "range",
    "less_than_equal": "range",
    "enum": "unknown_value",
    "string_pattern_mismatch": "form",
    "hash_not_hex": "not_hex",
    "hash_length": "length",
    "pin_form": "form",
    "public_key_form": "form",
    "duplicate_ref": "duplicate_ref",
    "too_many_signatures": "length",
    "in_the_future": "range",
    "restriction": "restriction",
    "receipt": "range",
}


def _invalid(request: Request, error: Exception) -> JSONResponse:
    """Say where and what kind; pydantic's own answer would send the input back."""
    assert isinstance(error, RequestValidationError)  # noqa: S101  # as it was registered
    found = error.errors()
    request_id = _request_id(request)
    if any(one["type"] == "json_invalid" for one in found):
        return problem_response(400, *_HTTP_DETAILS[400], request_id=request_id)
    if not is_json(request) and any(one["type"] == "model_attributes_type" for one in found):
        return problem_response(415, *_HTTP_DETAILS[415], request_id=request_id)
    name, detail = _name_of(found)
    errors = [
        {"pointer": pointer(one["loc"]), "code": _CODES.get(one["type"], "type")} for one in found
    ]
    return problem_response(422, name, detail, request_id=request_id, errors=errors)


def is_json(request: Request) -> bool:
    """Whether the body is said to be JSON."""
    media_type = request.headers.get("content-type", "").partition(";")[0]
    return media_type.strip().lower().endswith(("/json", "+json"))


def _name_of(found: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    for one in found:
        if one["type"] == "too_many_signatures":
            return _TOO_LONG["signatures",]
        if one["type"] == "too_long" and one["loc"][-1:] in _TOO_LONG:
            return _TOO_LONG[one["loc"][-1:]]
    return "invalid-field", "The request has a field that is missing, unknown or of the wrong form."


def _routing(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101  # as it was registered
    unknown = ("refused", "The request was refused.")
    name, detail = _HTTP_DETAILS.get(error.status_code, unknown)
    return problem_response(
        error.status_code, name, detail, request_id=_request_id(request), headers=error.headers
    )


def _request_id(request: Request) -> str:
    return str(request.scope.get("hashsvc_request_id", ""))
