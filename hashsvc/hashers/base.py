"""What every hash algorithm must offer."""

from typing import Protocol

from hashsvc.hashers.axes import Floats
from hashsvc.hashes import Algorithm, Hash


class Hasher(Protocol):
    """The code of one algorithm."""

    @property
    def algorithm(self) -> Algorithm:
        """Whose hashes these are."""
        ...

    def hash(self, luma: Floats) -> Hash:
        """Read a hash from one luma, (64, 64)."""
        return self.hash_all(luma[None])[0]

    def hash_all(self, lumas: Floats) -> list[Hash]:
        """Read a hash from each luma.

        Args:
            lumas: (n, 64, 64) float32, 0 to 255, in the orientations that are wanted.
        """
        ...
