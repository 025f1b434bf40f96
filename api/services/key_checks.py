"""Refuses key files that belong to another database, before anything is answered with them."""

from api.security.peppers import Pepper
from indexer.errors import KeyFileError
from indexer.store import Store

_SEAL = (
    "seal.keys lacks the key that this database is sealed with: put the file back from its "
    "backup, or copy it from the machine on which the key was rotated."
)
_PEPPER = (
    "pepper.keys lacks a pepper under which {count} cases are kept: put the file back from its "
    "backup. Without it their numbers and PINs fit no more."
)


def require_keys(store: Store, pepper: Pepper) -> None:
    """Refuse key files under which what is stored would not open.

    Raises:
        KeyFileError: one lacks a key that is needed.
        SealBrokenError: it holds another key under the same id, or a row was altered.
    """
    with store.snapshot() as tx:
        kek_id = tx.rotation.in_use()
        if kek_id is not None and kek_id not in store.ring.keys:
            raise KeyFileError(_SEAL)
        tx.rotation.require_opens()
        cases = tx.cases.count_by_pepper()
    lost = sum(count for pepper_id, count in cases.items() if pepper_id not in pepper.live_ids)
    if lost:
        raise KeyFileError(_PEPPER.format(count=lost))
