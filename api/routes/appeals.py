"""What uploaders objected to, as their platforms judged it."""

from fastapi import APIRouter, Response

from api.dependencies import AppealCaller, RepeatKey, ServicesDep
from api.routes.answers import response_of
from api.schemas.appeals import AppealIn, AppealOut
from api.security.crockford import random_id
from api.services.idempotency import Once
from hashsvc.times import now

router = APIRouter(prefix="/v1/appeals", tags=["appeals"])


@router.post("", status_code=201, response_model=AppealOut)
def keep_appeal(
    appeal: AppealIn, caller: AppealCaller, services: ServicesDep, repeat_key: RepeatKey
) -> Response:
    """Tell how an uploader's appeal was judged; upheld, what hit is matched no more."""
    appeal_id = random_id("app_")
    answered = services.appeals.judge(
        caller,
        appeal.value(appeal_id),
        once=Once("appeal", repeat_key, appeal.model_dump_json()),
        write=lambda judged: AppealOut.of(appeal_id, judged.view).model_dump_json(),
        at=now(),
    )
    return response_of(answered, status=201)
