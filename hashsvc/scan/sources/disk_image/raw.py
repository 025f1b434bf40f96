"""The bytes of a raw disk image, in one file or split."""

import os
import re
from pathlib import Path

from hashsvc.scan.sources.base import open_untouched


class RawImage:
    """Its bytes, read where they are asked for."""

    def __init__(self, path: Path) -> None:
        """Open every segment.

        Raises:
            OSError: one cannot be opened.
        """
        self._files: list[tuple[int, int]] = []  # where a segment begins, its descriptor
        self.size = 0
        try:
            for segment in segments_of(path):
                descriptor = open_untouched(segment)
                self._files.append((self.size, descriptor))
                self.size += os.lseek(descriptor, 0, os.SEEK_END)  # of a device too
        except OSError:
            self.close()
            raise

    def read_at(self, offset: int, size: int) -> bytes:
        """See `DiskBytes`."""
        read = b""
        while len(read) < size and (block := self._read_in_segment(offset, size - len(read))):
            read, offset = read + block, offset + len(block)
        return read

    def is_whole(self) -> bool:
        """A raw image stores nothing to compare with."""
        return True

    def close(self) -> None:
        """See `DiskBytes`."""
        for _, descriptor in self._files:
            os.close(descriptor)
        self._files = []

    def _read_in_segment(self, offset: int, size: int) -> bytes:
        start, descriptor = next(one for one in reversed(self._files) if offset >= one[0])
        os.lseek(descriptor, offset - start, os.SEEK_SET)
        return os.read(descriptor, size)


def segments_of(path: Path) -> list[Path]:
    """The files of an image, `.001` and those that follow it; one that is not split is alone."""
    found = [path]
    if re.fullmatch(r"\.0+1", path.suffix):
        digits = len(path.suffix) - 1
        while (after := path.with_suffix(f".{len(found) + 1:0{digits}}")).exists():
            found.append(after)
    return found
