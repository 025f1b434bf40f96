"""Everything durable, behind one transaction."""

from indexer.store.store import Store, Transaction

__all__ = ["Store", "Transaction"]
