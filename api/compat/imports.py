"""The dialects whose lists can be followed, each with what it takes to ask."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Protocol, assert_never

from api.compat import ncmec_import, stopncii_import
from api.compat.fetching import Fetching, open_client
from api.compat.ncmec_import import NcmecList
from api.compat.stopncii_import import StopNciiList
from api.security.credential_files import Credentials
from api.services.list_imports import RemotePage


class Dialect(StrEnum):
    """How another network's server speaks."""

    STOPNCII = "stopncii"
    NCMEC = "ncmec"


class RemoteList(Protocol):
    """A list that somebody hands on."""

    def pages(self, checkpoint: str | None) -> Iterator[RemotePage]:
        """Every page from a checkpoint to the end."""
        ...


def read_credentials(dialect: Dialect, path: Path) -> Credentials:
    """What a server of this dialect wants to see.

    Raises:
        KeyFileError: the file is missing, open to others, or of another form.
    """
    match dialect:
        case Dialect.STOPNCII:
            return Credentials.read(path, stopncii_import.CREDENTIALS)
        case Dialect.NCMEC:
            return Credentials.read(path, ncmec_import.CREDENTIALS)
        case _:
            assert_never(dialect)


@contextmanager
def opened_list(dialect: Dialect, url: str, credentials: Credentials) -> Iterator[RemoteList]:
    """A list at an address, to be read with these credentials."""
    first, second = credentials.values
    match dialect:
        case Dialect.STOPNCII:
            with open_client(headers=stopncii_import.headers(first, second)) as client:
                yield StopNciiList(Fetching(client), url)
        case Dialect.NCMEC:
            with open_client(auth=(first, second)) as client:
                yield NcmecList(Fetching(client), url)
        case _:
            assert_never(dialect)
