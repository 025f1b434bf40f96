"""`hashsvc-server create-key` and `revoke-key`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.preparing import MESSAGES, Data, explained, opened
from api.security.api_keys import MAX_DAYS
from api.security.scopes import Scope
from api.services.platforms import PlatformService
from hashsvc import Tier
from hashsvc.times import now


def create_key(
    name: Annotated[str, typer.Option(help="The platform's name.")],
    scope: Annotated[list[Scope], typer.Option(help="What the key may do; may be repeated.")],
    data: Data = Path("var"),
    days: Annotated[int, typer.Option(help="How long it holds.", min=1, max=MAX_DAYS)] = 365,
    weakest_tier: Annotated[
        Tier, typer.Option(help="Weaker matches are not answered to this key.")
    ] = Tier.POSSIBLE,
) -> None:
    """Make an API key. It is printed once, alone on the last line, and cannot be shown again.

    Example: hashsvc-server create-key --data var --name example --scope matches:write
    """
    with explained(), opened(data) as (store, pepper):
        platforms = PlatformService(store, pepper)
        key = platforms.create_key(name, scope, at=now(), days=days, weakest_tier=weakest_tier)
    MESSAGES.print(f"Key id {key.key_id}. Keep the key safe: it is shown only now.")
    sys.stdout.write(f"{key.text()}\n")


def revoke_key(
    key_id: Annotated[str, typer.Argument(help="The 8 signs after `hsk_live_`.")],
    data: Data = Path("var"),
) -> None:
    """Revoke an API key for good, within a second.

    Example: hashsvc-server revoke-key --data var 3k9x0a2b
    """
    with explained(), opened(data) as (store, pepper):
        PlatformService(store, pepper).revoke_key(key_id, at=now())
    MESSAGES.print("The key is revoked.")
