"""Say what lies in an output folder, sign it, and see later that it is still so."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hashsvc.digests import digests_of
from hashsvc.files import replacing
from hashsvc.scan.custody_log import CustodyLog
from hashsvc.scan.errors import IntegrityError
from hashsvc.scan.manifest_keys import ReportKey, is_signed
from hashsvc.scan.records import Outcome

NAME = "manifest.json"
SIGNATURE = "manifest.sig"
_CONTEXT = b"hashsvc-report-v1\0"  # a signature under this key holds for nothing else
_FORMAT = 1
_PRIVATE = 0o600
_MOST_NAMES = 5  # of files, in one sentence


@dataclass(frozen=True, slots=True)
class Verified:
    """A folder that is as its manifest says."""

    files: int
    signer: str | None  # public key; None: anybody can have written the manifest


def write_manifest(folder: Path, facts: Mapping[str, Any], key: ReportKey | None) -> Path:
    """Write down every file of a folder with its digest, and sign that.

    Args:
        folder: in which nothing is open for writing.
        facts: what else is said.
        key: signs; None removes an older signature.

    Returns:
        The manifest's file.

    Raises:
        IntegrityError: the custody log was altered, or there is what is no file.
    """
    manifest = {
        **facts,
        "format": _FORMAT,
        "custody_log_head": CustodyLog(folder).head(),
        "signer": key.public if key else None,
        "files": files_of(folder),
    }
    body = (json.dumps(manifest, indent=2, sort_keys=True) + "\n").encode("ascii")
    path, signature = folder / NAME, folder / SIGNATURE
    signature.unlink(missing_ok=True)
    with replacing(path, mode=_PRIVATE) as draft:
        draft.write_bytes(body)
    if key:
        with replacing(signature, mode=_PRIVATE) as draft:
            draft.write_bytes(base64.b64encode(key.sign(_CONTEXT + body)) + b"\n")
    return path


def files_of(folder: Path) -> list[dict[str, Any]]:
    """Name, length and SHA-256 of every file in a folder but the manifest.

    Raises:
        IntegrityError: there is what is no file.
    """
    return [_listed(folder, name) for name in _names(folder)]


def verify_folder(folder: Path, *, signer: str | None = None) -> Verified:
    """See that nothing was changed, removed or added since the manifest was written.

    Args:
        folder: of a scan.
        signer: public key that has to have signed; None takes any, or none.

    Raises:
        IntegrityError: with what is wrong, in one sentence.
    """
    body = _read(folder / NAME, "There is no manifest in this folder.")
    manifest = _parsed(body)
    _check_signature(folder, body, manifest["signer"], signer)
    _check_files(folder, manifest["files"])
    if CustodyLog(folder).head() != manifest["custody_log_head"]:
        raise IntegrityError("The custody log is not the one of the manifest.")
    counted = manifest["totals"]
    if sum(counted[outcome] for outcome in Outcome) != counted["files"]:
        raise IntegrityError("The totals of the manifest do not add up.")
    return Verified(len(manifest["files"]), manifest["signer"])


def _parsed(body: bytes) -> dict[str, Any]:
    """With everything in it that is checked."""
    try:
        read = json.loads(body)
        listed = [
            (str(one["name"]), int(one["bytes"]), str(one["sha256"])) for one in read["files"]
        ]
        return {
            "signer": None if read["signer"] is None else str(read["signer"]),
            "custody_log_head": str(read["custody_log_head"]),
            "totals": {name: int(read["totals"][name]) for name in (*Outcome, "files")},
            "files": listed,
        }
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise IntegrityError("The manifest was altered: it has another form.") from error


def _check_signature(folder: Path, body: bytes, named: str | None, asked: str | None) -> None:
    if asked and named != asked:
        raise IntegrityError("The manifest is not signed with that key.")
    if named is None:
        return
    text = _read(folder / SIGNATURE, "The manifest's signature is missing.")
    try:
        signature = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        signature = b""
    if not is_signed(_CONTEXT + body, signature, named):
        raise IntegrityError("The manifest was altered: its signature does not hold.")


def _check_files(folder: Path, listed: list[tuple[str, int, str]]) -> None:
    there, expected = set(_names(folder)), {name for name, _, _ in listed}
    changed = [
        name
        for name, length, sha256 in listed
        if name in there and _differs(folder / name, length, sha256)
    ]
    wrong = {
        "changed": changed,
        "missing": sorted(expected - there),
        "added": sorted(there - expected),
    }
    if any(wrong.values()):
        told = "; ".join(f"{how}: {_told(names)}" for how, names in wrong.items() if names)
        raise IntegrityError(f"The folder is not as it was when the manifest was made: {told}.")


def _differs(path: Path, length: int, sha256: str) -> bool:
    if path.is_symlink() or not path.is_file() or path.stat().st_size != length:
        return True
    return digests_of(path).sha256 != sha256


def _told(names: list[str]) -> str:
    shown = ", ".join(name.encode("unicode_escape").decode() for name in names[:_MOST_NAMES])
    rest = len(names) - _MOST_NAMES
    return f"{shown} and {rest} more" if rest > 0 else shown


def _names(folder: Path) -> Iterator[str]:
    """Every file below, but the manifest itself; a link is a file that nobody wrote."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name not in {NAME, SIGNATURE} and (path.is_symlink() or not path.is_dir()):
            yield name


def _listed(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    if path.is_symlink() or not path.is_file():
        raise IntegrityError("The output folder holds a link or a device: remove it.")
    return {"name": name, "bytes": path.stat().st_size, "sha256": digests_of(path).sha256}


def _read(path: Path, sentence: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise IntegrityError(sentence) from error


def body_digest(lines: Iterator[str]) -> str:
    """Of what was found, file by file: the same for two scans of the same evidence."""
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.encode("utf-8"))
    return digest.hexdigest()
