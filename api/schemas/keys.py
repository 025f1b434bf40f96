"""API keys on the wire."""

from datetime import date, datetime, timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from api.security.api_keys import MAX_DAYS, Caller, KeyKind, KeyWish
from api.security.public_keys import read_public_key
from api.security.scopes import Scope
from hashsvc import Tier
from indexer.records import ApiKey
from indexer.store.days import date_of

_PEM_CHARACTERS = 200
_MOST = 10**12  # signatures in a day: more than any site sees
_LABEL = r"^[A-Za-z0-9._ -]{1,64}$"


def _ed25519(pem: str) -> str:
    try:
        read_public_key(pem)
    except ValueError as error:
        raise PydanticCustomError("public_key_form", "no Ed25519 public key") from error
    return pem


PublicKey = Annotated[str, Field(max_length=_PEM_CHARACTERS), AfterValidator(_ed25519)]


class KeyMaking(BaseModel):
    """A key to be made: never broader than the one that makes it."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    label: str = Field(
        pattern=_LABEL,
        description="Your own word for the system or the post that holds it; no person's name.",
        examples=["upload-filter-2"],
    )
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))]
    weakest_tier: Tier | None = Field(
        None, description="Weaker matches are not answered to it; the maker's, if left out."
    )
    not_before: AwareDatetime | None = Field(None, description="When it begins; at once.")
    days: int | None = Field(
        None,
        ge=1,
        le=MAX_DAYS,
        strict=True,
        description="How long it holds from then; as long as its maker, if left out.",
    )
    daily_budget: int | None = Field(
        None,
        ge=1,
        le=_MOST,
        strict=True,
        description="Signatures that it may ask about in a day; the maker's, if left out.",
    )
    public_key: PublicKey | None = Field(
        None, description="Ed25519, PEM: every request with this key must be signed (RFC 9421)."
    )

    def wish(self, maker: Caller, *, at: datetime) -> KeyWish:
        """As the domain knows it."""
        begins, above = self.not_before or at, maker.kept
        return KeyWish(
            scopes=frozenset(self.scopes),
            expires_at=begins + timedelta(days=self.days) if self.days else above.expires_at,
            weakest_tier=self.weakest_tier or above.weakest_tier,
            label=self.label,
            not_before=self.not_before,
            daily_budget=self.daily_budget or above.daily_budget,
            public_key=read_public_key(self.public_key) if self.public_key else None,
        )


class KeyView(BaseModel):
    """A key as its owners see it: everything but the secret."""

    key_id: str = Field(examples=["3k9x0a2b"])
    label: str
    made_by: str | None = Field(description="The key that made it; null: an operator did.")
    scopes: list[Scope]
    weakest_tier: Tier
    not_before: datetime | None
    expires_at: datetime
    last_used: date | None = Field(description="The day, UTC; finer times are not kept.")
    daily_budget: int | None
    signed: bool = Field(description="Each request must be signed (RFC 9421).")

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        """What is shown of a key."""
        return cls(
            key_id=key.key_id,
            label=key.label,
            made_by=key.parent_id,
            scopes=[Scope(scope) for scope in key.scopes],
            weakest_tier=key.weakest_tier,
            not_before=key.not_before,
            expires_at=key.expires_at,
            last_used=None if key.last_used_day is None else date_of(key.last_used_day),
            daily_budget=key.daily_budget,
            signed=key.public_key is not None,
        )


class KeyMade(KeyView):
    """A new key, with its secret: shown now and never again."""

    key: str | None = Field(
        description="Null where the request was repeated: a key is shown once, so revoke the lost "
        "one and make another.",
        examples=["hsk_live_3k9x0a2b_..."],
    )


class Keys(BaseModel):
    """The caller's key and those below it."""

    items: list[KeyView]


class Me(BaseModel):
    """Who asks."""

    platform: str
    sandbox: bool = Field(description="This service is for trying: nothing in it is real.")
    key: KeyView

    @classmethod
    def of(cls, caller: Caller, kind: KeyKind) -> Self:
        """What a caller is told about itself."""
        sandbox = kind is KeyKind.TEST
        return cls(platform=caller.platform.name, sandbox=sandbox, key=KeyView.of(caller.kept))
