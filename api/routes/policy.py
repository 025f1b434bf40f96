"""A platform's own rules."""

from fastapi import APIRouter

from api.dependencies import PolicyCaller, ServicesDep
from api.schemas.policy import Policy
from hashsvc.times import now

router = APIRouter(prefix="/v1/policy", tags=["policy"])


@router.get("")
def read_policy(caller: PolicyCaller, services: ServicesDep) -> Policy:
    """The platform's rules as they hold now."""
    return Policy.of(services.policies.of(caller))


@router.put("")
def set_policy(policy: Policy, caller: PolicyCaller, services: ServicesDep) -> Policy:
    """Replace the platform's rules; they hold for matches from now on."""
    services.policies.set(caller, policy.value(), at=now())
    return policy
