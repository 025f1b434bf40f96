"""Wraps every data key anew while others read and write."""

from datetime import datetime

from indexer.audit_records import OPERATOR, Act
from indexer.store import Store


def rotate(store: Store, kek_id: str, *, at: datetime) -> int:
    """Wrap everything under this key; may be interrupted and begun again at any point.

    Args:
        store: whose servers can read the key from their key files already.
        kek_id: the new key.
        at: now.

    Returns:
        How many data keys were wrapped anew.

    Raises:
        SealBrokenError: a key is missing, or a row was altered; what was done stays.
        StoreUnavailableError: the database did not answer, or a writer took too long.
    """
    with store.transaction() as tx:
        tx.rotation.use(kek_id)
        tx.audit.record(Act.SEAL_ROTATE, by=OPERATOR, at=at)
    total = 0
    while done := _batch(store):
        total += done
    return total


def _batch(store: Store) -> int:
    with store.transaction() as tx:
        return tx.rotation.rewrap()
