"""What holds for every database: hashes lie sealed in it, and withdrawal erases them."""

import base64

import pytest
from sqlalchemy import make_url

from hashsvc.closed_sets import ListedState
from hashsvc.hashes import Algorithm
from indexer.errors import SealBrokenError
from indexer.store import tables
from tests.factories import make_hash
from tests.indexer.factories import (
    add_to_case,
    listed_in,
    make_enrolment,
    make_enrolments,
    make_key_ring,
    open_case,
    opened,
    withdraw_case,
)
from tests.indexer.rows import alter, column, every_row

PDQ = make_hash(seed=77)
DHASH = make_hash(seed=77, algorithm=Algorithm.DHASH)


def forms_of(digest):
    """Every form in which 32 bytes could lie in a database."""
    texts = [digest.hex(), digest.hex().upper(), base64.b64encode(digest).decode().rstrip("=")]
    texts.append(base64.urlsafe_b64encode(digest).decode().rstrip("="))
    return [digest, *(text.encode() for text in texts)]


def dump_of(store):
    values = (value for _, row in every_row(store) for value in row)
    return b"\n".join(v if isinstance(v, bytes) else str(v).encode() for v in values)


def plant(store):
    """A case with the planted hashes, and one signature that stays."""
    case_id = open_case(store, [make_enrolment(seed=77)])
    open_case(store, 1, seed=1)
    return case_id


@pytest.mark.parametrize("planted", [PDQ, DHASH], ids=["pdq", "dhash"])
def test_no_form_of_a_hash_lies_in_any_table(store, planted):
    plant(store)

    dump = dump_of(store)

    assert not [form for form in forms_of(planted.digest) if form in dump]


@pytest.mark.parametrize("planted", [PDQ, DHASH], ids=["pdq", "dhash"])
def test_the_search_for_hashes_would_find_one(store, planted):
    case_id = plant(store)

    for form in forms_of(planted.digest):
        alter(
            store, tables.listed_signature, tables.listed_signature.c.case_id == case_id, body=form
        )
        assert form in dump_of(store)


def test_no_form_of_a_hash_lies_in_the_sqlite_files(sqlite_databases):
    with sqlite_databases.fresh() as url, opened(url) as store:
        withdrawn = plant(store)
        path = sqlite_databases.folder / make_url(url).database
        bodies = column(store, tables.listed_signature, "body")
        before = path.read_bytes()
        withdraw_case(store, withdrawn)

        written = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))

    assert any(body in before for body in bodies)  # the control: files show what rows hold
    assert not [form for form in forms_of(PDQ.digest) + forms_of(DHASH.digest) if form in before]
    assert sum(body in written for body in bodies) == 1  # secure_delete: the page is overwritten


def test_no_key_lies_in_any_table(store, key_ring):
    plant(store)
    with store.snapshot() as tx:
        data_keys = [
            tx.listing.data_key(id_).secret
            for id_ in tx.connection.scalars(tables.data_key.select())
        ]

    dump = dump_of(store)

    secrets = [key_ring.current, *data_keys]
    assert len(secrets) == 3
    assert not [form for secret in secrets for form in forms_of(secret) if form in dump]


def test_bodies_are_of_one_length_with_and_without_dhash(store):
    open_case(store, [make_enrolment(seed=1), make_enrolment(seed=2, dhash=None, quality=1)])

    assert [len(body) for body in column(store, tables.listed_signature, "body")] == [96, 96]


def test_withdrawal_erases_bodies_and_data_key(store):
    case_id = open_case(store, 3)
    open_case(store, 2, seed=1)

    withdraw_case(store, case_id)

    rows = tables.listed_signature
    assert column(store, rows, "body", rows.c.case_id == case_id) == [None] * 3
    assert column(store, rows, "data_key_id", rows.c.case_id == case_id) == [None] * 3
    assert column(store, rows, "state", rows.c.case_id == case_id) == [ListedState.DELISTED] * 3
    assert len(column(store, tables.data_key, "id")) == 1
    assert len(listed_in(store)) == 2


def test_each_case_has_a_data_key_of_its_own(store):
    for seed in range(3):
        open_case(store, 2, seed=seed)

    assert len(set(column(store, tables.case, "data_key_id"))) == 3


def test_signatures_added_later_share_the_case_s_data_key(store):
    case_id = open_case(store, 1)
    add_to_case(store, case_id, make_enrolments(2, start=5))

    assert len(set(column(store, tables.listed_signature, "data_key_id"))) == 1


def test_an_older_key_still_opens_and_a_missing_one_does_not(database_url):
    with opened(database_url, make_key_ring(current="kek-1")) as store:
        open_case(store, 2)
    with opened(database_url, make_key_ring(current="kek-2", older=["kek-1"])) as store:
        open_case(store, 2, seed=1)
        assert len(listed_in(store)) == 4

    with (
        opened(database_url, make_key_ring(current="kek-2")) as store,
        pytest.raises(SealBrokenError),
    ):
        listed_in(store)


def test_a_live_row_without_its_body_does_not_open(store):
    open_case(store, 1)
    alter(store, tables.listed_signature, body=None)

    with pytest.raises(SealBrokenError):
        listed_in(store)
