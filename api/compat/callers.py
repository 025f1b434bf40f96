"""Who calls, by the credentials that other networks' clients know how to send."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Annotated

from fastapi import Depends, Header

from api.compat.function_keys import Endpoint, opens
from api.dependencies import Services, ServicesDep
from api.security.api_keys import Caller, PresentedKey
from api.security.errors import KeyInvalidError, ScopeMissingError
from api.security.rate_limits import Lane
from api.security.scopes import Scope
from hashsvc.times import now

SubscriptionKey = Annotated[
    str | None, Header(alias="Ocp-Apim-Subscription-Key", description="The platform's API key.")
]
FunctionKey = Annotated[
    str | None,
    Header(alias="x-functions-key", description="What `list function-keys` prints for the route."),
]


def holding(caller: Caller, scope: Scope) -> Caller:
    """The caller, if its key may do this.

    Raises:
        ScopeMissingError: it may not.
    """
    if scope not in caller.scopes:
        raise ScopeMissingError
    return caller


def paced(services: Services, caller: Caller) -> AbstractContextManager[object]:
    """Let a page of a list be read, unless too many were.

    Raises:
        RateLimitedError: they were.
    """
    return services.limits.asking(caller.kept, 1, lane=Lane.LISTS, at=now())


def two_keys(endpoint: Endpoint, scope: Scope) -> Callable[..., Caller]:
    """Who sent an API key with the function key of this endpoint."""

    def caller(
        services: ServicesDep,
        subscription_key: SubscriptionKey = None,
        sent_function_key: FunctionKey = None,
    ) -> Caller:
        pepper = services.platforms.pepper
        presented = PresentedKey.parse(subscription_key or "")
        found = services.platforms.caller(presented, at=now())
        fitting = [
            one for one in Endpoint if opens(sent_function_key or "", pepper, one, found.key_id)
        ]
        if not fitting:
            raise KeyInvalidError
        if endpoint not in fitting:
            raise ScopeMissingError
        return holding(found, scope)

    return caller


FetchCaller = Annotated[Caller, Depends(two_keys(Endpoint.FETCH_HASHES, Scope.LISTS_READ))]
SubmitCaller = Annotated[Caller, Depends(two_keys(Endpoint.SUBMIT_HASHES, Scope.LISTS_WRITE))]
FeedbackCaller = Annotated[
    Caller, Depends(two_keys(Endpoint.SUBMIT_FEEDBACK, Scope.DECISIONS_WRITE))
]
