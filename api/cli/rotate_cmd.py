"""`hashsvc-server rotate-seal-key` and `make-seal-key`."""

from pathlib import Path

import typer

from api.cli.preparing import MESSAGES, Data, explained, opened
from api.security.key_files import add_seal_key, read_ring, retire_seal_keys, rotating
from api.services.rotation import rotate
from hashsvc.times import now


def make_seal_key(data: Data = Path("var")) -> None:
    """Put a new key into seal.keys; copy that file to every machine, then rotate-seal-key.

    With one machine this is not needed: rotate-seal-key makes the key too.

    Example: hashsvc-server make-seal-key --data var
    """
    with explained(), opened(data) as (_, _pepper), rotating(data):
        if _waits(data):
            MESSAGES.print("seal.keys holds a new key already: run `rotate-seal-key`.")
        else:
            add_seal_key(data)
            MESSAGES.print("Made. Copy seal.keys to every machine, then run `rotate-seal-key`.")


def rotate_seal_key(data: Data = Path("var")) -> None:
    """Wrap everything stored under a new key, while the service runs, and retire the old one.

    A rotation that was interrupted, or prepared by make-seal-key, is completed. The old key goes
    to seal.keys.retired: keep it apart, until the last backup made before today is gone, then
    destroy it.

    Example: hashsvc-server rotate-seal-key --data var
    """
    with explained(), opened(data) as (store, _), rotating(data):
        if not _waits(data):
            add_seal_key(data)
        rewrapped = rotate(store, read_ring(data / "seal.keys").current_id, at=now())
        retire_seal_keys(data)
    MESSAGES.print(
        f"Done: {rewrapped} data keys were wrapped anew. The old key opens none of them."
    )
    typer.echo(data / "seal.keys.retired")


def _waits(data: Path) -> bool:
    """Whether a rotation was begun: another key stands beside the first."""
    return len(read_ring(data / "seal.keys").keys) > 1
