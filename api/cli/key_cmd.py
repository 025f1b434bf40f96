"""`hashsvc-server create-key`, `replace-key`, `revoke-key` and `keys`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.cli.preparing import MESSAGES, Data, explained, fail, opened
from api.security.api_keys import MAX_DAYS, KeyKind, PresentedKey
from api.security.public_keys import read_public_key
from api.security.scopes import Scope
from api.services.platforms import PlatformService
from api.settings import Settings
from hashsvc import Tier
from hashsvc.times import now
from indexer.records import ApiKey
from indexer.store.days import date_of

_KeyId = Annotated[str, typer.Argument(help="The 8 signs after `hsk_live_`.")]
_Days = Annotated[int, typer.Option(help="How long it holds.", min=1, max=MAX_DAYS)]


def create_key(
    name: Annotated[str, typer.Option(help="The platform's name.")],
    scope: Annotated[list[Scope], typer.Option(help="What the key may do; may be repeated.")],
    data: Data = Path("var"),
    days: _Days = 365,
    weakest_tier: Annotated[
        Tier, typer.Option(help="Weaker matches are not answered to this key.")
    ] = Tier.POSSIBLE,
    label: Annotated[str, typer.Option(help="The system or post that holds it.")] = "",
    not_before: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day, UTC, on which it begins; at once."),
    ] = None,
    daily_budget: Annotated[
        int | None, typer.Option(help="Signatures it may ask about in a day.", min=1)
    ] = None,
    public_key: Annotated[
        Path | None,
        typer.Option(help="Ed25519, PEM: every request with this key must be signed."),
    ] = None,
) -> None:
    """Make an API key. It is printed once, alone on the last line, and cannot be shown again.

    Example: hashsvc-server create-key --data var --name example --scope matches:write
    """
    with _platforms(data) as platforms:
        key = platforms.create_key(
            name,
            scope,
            at=now(),
            days=days,
            weakest_tier=weakest_tier,
            label=label,
            not_before=not_before.replace(tzinfo=UTC) if not_before else None,
            daily_budget=daily_budget,
            public_key=_read(public_key) if public_key else None,
        )
    _show(key)


def replace_key(
    key_id: _KeyId,
    data: Data = Path("var"),
    days: _Days = 365,
    overlap_days: Annotated[
        int, typer.Option(help="How long the old key still holds.", min=0, max=90)
    ] = 7,
) -> None:
    """Make a key that may do the same as another; both hold for a while, then the old one ends.

    Keys that were made with the old one hang below the new one from now on.

    Example: hashsvc-server replace-key --data var 3k9x0a2b
    """
    with _platforms(data) as platforms:
        overlap = timedelta(days=overlap_days)
        key = platforms.replace_key(key_id, at=now(), days=days, overlap=overlap)
    MESSAGES.print(f"The old key ends in {overlap_days} days, or before if it was to end before.")
    _show(key)


def revoke_key(key_id: _KeyId, data: Data = Path("var")) -> None:
    """Revoke an API key and all below it for good, within a second.

    Example: hashsvc-server revoke-key --data var 3k9x0a2b
    """
    with _platforms(data) as platforms:
        platforms.revoke_key(key_id, at=now())
    MESSAGES.print("The key is revoked.")


def list_keys(data: Data = Path("var")) -> None:
    """Show every API key: whose, what it may do, until when, and the day it was last used.

    Example: hashsvc-server keys --data var
    """
    with _platforms(data) as platforms:
        keys = platforms.all_keys()
    table = Table("key", "platform", "label", "below", "state", "until", "last used", "scopes")
    for key in keys:
        table.add_row(*_row(key, at=now()))
    Console().print(table)


@contextmanager
def _platforms(data: Path) -> Iterator[PlatformService]:
    with explained(), opened(data) as (store, pepper):
        kind = KeyKind.of(sandbox=Settings(data=data).sandbox)
        yield PlatformService(store, pepper, kind)


def _read(path: Path) -> bytes:
    try:
        return read_public_key(path.read_text(encoding="utf-8"))
    except ValueError:
        fail("This is no Ed25519 public key in PEM: `openssl pkey -in KEY -pubout` writes one.")


def _show(key: PresentedKey) -> None:
    MESSAGES.print(f"Key id {key.key_id}. Keep the key safe: it is shown only now.")
    sys.stdout.write(f"{key.text()}\n")


def _row(key: ApiKey, *, at: datetime) -> tuple[str, ...]:
    used = key.last_used_day
    return (
        key.key_id,
        key.platform.name,
        key.label,
        key.parent_id or "",
        _state(key, at=at),
        key.expires_at.date().isoformat(),
        "" if used is None else date_of(used).isoformat(),
        " ".join(key.scopes),
    )


def _state(key: ApiKey, *, at: datetime) -> str:
    if key.revoked:
        return "revoked"
    if key.ended(at):
        return "expired"
    return "holds" if key.holds(at) else "not yet"
