"""The list that our plug-in reads: by id, with removals, and cursors that know their history."""

import pytest

from api.security.scopes import Scope
from tests.api.bodies import case_request, open_case, opened_number
from tests.factories import make_signature

PATH = "/compat/threatexchange/v1"
LISTED = make_signature(seed=1)


def read(platform, **parameters):
    return platform.client.get(f"{PATH}/list", params=parameters, headers=platform.bearer)


def acknowledge(platform, cursor, **parameters):
    body, headers = {"cursor": cursor}, platform.bearer
    return platform.client.post(f"{PATH}/ack", json=body, params=parameters, headers=headers)


def items(platform, **parameters):
    return read(platform, **parameters).json()["items"]


def test_a_list_is_read_by_id(client, platform, publish):
    recipient = platform()
    open_case(client, LISTED)
    publish()

    (found,) = [one for one in items(recipient) if one["hash"] == LISTED.pdq.hex()]

    assert found == {
        "id": found["id"],
        "op": "add",
        "algorithm": "pdq",
        "hash": LISTED.pdq.hex(),
        "region": "full",
        "list_state": "probation",
    }
    assert len(found["id"]) == 30


def test_a_removal_has_the_id_that_the_addition_had(client, platform, publish):
    recipient = platform()
    number = opened_number(client, LISTED)
    publish()
    before = read(recipient).json()
    (added,) = [one for one in before["items"] if one["hash"] == LISTED.pdq.hex()]
    case_request(client, "withdraw", number)
    publish()

    removed = items(recipient, cursor=before["next_cursor"])

    assert removed == [{"id": added["id"], "op": "remove"}]


def test_two_recipients_have_no_id_in_common(client, platform, publish):
    one, other = platform("one"), platform("other")
    open_case(client, LISTED)
    publish()

    ids = [{item["id"] for item in items(recipient)} for recipient in (one, other)]

    assert [len(of_one) for of_one in ids] == [3, 3]
    assert not ids[0] & ids[1]


def test_pages_follow_one_another(client, platform, publish):
    recipient = platform()
    open_case(client, *(make_signature(seed=seed) for seed in range(5)))
    publish()

    first = read(recipient, limit=4).json()
    rest = read(recipient, limit=4, cursor=first["next_cursor"]).json()

    assert (first["has_more"], rest["has_more"]) == (True, False)
    assert len({one["id"] for one in first["items"] + rest["items"]}) == 7
    assert rest["as_of"] >= first["as_of"]


def test_acknowledging_never_goes_back(platform, services):
    recipient = platform()
    begin, end = read(recipient, limit=1).json(), read(recipient).json()

    answers = [acknowledge(recipient, page["next_cursor"]) for page in (end, begin)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert services.lists.grants()[0].acknowledged == 2


@pytest.mark.parametrize("cursor", ["garbage", "A" * 200])
def test_garbage_is_no_cursor(platform, cursor):
    recipient = platform()

    assert read(recipient, cursor=cursor).json()["type"] == "/problems/cursor-invalid"
    assert acknowledge(recipient, cursor).status_code == 422


def test_a_cursor_belongs_to_one_platform(platform):
    cursor = read(platform("one")).json()["next_cursor"]

    assert read(platform("other"), cursor=cursor).status_code == 422


def test_a_list_needs_scope_grant_and_bank(platform):
    assert read(platform("one", granted=False)).status_code == 403
    assert read(platform("two", Scope.MATCHES_WRITE)).status_code == 403
    assert read(platform("three"), bank="benign").json()["type"] == "/problems/list-not-granted"
    assert acknowledge(platform("four", Scope.MATCHES_WRITE), "x").status_code == 403
