"""A member of an archive as a stream whose errors are rows of the report."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from hashsvc.scan.records import FileProblemError, Reason


class GuardedStream(io.RawIOBase):
    """Reads a member, and no more of it than it may hold."""

    def __init__(
        self, stream: BinaryIO, damage: tuple[type[Exception], ...], *, most: int | None = None
    ) -> None:
        """Hold a member.

        Args:
            stream: the member.
            damage: what the archive's library raises when it is damaged.
            most: bytes that it may have; None: its size cannot lie.
        """
        self._stream, self._damage, self._left = stream, damage, most

    def readable(self) -> bool:
        """It is for nothing else."""
        return True

    def seekable(self) -> bool:
        """Going back in what is compressed means to begin again."""
        return False

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401  # any writable bytes
        """Fill a buffer.

        Raises:
            FileProblemError: the archive is damaged here, or holds too much.
        """
        try:
            block = self._stream.read(len(buffer))
        except self._damage as error:
            raise FileProblemError(Reason.CONTAINER_DAMAGED) from error
        buffer[: len(block)] = block
        if self._left is not None:
            self._left -= len(block)
            if self._left < 0:
                raise FileProblemError(Reason.CONTAINER_LIMIT)
        return len(block)

    def close(self) -> None:
        """Give the member back."""
        self._stream.close()
        super().close()


@contextmanager
def damage_told(damage: tuple[type[Exception], ...]) -> Iterator[None]:
    """Turn what a library raises into a row."""
    try:
        yield
    except damage as error:
        raise FileProblemError(Reason.CONTAINER_DAMAGED) from error
