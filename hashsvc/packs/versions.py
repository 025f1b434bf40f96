"""The highest version of each bank used here, so that an older pack is refused."""

import json
from dataclasses import dataclass
from pathlib import Path

from hashsvc.files import replacing
from hashsvc.packs.errors import PackKeyError
from hashsvc.packs.manifest import Manifest

_PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class SeenVersions:
    """A small file beside the recipient's key."""

    path: Path

    @classmethod
    def beside(cls, key: Path) -> "SeenVersions":
        """The one that belongs to a key file."""
        return cls(key.with_name(f"{key.name}.seen"))

    def highest(self, manifest: Manifest) -> int:
        """The highest version of the manifest's bank by its signer; 0 where none was seen.

        Raises:
            PackKeyError: the file is damaged.
        """
        return self._read().get(_name(manifest), 0)

    def note(self, manifest: Manifest) -> None:
        """Refuse older versions from now on.

        Raises:
            PackKeyError: the file cannot be written.
        """
        seen = self._read()
        if manifest.version <= seen.get(_name(manifest), 0):
            return
        seen[_name(manifest)] = manifest.version
        try:
            with replacing(self.path, mode=_PRIVATE) as draft:
                draft.write_text(json.dumps(seen, sort_keys=True), encoding="ascii")
        except OSError as error:
            raise PackKeyError(
                "The versions that were used cannot be written beside the key file."
            ) from error

    def _read(self) -> dict[str, int]:
        try:
            seen = json.loads(self.path.read_text(encoding="ascii"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            raise PackKeyError("The file of versions beside the key file is damaged.") from error
        if not isinstance(seen, dict) or not all(type(one) is int for one in seen.values()):
            raise PackKeyError("The file of versions beside the key file is damaged.")
        return seen


def _name(manifest: Manifest) -> str:
    return f"{manifest.signer} {manifest.bank}"
