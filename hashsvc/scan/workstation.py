"""What a machine says of itself: system, clock, and the versions of what decodes and hashes."""

import hashlib
import platform
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from hashsvc import __version__

_LIBRARIES = (
    "cryptography",
    "libewf-python",
    "numpy",
    "opencv-python-headless",
    "pi-heif",
    "pillow",
    "pyrage",
    "pyseccomp",
    "pytsk3",
)
_CLOCK_SOURCE = Path("/sys/devices/system/clocksource/clocksource0/current_clocksource")
_SYNCHRONISED = Path("/run/systemd/timesync/synchronized")
_MACHINE_ID = Path("/etc/machine-id")
_HARDWARE = Path("/sys/class/dmi/id")


def workstation() -> dict[str, Any]:
    """As the custody log keeps it; a fact that the system does not give is empty."""
    return {
        "host": platform.node(),
        "machine_id": _machine_id(),
        "maker": _fact(_HARDWARE / "sys_vendor"),
        "model": _fact(_HARDWARE / "product_name"),
        "system": platform.platform(),
        "clock": {
            "source": _fact(_CLOCK_SOURCE),
            "synchronised": _SYNCHRONISED.exists(),  # as far as systemd knows
            "zone": time.tzname[0],
            "utc_offset_seconds": time.localtime().tm_gmtoff,
        },
        "versions": {"hashsvc": __version__, "python": platform.python_version(), **_libraries()},
        "command": [word.encode("utf-8", "replace").decode() for word in sys.argv[1:]],
    }


def _libraries() -> dict[str, str]:
    return {name: found for name in _LIBRARIES if (found := _version(name))}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # an extra that is not installed here
        return ""


def _machine_id() -> str:
    """Tells machines apart; systemd asks that its own number is not given away."""
    return hashlib.sha256(b"hashsvc scan " + _fact(_MACHINE_ID).encode()).hexdigest()[:16]


def _fact(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
