"""Fast search over listed signatures, in memory; a pure function of the store's changes."""

from indexer.search.flat import FlatIndex
from indexer.search.layered import LayeredIndex
from indexer.search.protocol import SignatureIndex

__all__ = ["FlatIndex", "LayeredIndex", "SignatureIndex"]
