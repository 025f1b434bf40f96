"""What a platform sets for itself: tiers by surface, clocks of its own, sweeps, its own links."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from api.security.api_keys import Caller
from api.services.regimes import Regimes
from hashsvc import Tier
from hashsvc.closed_sets import Surface
from hashsvc.policies import strongest
from indexer.audit_records import Act
from indexer.records import PlatformId
from indexer.store import Store, Transaction


@dataclass(frozen=True, slots=True)
class PlatformPolicy:
    """A platform's own rules; the defaults are those of one that set nothing."""

    weakest_tiers: Mapping[Surface, Tier] = field(default_factory=dict)
    custom_hours: Mapping[str, int] = field(default_factory=dict)  # clocks of its own, by name
    sweeps: bool = True  # asks again about older uploads when photos are listed
    link_template: str | None = None  # where its own viewer shows `{ref}`

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "PlatformPolicy":
        """As the store keeps it."""
        tiers = body.get("weakest_tiers", {})
        return cls(
            weakest_tiers={Surface(name): Tier(tier) for name, tier in tiers.items()},
            custom_hours=body.get("custom_hours", {}),
            sweeps=body.get("sweeps", True),
            link_template=body.get("link_template"),
        )

    def weakest_tier(self, surface: Surface, of_key: Tier) -> Tier:
        """The weakest tier that is answered: the stricter of the key's and the surface's."""
        return strongest((of_key, self.weakest_tiers.get(surface, of_key)))


@dataclass(frozen=True, slots=True)
class PolicyService:
    """Reads and replaces platforms' policies."""

    store: Store

    def of(self, caller: Caller) -> PlatformPolicy:
        """The caller's policy."""
        with self.store.snapshot() as tx:
            return policy_of(tx, caller.platform.platform_id)

    def set(self, caller: Caller, policy: PlatformPolicy, *, at: datetime) -> None:
        """Replace the caller's policy; it holds for matches from now on."""
        with self.store.transaction() as tx:
            tx.policies.set(caller.platform.platform_id, asdict(policy))
            tx.audit.record(Act.POLICY_SET, by=caller.actor, at=at)


def policy_of(tx: Transaction, platform_id: PlatformId) -> PlatformPolicy:
    """A platform's policy within a transaction."""
    return PlatformPolicy.of(tx.policies.of(platform_id))


def regimes_of(tx: Transaction, platform_id: PlatformId, regimes: Regimes) -> Regimes:
    """Every regime, and those that the platform added for itself."""
    return regimes.with_custom(policy_of(tx, platform_id).custom_hours)
