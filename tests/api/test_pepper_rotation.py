"""After a new pepper numbers, PINs, API keys and repeated requests go on, and are kept under it."""

import pytest

from api.security.key_files import add_key, read_key_files, read_ring, retire_keys
from api.security.scopes import Scope
from indexer.store import tables
from tests.api.bodies import (
    IDEMPOTENCY_KEY,
    OTHER_PIN,
    ask,
    case_request,
    item_of,
    only_line,
    open_case,
    opened_number,
)
from tests.factories import make_signature
from tests.indexer.rows import column

SEEN = make_signature(seed=61)


@pytest.fixture
def rotated(client, folder, start, connect):
    """Give the folder another pepper, and restart on it."""

    def after():
        add_key(folder / "pepper.keys")
        return connect(start())

    return after


def pepper_ids(client):
    return column(client.app.state.services.matching.store, tables.case, "pepper_id")


def test_number_and_pin_fit_and_are_kept_under_the_new_pepper(client, folder, rotated):
    number = opened_number(client, SEEN)
    old = read_key_files(folder).pepper.current_id

    again = rotated()
    new = read_key_files(folder).pepper.current_id
    assert case_request(again, "status", number, pin=OTHER_PIN).status_code == 404
    assert pepper_ids(again) == [old]  # nobody showed the PIN yet
    assert case_request(again, "status", number).status_code == 200

    assert pepper_ids(again) == [new]
    assert case_request(again, "status", number, pin=OTHER_PIN).status_code == 404
    assert case_request(again, "withdraw", number).status_code == 204


def test_a_renewed_case_needs_the_old_pepper_no_more(client, folder, rotated, start, connect):
    number = opened_number(client, SEEN)
    old = read_key_files(folder).pepper.current_id
    assert case_request(rotated(), "status", number).status_code == 200
    retire_keys(folder / "pepper.keys", [old])

    assert len(read_ring(folder / "pepper.keys").keys) == 1
    assert case_request(connect(start()), "withdraw", number).status_code == 204


def test_a_repeated_report_opens_no_second_case(client, rotated):
    first = open_case(client, SEEN, idempotency_key=IDEMPOTENCY_KEY)

    again = rotated()
    second = open_case(again, SEEN, idempotency_key=IDEMPOTENCY_KEY)
    with_another_pin = open_case(again, SEEN, idempotency_key=IDEMPOTENCY_KEY, pin=OTHER_PIN)

    assert second.json()["case_number"] == first.json()["case_number"]
    assert with_another_pin.status_code == 409
    assert len(pepper_ids(again)) == 1


def test_an_api_key_holds_and_is_kept_under_the_new_pepper_once_used(
    client, folder, make_key, rotated, start, connect
):
    key = make_key(Scope.MATCHES_WRITE)
    opened_number(client, SEEN)
    old = read_key_files(folder).pepper.current_id
    match_id = only_line(ask(client, key, item_of(SEEN)))["match_id"]

    again = rotated()
    assert only_line(ask(again, key, item_of(SEEN)))["match_id"] == match_id  # by its reference
    retire_keys(folder / "pepper.keys", [old])

    assert ask(connect(start()), key, item_of(SEEN)).status_code == 200


def test_a_key_that_was_not_used_meanwhile_ends_with_its_pepper(
    client, folder, make_key, rotated, start, connect
):
    """The control: nothing renews what nobody shows."""
    key = make_key(Scope.MATCHES_WRITE)
    old = read_key_files(folder).pepper.current_id
    rotated()
    retire_keys(folder / "pepper.keys", [old])

    assert ask(connect(start()), key, item_of(SEEN)).status_code == 401
