"""A stream whose errors are rows of the report."""

from types import TracebackType
from typing import BinaryIO, Self

from hashsvc.scan.records import FileProblemError, Reason


class GuardedStream:
    """Reads a member of an archive."""

    def __init__(self, stream: BinaryIO, damage: tuple[type[Exception], ...]) -> None:
        """Hold a member.

        Args:
            stream: the member.
            damage: what the archive's library raises when it is damaged.
        """
        self._stream = stream
        self._damage = damage

    def read(self, size: int) -> bytes:
        """At most so many bytes; fewer than asked for only at the end.

        Raises:
            FileProblemError: the archive is damaged here.
        """
        try:
            return self._stream.read(size)
        except self._damage as error:
            raise FileProblemError(Reason.CONTAINER_DAMAGED) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stream.close()
