"""The memory that hashing adds to a process."""

from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from PIL import Image

from benchmarks.hashing.photo_files import SIZES
from benchmarks.hashing.ways import WAYS


def peak_bytes(name: str, photo: Path) -> int:
    """What hashing one photo adds to a process that has hashed a small one before."""
    width, height = SIZES["12 MP"]
    with TemporaryDirectory() as folder:
        small = Path(folder) / "small.jpg"
        Image.new("RGB", (64, 64), "grey").save(small)
        WAYS[name](small)
    before: int = psutil.Process().memory_info().rss
    WAYS[name](photo)
    return _high_water_bytes() - before - 3 * width * height


def _high_water_bytes() -> int:
    """Linux: the peak of this process alone; ru_maxrss would count what its parent had."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return 1024 * int(line.split()[1])
    raise OSError("this system does not say how much memory a process had")
