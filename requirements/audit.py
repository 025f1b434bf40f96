"""Ask a vulnerability service about everything that is locked: `make audit`.

Exit codes: 0 asked about all and nothing is known, 1 something is known, 2 no answer. Without a
network nothing is audited, and that is said: silence is no good news.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from requirements.pins import FOLDER, pins

_KNOWN, _NO_ANSWER = 1, 2
_SECONDS = "15"  # for one answer


def main(words: list[str] | None = None) -> int:
    """Audit each lock file and say what is known."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lock", type=Path, action="append", help="in the place of ours")
    parser.add_argument("--osv-url", help="another service that speaks OSV")
    arguments = parser.parse_args(words)
    service = ["--osv-url", arguments.osv_url] if arguments.osv_url else []
    locks = arguments.lock or sorted(FOLDER.glob("*.txt"))
    return max(_audited(lock, service) for lock in locks)


def _audited(lock: Path, service: list[str]) -> int:
    """Ask about one file, and print a line or more."""
    answer = _asked(lock, service)
    asked = {one.name for one in pins(lock.read_text(encoding="utf-8"))[0]}
    if answer is None or any("skip_reason" in one for one in answer):
        sys.stdout.write(f"{lock.name}: NOT AUDITED: the vulnerability service did not answer.\n")
        return _NO_ANSWER
    known = [(one, weak) for one in answer for weak in one["vulns"]]
    for one, weak in known:
        fixed = ", ".join(weak["fix_versions"]) or "no version yet"
        sys.stdout.write(
            f"{lock.name}: {one['name']} {one['version']}: {weak['id']}, fixed in {fixed}\n"
        )
    if not known:
        sys.stdout.write(f"{lock.name}: {len(asked)} packages, nothing known.\n")
    return _KNOWN if known else 0


def _asked(lock: Path, service: list[str]) -> list[dict[str, Any]] | None:
    """What is known of each package; None where the service could not be asked."""
    command = [sys.executable, "-m", "pip_audit", "--format=json", "--progress-spinner=off"]
    command += ["--vulnerability-service=osv", f"--timeout={_SECONDS}", *service]
    command += ["--disable-pip", "--require-hashes", f"--requirement={lock}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own words
    try:
        packages: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except ValueError:
        return None
    return packages


if __name__ == "__main__":
    sys.exit(main())
