"""The bytes of a disk in the segments of an E01 image, and whether they are what was acquired."""

import hashlib
import os
from pathlib import Path

import pyewf

from hashsvc.scan.sources.base import open_untouched

_BLOCK_BYTES = 1 << 20
_ALGORITHMS = {"MD5": "md5", "SHA1": "sha1"}  # libewf's names, and Python's


class EwfImage:
    """All segments, found by the name of the first."""

    def __init__(self, path: Path) -> None:
        """Open them.

        Raises:
            OSError: one is damaged or missing.
        """
        names = pyewf.glob(os.fspath(path))
        self._files = [os.fdopen(open_untouched(Path(name)), "rb") for name in names]
        self._handle = pyewf.handle()
        try:
            self._handle.open_file_objects(self._files)
            self.size = int(self._handle.get_media_size())
        except OSError:
            self._close_files()
            raise

    def read_at(self, offset: int, size: int) -> bytes:
        """See `DiskBytes`."""
        return bytes(self._handle.read_buffer_at_offset(size, offset))

    def is_whole(self) -> bool:
        """Whether the data have the digests that the acquiring tool stored beside them.

        libewf gives zeros for a chunk whose checksum is wrong, and its Python module does not say
        so: without this a damaged photo would pass as another one.
        """
        stored = self._handle.get_hash_values()
        running = {
            name: hashlib.new(_ALGORITHMS[name], usedforsecurity=False)
            for name in stored.keys() & _ALGORITHMS.keys()
        }
        try:
            for offset in range(0, self.size, _BLOCK_BYTES):
                block = self.read_at(offset, min(_BLOCK_BYTES, self.size - offset))
                for digest in running.values():
                    digest.update(block)
        except OSError:
            return False
        same = (digest.hexdigest() == stored[name].lower() for name, digest in running.items())
        return bool(running) and all(same)

    def close(self) -> None:
        """See `DiskBytes`."""
        self._handle.close()
        self._close_files()

    def _close_files(self) -> None:
        for file in self._files:
            file.close()
