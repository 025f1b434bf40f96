"""Folders in memory, where the machine has room for them: waiting for a disk tests nothing.

Tests end processes, never power. Those of power cuts and of full disks make folders of their own.
"""

import shutil
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_MEMORY = Path("/dev/shm")  # noqa: S108  # each folder is made anew, for us alone
_ROOM_BYTES = 1 << 30  # containers often have 64 MiB there


@contextmanager
def quick_folder(prefix):
    """A folder that is gone afterwards."""
    roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM_BYTES
    with TemporaryDirectory(prefix=prefix, dir=_MEMORY if roomy else None) as name:
        yield Path(name)
