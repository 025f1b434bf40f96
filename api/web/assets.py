"""Every file of the page, read and packed once at start: no path that comes in is ever opened."""

import gzip
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

from fastapi import Request, Response

from api.web.policies import policy_of

_MEDIA_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",  # a module with another type is refused by browsers
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",  # the licence of what we did not write
}
_IMPORT = re.compile(rb"^import [^;]*from '\./([\w-]+\.js)';", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    content: bytes
    packed: bytes  # gzip
    media_type: str
    policy: str  # its Content-Security-Policy

    @classmethod
    def of(cls, content: bytes, *, media_type: str, policy: str) -> "Asset":
        """Pack it; the same content always gives the same bytes."""
        return cls(content, gzip.compress(content, 9, mtime=0), media_type, policy)

    def response(self, request: Request) -> Response:
        """As this browser takes it: nothing in it is secret, so packing tells nobody anything."""
        takes_gzip = "gzip" in request.headers.get("accept-encoding", "")
        headers = {"Content-Security-Policy": self.policy, "Vary": "Accept-Encoding"}
        if takes_gzip:
            headers["Content-Encoding"] = "gzip"
        content = self.packed if takes_gzip else self.content
        return Response(content, headers=headers, media_type=self.media_type)


@cache
def static_assets() -> Mapping[str, Asset]:
    """Every file below `static` of a kind that we serve, by its name there."""
    folder = resources.files("api.web").joinpath("static")
    return {name: _asset(name, file) for name, file in _files(folder, PurePosixPath())}


def modules_of(files: Mapping[str, Asset], first: str) -> list[str]:
    """A module and all that it imports, so that a browser can ask for all of them at once."""
    found = [first]
    for name in found:  # which grows meanwhile
        imported = (f"js/{one.decode()}" for one in _IMPORT.findall(files[name].content))
        found.extend(one for one in dict.fromkeys(imported) if one not in found)
    return found


def _files(folder: Traversable, below: PurePosixPath) -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        name = below / entry.name
        if entry.is_dir():
            yield from _files(entry, name)
        elif name.suffix in _MEDIA_TYPES:
            yield str(name), entry


def _asset(name: str, file: Traversable) -> Asset:
    media_type = _MEDIA_TYPES[PurePosixPath(name).suffix]
    return Asset.of(file.read_bytes(), media_type=media_type, policy=policy_of(name))
