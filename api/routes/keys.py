"""What a platform calls about its own keys."""

from fastapi import APIRouter, Response

from api.dependencies import AnyCaller, KeyManagingCaller, RepeatKey, ServicesDep
from api.schemas.keys import KeyMade, KeyMaking, Keys, KeyView, Me
from api.services.idempotency import Once
from hashsvc.times import now

router = APIRouter(prefix="/v1", tags=["keys"])


@router.get("/me")
def me(caller: AnyCaller, services: ServicesDep) -> Me:
    """Tell a key what it is and what it may do."""
    return Me.of(caller, services.platforms.kind)


@router.get("/keys")
def list_keys(caller: KeyManagingCaller, services: ServicesDep) -> Keys:
    """Show this key and those below it; revoked and expired ones are left out."""
    return Keys(items=[KeyView.of(key) for key in services.platforms.branch(caller, at=now())])


@router.post("/keys", status_code=201)
def create_key(
    wish: KeyMaking,
    caller: KeyManagingCaller,
    repeat_key: RepeatKey,
    services: ServicesDep,
    response: Response,
) -> KeyMade:
    """Make a key below this one, for one employee or one system. It is shown only now."""
    at = now()
    once = Once("POST /v1/keys", repeat_key, f"{caller.key_id} {wish.model_dump_json()}")
    key, kept = services.platforms.create_below(caller, wish.wish(caller, at=at), once, at=at)
    if key is None:
        response.headers["Idempotency-Replayed"] = "true"
    return KeyMade(key=key.text() if key else None, **KeyView.of(kept).model_dump())


@router.post("/keys/{key_id}/revoke", status_code=204)
def revoke_key(key_id: str, caller: KeyManagingCaller, services: ServicesDep) -> None:
    """Revoke this key or one below it, with all that hang below, within a second."""
    services.platforms.revoke_below(caller, key_id, at=now())
