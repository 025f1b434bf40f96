"""`docs/data.md` has a row for every table and every file that a server leaves, and no other."""

import re

import pytest

from api.cli.preparing import prepare
from api.security.checkpoint_keys import checkpoint_keys
from api.security.pack_keys import pack_keys
from api.security.signing_keys import signing_keys
from indexer.store.column_types import METADATA
from indexer.store.store import Store  # brings every table in
from tests.project.documents import rows_of, text_of

COLUMNS = ["what", "why", "form", "kept until", "who reads it", "how it goes"]
CODE = re.compile(r"`([^`]+)`")


def tables_in(text):
    """The names of tables that have a row, with the cells of each."""
    return {
        CODE.match(cells[0])[1]: cells[1:]
        for cells in rows_of(text)
        if len(cells) == 1 + len(COLUMNS) and CODE.fullmatch(cells[0])
    }


def files_in(text):
    """Everything that is in code type in the first cell of a row about files."""
    part = text.split("## Files of a server")[1].split("\n## ")[0]
    return {name for cells in rows_of(part) for name in CODE.findall(cells[0])}


def test_every_table_has_a_row_and_every_row_a_table():
    assert Store is not None

    assert set(tables_in(text_of("docs/data.md"))) == set(METADATA.tables)


def test_no_table_has_two_rows():
    first = re.findall(r"^\| `(\w+)` \|", text_of("docs/data.md"), re.MULTILINE)

    assert sorted(first) == sorted(set(first))


@pytest.mark.parametrize("name", sorted(METADATA.tables))
def test_a_row_says_all_there_is_to_say(name):
    cells = tables_in(text_of("docs/data.md"))[name]

    assert all(cells)


def test_a_table_without_a_row_would_be_found():
    """The control."""
    without = re.sub(r"^\| `nonce` .*\n", "", text_of("docs/data.md"), flags=re.MULTILINE)

    assert set(METADATA.tables) - set(tables_in(without)) == {"nonce"}


def test_every_file_of_a_server_is_named(tmp_path):
    data = tmp_path / "var"
    prepare(data)
    for make in (signing_keys, pack_keys, checkpoint_keys):
        make(data)

    left = {path.name for path in data.iterdir()}

    assert {"hashsvc.db", "seal.keys", "pepper.keys", "checkpoint.keys"} <= left
    assert left - files_in(text_of("docs/data.md")) == set()
