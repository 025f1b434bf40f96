"""What a platform sets up for itself, and looking back, as frozen typed values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Self

from hashsvc.closed_sets import ListedState, MatchState, Surface
from hashsvc.policies import Tier


@dataclass(frozen=True, slots=True)
class PlatformPolicy:
    """A platform's own rules; what is left out takes its default."""

    weakest_tiers: Mapping[Surface, Tier] = field(default_factory=dict)
    custom_hours: Mapping[str, int] = field(default_factory=dict)  # clocks, `custom-...`
    sweeps: bool = True  # whether it is asked to look back
    link_template: str | None = None  # `https://.../{ref}`, its own viewer

    def body(self) -> dict[str, Any]:
        """As it is sent."""
        return {
            "weakest_tiers": dict(self.weakest_tiers),
            "custom_hours": dict(self.custom_hours),
            "sweeps": self.sweeps,
            "link_template": self.link_template,
        }

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """As the service sends it."""
        tiers = told["weakest_tiers"].items()
        return cls(
            weakest_tiers={Surface(surface): Tier(tier) for surface, tier in tiers},
            custom_hours=told["custom_hours"],
            sweeps=told["sweeps"],
            link_template=told["link_template"],
        )


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key about to be made below one's own; never broader than that one."""

    label: str  # one's own word for the system or the post that holds it
    scopes: tuple[str, ...]
    weakest_tier: Tier | None = None  # None: the maker's
    not_before: datetime | None = None  # None: at once
    days: int | None = None  # 1 to 400; None: as long as its maker
    daily_budget: int | None = None  # signatures
    public_key: str | None = None  # Ed25519, PEM: its requests must be signed

    def body(self) -> dict[str, Any]:
        """As it is sent."""
        return {
            "label": self.label,
            "scopes": list(self.scopes),
            "weakest_tier": self.weakest_tier,
            "not_before": None if self.not_before is None else self.not_before.isoformat(),
            "days": self.days,
            "daily_budget": self.daily_budget,
            "public_key": self.public_key,
        }


@dataclass(frozen=True, slots=True)
class Key:
    """An API key as its owners see it."""

    key_id: str
    label: str
    made_by: str | None  # None: an operator
    scopes: tuple[str, ...]
    weakest_tier: Tier
    expires_at: datetime
    last_used: date | None
    secret: str | None = field(default=None, repr=False)  # only in the answer that made it

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """As the service sends it."""
        return cls(
            key_id=told["key_id"],
            label=told["label"],
            made_by=told["made_by"],
            scopes=tuple(told["scopes"]),
            weakest_tier=Tier(told["weakest_tier"]),
            expires_at=datetime.fromisoformat(told["expires_at"]),
            last_used=None if told["last_used"] is None else date.fromisoformat(told["last_used"]),
            secret=told.get("key"),
        )


@dataclass(frozen=True, slots=True)
class Caller:
    """Who one is to the service."""

    platform: str
    sandbox: bool
    key: Key

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """As the service sends it."""
        return cls(told["platform"], told["sandbox"], Key.of(told["key"]))


@dataclass(frozen=True, slots=True)
class WebhookSecret:
    """A webhook's secret; it is shown this once."""

    webhook_id: str
    secret: str = field(repr=False)  # checks `v1` signatures
    public_key: str  # checks `v1a` signatures instead

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """As the service sends it."""
        return cls(told["webhook_id"], told["secret"], told["public_key"])


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address for hints."""

    webhook_id: str
    address: str
    on: bool  # False: nothing arrived for three days; a test turns it on again
    failures: int  # in a row

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """As the service sends it."""
        return cls(told["webhook_id"], told["address"], told["state"] == "on", told["failures"])


@dataclass(frozen=True, slots=True)
class Sweep:
    """A look back that the service asks for."""

    sweep_id: str
    state: str  # `open`, `overdue`, `complete`
    listed_since: date
    lookback_days: int
    due_at: datetime

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """As the service sends it."""
        return cls(
            sweep_id=told["sweep_id"],
            state=told["state"],
            listed_since=date.fromisoformat(told["listed_since"]),
            lookback_days=told["lookback_days"],
            due_at=datetime.fromisoformat(told["due_at"]),
        )


@dataclass(frozen=True, slots=True)
class SweepReceipt:
    """What a platform did of a sweep."""

    since: datetime  # of the uploads asked about again
    until: datetime
    items_scanned: int
    hits: int
    complete: bool = True

    def body(self) -> dict[str, Any]:
        """As it is sent."""
        return {
            "from": self.since.isoformat(),
            "to": self.until.isoformat(),
            "items_scanned": self.items_scanned,
            "hits": self.hits,
            "complete": self.complete,
        }


@dataclass(frozen=True, slots=True)
class Appeal:
    """A kept appeal, and what it did to the match."""

    appeal_id: str
    match_id: str
    state: MatchState
    list_state: ListedState | None  # None: nothing it rests on is live

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """As the service sends it."""
        state = told["list_state"]
        return cls(
            appeal_id=told["appeal_id"],
            match_id=told["match_id"],
            state=MatchState(told["state"]),
            list_state=None if state is None else ListedState(state),
        )
