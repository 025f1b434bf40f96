"""`hashsvc-server rotate-pepper`, `retire-pepper`, `rotate-signing-key` and `rotate-pack-key`."""

from pathlib import Path

import typer

from api.cli.preparing import MESSAGES, Data, explained, fail, opened
from api.security.key_files import add_key, read_ring, retire_keys, rotating
from api.security.pack_keys import pack_keys
from api.security.signing_keys import signing_keys

_PEPPER, _SIGNING, _PACK = "pepper.keys", "signing.keys", "pack.keys"


def rotate_pepper(data: Data = Path("var")) -> None:
    """Put a new pepper before those of pepper.keys; then copy the file and restart every server.

    Stop every server before: one that does not know the new pepper finds no case kept under it.
    Numbers, PINs and API keys fit on, and are kept under the new pepper when they are next used.

    Example: hashsvc-server rotate-pepper --data var
    """
    with explained(), opened(data), rotating(data):
        add_key(data / _PEPPER)
    MESSAGES.print("Made. Copy pepper.keys to every machine, then start every server.")


def retire_pepper(data: Data = Path("var")) -> None:
    """Take out of pepper.keys the peppers under which no case is kept; restart servers then.

    API keys that were not used since the rotation stop; a platform's reference gets a new match
    where it is asked about again. The peppers go to pepper.keys.retired, for older backups.

    Example: hashsvc-server retire-pepper --data var
    """
    with explained(), opened(data) as (store, pepper), rotating(data):
        with store.snapshot() as tx:
            cases = tx.cases.count_by_pepper()
        needed = {pepper.pepper_id, *cases}
        unneeded = [one for one in read_ring(data / _PEPPER).keys if one not in needed]
        if not unneeded:
            waiting = sum(count for one, count in cases.items() if one != pepper.pepper_id)
            fail(f"No pepper can go: {waiting} cases are kept under older ones until used.")
        retire_keys(data / _PEPPER, unneeded)
    MESSAGES.print("Done. Copy pepper.keys to every machine and restart every server.")
    typer.echo(data / f"{_PEPPER}.retired")


def rotate_signing_key(data: Data = Path("var")) -> None:
    """Sign messages to platforms with a new key; the one before it stays published.

    Restart every server then. A second rotation retires the key before the last.

    Example: hashsvc-server rotate-signing-key --data var
    """
    with explained(), opened(data), rotating(data):
        signing_keys(data)
        new, before, *older = add_key(data / _SIGNING).keys
        retire_keys(data / _SIGNING, older)
        published = len({new, before})
    MESSAGES.print(f"Made; {published} public keys are published once every server was restarted.")


def rotate_pack_key(data: Data = Path("var")) -> None:
    """Sign packs with a new key, which their recipients must come to trust first.

    Entries get other ids than in packs signed before. The old key goes to pack.keys.retired.

    Example: hashsvc-server rotate-pack-key --data var
    """
    with explained(), opened(data), rotating(data):
        pack_keys(data)
        ring = add_key(data / _PACK)
        retire_keys(data / _PACK, [one for one in ring.keys if one != ring.current_id])
        public = pack_keys(data).signing.public
    MESSAGES.print("Made. Recipients must trust it before the next pack; its public key:")
    typer.echo(public.hex())
