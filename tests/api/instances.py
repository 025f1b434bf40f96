"""An instance on which commands are run: its data folder and its database, of either kind."""

from contextlib import contextmanager

from api.cli import app as cli
from api.security.key_files import read_key_files
from api.settings import Settings
from indexer.store import Store
from indexer.store.high_water import HighWater
from indexer.store.tombstones import TombstoneSink
from tests.leaks import CliRunner


class Instance:
    """A data folder with its database; commands are run on it."""

    def __init__(self, folder, url):
        self.folder = folder
        self.url = url
        self.backup = folder.parent / "backup"
        self.tombstones = folder.parent / "tombstones.jsonl"

    def run(self, *words):
        url = {} if self.url.startswith("sqlite") else {"HASHSVC_DATABASE_URL": self.url}
        words = [*map(str, words), "--data", str(self.folder)]
        return CliRunner(env=url).invoke(cli, words)

    @contextmanager
    def store(self):
        store = Store.at(self.url, read_key_files(self.folder).seal)
        yield store
        store.close()

    @property
    def high_water(self):
        return HighWater(Settings(data=self.folder).high_water)

    def remember(self, store):
        """What a server does all the time."""
        TombstoneSink(self.tombstones, store).catch_up()
        self.high_water.write(store)


def said(answer):
    assert "Traceback" not in answer.output
    return " ".join(answer.stderr.split())
