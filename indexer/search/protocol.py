"""What every index can do."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from hashsvc import Hit, Listed, Matcher, Signature, SignatureId


class SignatureIndex(Matcher, Protocol):
    """A matcher whose listed signatures come and go."""

    def find_many(self, queries: Sequence[Signature], *, threshold: int) -> list[list[Hit]]:
        """`find` for each query, in one pass."""
        ...

    def add(self, listed: Iterable[Listed]) -> None:
        """Make signatures findable; an id that is there already is replaced."""
        ...

    def remove(self, ids: Iterable[SignatureId]) -> None:
        """Make signatures unfindable; unknown ids are passed over."""
        ...

    def seconds_for(self, queries: int) -> float:
        """About how long so many queries take, on a machine of 2020."""
        ...

    def __len__(self) -> int:
        """How many signatures can be found."""
        ...
