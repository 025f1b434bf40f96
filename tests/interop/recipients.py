"""A real service that hands a list on, and recipients of it with all their credentials."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import sleep

from sqlalchemy import select, update

from api.compat.function_keys import Endpoint, function_key
from api.security.key_files import read_key_files
from api.security.peppers import Pepper
from api.security.scopes import Scope
from api.services.lists import ListService
from api.services.platforms import PlatformService
from api.settings import Settings
from hashsvc.hashing import full_signature
from hashsvc.photos import decode
from hashsvc.times import now
from indexer.records import Enrolment, Standing
from indexer.store import Store, list_tables, tables
from tests.indexer.factories import make_new_case, make_number_mac

REPOSITORY = Path(__file__).parents[2]
SCOPES = (Scope.LISTS_READ, Scope.LISTS_WRITE, Scope.DECISIONS_WRITE, Scope.MATCHES_WRITE)


@dataclass(frozen=True)
class Recipient:
    """A platform with a key."""

    name: str
    key: object  # a PresentedKey
    base: str  # StopNCII's clients are pointed here
    function_keys: dict
    url: str

    @property
    def headers(self):
        return {
            "Ocp-Apim-Subscription-Key": self.key.text(),
            "x-functions-key": self.function_keys["FetchHashes"],
        }

    @property
    def bearer(self):
        return {"Authorization": f"Bearer {self.key.text()}"}


class ListServer:
    """The service's own store beside it, for what survivors and operators would do."""

    def __init__(self, folder, server):
        keys = read_key_files(folder)
        self.folder, self.server, self.url = folder, server, server.url
        self.pepper = Pepper(keys.pepper)
        self.store = Store.at(Settings(data=folder).url, keys.seal)
        self.lists = ListService(self.store, enabled=True, publish_seconds=0)
        self._cases = 0

    def recipient(self, name="example", *, scopes=SCOPES, granted=True):
        platforms = PlatformService(self.store, self.pepper)
        key = platforms.create_key(name, scopes, at=now(), days=1)
        for operator in ("amina", "ben") if granted else ():
            self.lists.grant(name, "reported", operator=operator, reference="4/2026", at=now())
        made = {one.value: function_key(self.pepper, one, key.key_id) for one in Endpoint}
        return Recipient(name, key, f"{self.url}/compat/stopncii/v1", made, self.url)

    def list_all(self, signatures):
        """Open a case and publish it; returns its id."""
        self._cases += 1
        new = make_new_case(seed=self._cases)
        with self.store.transaction() as tx:
            tx.cases.open(new, [Enrolment(one) for one in signatures], at=now())
            case_id = tx.cases.find(make_number_mac(self._cases)).case_id
        self.publish()
        return case_id

    def withdraw(self, case_id):
        with self.store.transaction() as tx:
            tx.cases.withdraw(case_id, at=now())
        self.publish()

    def move(self, pdq, state):
        """Bring every listed signature with this hash to a state, as decisions would."""
        with self.store.transaction() as tx:
            ids = tx.connection.scalars(select(tables.listed_signature.c.id)).all()
            moves = {
                id_: Standing(state)
                for id_, signature in self._opened(tx, ids)
                if signature.pdq.hex() == pdq
            }
            assert moves
            tx.listing.move(moves, at=now())
        self.publish()

    def decisions(self):
        """Every decision that was kept, in order."""
        kept = tables.decision.c
        with self.store.snapshot() as tx:
            rows = tx.connection.execute(
                select(kept.decision, kept.reason, kept.automated).order_by(kept.id)
            )
            return [tuple(row) for row in rows]

    def bank_sizes(self):
        """How many signatures are live in each bank for matching that has any."""
        with self.store.snapshot() as tx:
            banks = tx.banks.overview()
        return {one.name: one.live for one in banks if one.live and one.kind == "reported"}

    def requests(self, dialect):
        """How many pages were handed over."""
        with self.store.snapshot() as tx:
            dialects = tx.connection.scalars(select(list_tables.list_access.c.dialect))
            return list(dialects).count(dialect)

    def wait_seconds(self, seconds):
        """Until what was published lies so far back: clients ask for whole seconds, 5 s late."""
        sleep(seconds)

    def restore(self):
        """What a restore leaves: another history."""
        with self.store.transaction() as tx:
            tx.connection.execute(update(tables.head).values(epoch=b"restored"))

    def _opened(self, tx, ids):
        listed = tables.listed_signature.c
        for id_ in ids:
            row = tx.connection.execute(
                select(listed.body, listed.data_key_id).where(listed.id == id_)
            ).one()
            if row.body is not None:
                yield id_, tx.listing.data_key(row.data_key_id).unseal(row.body, id_)

    def publish(self):
        self.lists.publish(at=now())


def signature_of(photo):
    """What `hashsvc` makes of a whole photo."""
    return full_signature(decode(photo))


@dataclass(frozen=True)
class Said:
    """What a command wrote."""

    code: int
    out: str
    err: str


class TxCommand:
    """The real command line of pytx with a state of its own."""

    def __init__(self, state: Path, **environment):
        self._environment = os.environ | {"TX_STATEDIR": str(state), "TZ": "UTC"} | environment
        self._state = state

    def __call__(self, *words, **environment):
        done = subprocess.run(
            [sys.executable, "-m", "threatexchange", *map(str, words)],
            env=self._environment | environment,
            cwd=self._state,
            capture_output=True,
            text=True,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def hash_file(self, *hashes):
        """A file of hashes, for `match -H`."""
        path = self._state / "hashes.txt"
        path.write_text("\n".join(hashes))
        return path

    def dataset(self):
        """Every hash that it keeps."""
        lines = self("dataset", "-P").out.splitlines()
        return {line.split()[1] for line in lines if line.startswith("pdq ")}
