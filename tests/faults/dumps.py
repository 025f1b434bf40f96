"""What a thief of a database reads in it, and what key files open of that."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url, select

from hashsvc import Signature, SignatureId
from indexer.errors import SealBrokenError
from indexer.store import tables
from indexer.store.sealing import unwrap
from tests.postgres_server import newest_binaries


def dump_of(url):
    """The whole database: PostgreSQL's own dump; SQLite's files byte for byte, with its log."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        path = Path(parsed.database)
        return b"".join(one.read_bytes() for one in sorted(path.parent.glob(f"{path.name}*")))
    plain = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
    words = [newest_binaries() / "pg_dump", "--no-password", plain]
    return subprocess.run(words, check=True, capture_output=True).stdout


@dataclass(frozen=True)
class Sealed:
    """One signature as the database holds it."""

    signature_id: SignatureId
    body: bytes
    data_key_id: int
    wrapped: bytes
    kek_id: str

    def stands_in(self, dump):
        """Whether both parts can be read there."""
        return all(
            part in dump or part.hex().encode() in dump for part in (self.body, self.wrapped)
        )

    def opened(self, rings) -> Signature | None:
        """The signature, with whichever key file opens it."""
        for ring in rings:
            try:
                key = unwrap(
                    self.wrapped, data_key_id=self.data_key_id, kek_id=self.kek_id, ring=ring
                )
                return key.unseal(self.body, self.signature_id)
            except SealBrokenError:
                continue
        return None


def sealed_in(store):
    """Every signature with everything that is needed to open it, but for a key file."""
    rows = (
        select(tables.listed_signature, tables.data_key.c.wrapped, tables.data_key.c.kek_id)
        .join(tables.data_key, tables.data_key.c.id == tables.listed_signature.c.data_key_id)
        .where(tables.listed_signature.c.case_id.is_not(None))
    )
    with store.snapshot() as tx:
        return {
            Sealed(row.id, row.body, row.data_key_id, row.wrapped, row.kek_id)
            for row in tx.connection.execute(rows)
        }


def opened_from(dump, sealed, *rings):
    """The signatures that a thief of a dump and of these key files reads.

    Args:
        dump: of a database.
        sealed: every ciphertext that ever was, so that nothing is passed over in free pages.
        rings: key files.
    """
    opened = {one.opened(rings) for one in sealed if one.stands_in(dump)}
    return opened - {None}
