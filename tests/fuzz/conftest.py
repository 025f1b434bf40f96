"""What fuzzing needs: a migrated folder, and words about how much of it there shall be."""

import pytest

from api.security.key_files import make_key_files, read_key_files
from api.settings import Settings
from indexer.store import Store


@pytest.fixture(scope="session")
def migrated_folder(tmp_path_factory):
    """A data folder as the first start leaves it; each run gets a copy."""
    folder = tmp_path_factory.mktemp("data")
    make_key_files(folder)
    store = Store.at(Settings(data=folder).url, read_key_files(folder).seal)
    store.migrate()
    store.close()
    return folder
