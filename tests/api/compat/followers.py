"""Who follows another network's list, without a process of its own."""

from sqlalchemy import select

from api.compat.fetching import Fetching, open_client
from api.compat.ncmec_import import NcmecList
from api.compat.stopncii_import import StopNciiList, headers
from api.security.key_files import read_key_files
from api.security.peppers import Pepper
from api.services.intake import Intake
from api.services.list_imports import Followed, ListImports
from api.settings import Settings
from indexer.records import LIVE_STATES
from indexer.store import Store, tables
from indexer.store.import_sources import NewSource

BANK = "partner"


class Follower:
    """A data folder whose bank `partner` follows a list at an address."""

    def __init__(self, folder, dialect, url, *, credentials=("first", "second"), clock=None):
        keys = read_key_files(folder)
        self.store = Store.at(Settings(data=folder).url, keys.seal)
        self.imports = ListImports(self.store, Intake.of_store(self.store), Pepper(keys.pepper))
        self.imports.add(NewSource("theirs", dialect, url, "none", BANK))
        self.list, self._client = _list_of(dialect, url, credentials, clock)
        self.sums = Followed()

    def run(self):
        """Follow to the end; the sums, which `sums` also holds if it breaks off."""
        self.sums = Followed()
        source = self.source()
        for sums in self.imports.follow(source, self.list.pages(source.checkpoint)):
            self.sums = sums
        return self.sums

    def source(self):
        (source,) = self.imports.chosen("theirs")
        return source

    def hashes(self):
        """What the bank matches now, sorted."""
        banks, listed = tables.bank.c, tables.listed_signature.c
        with self.store.snapshot() as tx:
            live = tx.connection.scalars(
                select(listed.id)
                .join(tables.bank, banks.id == listed.bank_id)
                .where(banks.name == BANK, listed.state.in_(LIVE_STATES))
            ).all()
            found = [one for one in tx.listing.of_bank(BANK) if one.signature_id in set(live)]
        return sorted(one.signature.pdq.hex() for one in found)

    def close(self):
        self._client.close()
        self.store.close()


def _list_of(dialect, url, credentials, clock):
    if dialect == "stopncii":
        client = open_client(headers=headers(*credentials))
        return StopNciiList(Fetching(client, waits=(0, 0)), url), client
    client = open_client(auth=credentials)
    more = {} if clock is None else {"time_of_day": clock}
    return NcmecList(Fetching(client, waits=(0, 0)), url, **more), client
