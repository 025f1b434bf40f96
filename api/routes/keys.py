"""What a platform calls about its own keys."""

from fastapi import APIRouter

from api.dependencies import AnyCaller, KeyManagingCaller, ServicesDep
from api.schemas.keys import KeyMade, KeyMaking, Keys, KeyView, Me
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
def create_key(wish: KeyMaking, caller: KeyManagingCaller, services: ServicesDep) -> KeyMade:
    """Make a key below this one, for one employee or one system. It is shown only now."""
    at = now()
    key, kept = services.platforms.create_below(caller, wish.wish(caller, at=at), at=at)
    return KeyMade(key=key.text(), **KeyView.of(kept).model_dump())


@router.post("/keys/{key_id}/revoke", status_code=204)
def revoke_key(key_id: str, caller: KeyManagingCaller, services: ServicesDep) -> None:
    """Revoke this key or one below it, with all that hang below, within a second."""
    services.platforms.revoke_below(caller, key_id, at=now())
