"""`hashsvc-server verify`: log, listed signatures and index agree, or it is told."""

import shutil

import pytest
from sqlalchemy import make_url

from hashsvc.closed_sets import ListedState
from indexer.store import tables
from tests.api.instances import said
from tests.indexer.factories import listed_in, open_case, withdraw_case
from tests.indexer.rows import alter


def test_a_sound_database_is_verified(instance):
    with instance.store() as store:
        withdraw_case(store, open_case(store, 2))
        open_case(store, 3, seed=1)

    answer = instance.run("verify")

    assert answer.exit_code == 0, answer.output
    assert "3 live" in answer.stdout


def _alter_a_row(store):
    alter(store, tables.change, tables.change.c.seq == 2, day=1)


def _cut_the_tail(store):
    with store.transaction() as tx:
        tx.connection.execute(tables.change.delete().where(tables.change.c.seq == 4))


def _delist_in_silence(store):
    id_ = next(iter(listed_in(store)))
    listed = tables.listed_signature
    alter(store, listed, listed.c.id == id_, state=ListedState.SUSPENDED)


def _exchange_bodies(store):
    alter(store, tables.listed_signature, body=bytes(96))


@pytest.mark.parametrize(
    "harm",
    [_alter_a_row, _cut_the_tail, _delist_in_silence, _exchange_bodies],
)
def test_a_database_that_does_not_agree_is_told(instance, harm):
    with instance.store() as store:
        open_case(store, 4)
        harm(store)

    answer = instance.run("verify")

    assert answer.exit_code == 1
    assert said(answer)


def test_a_database_that_cannot_be_read_is_another_exit_code(instance):
    shutil.rmtree(instance.folder)

    answer = instance.run("verify")

    assert answer.exit_code == 2
    assert make_url(instance.url).database not in answer.stdout
