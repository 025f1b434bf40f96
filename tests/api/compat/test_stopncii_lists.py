"""FetchHashes: who may read, what a record says, and when a removal is told."""

from datetime import timedelta

import pytest

from api.compat.function_keys import Endpoint
from api.compat.mappings import DISPUTED, STANDINGS, TIME_ZERO
from api.security.scopes import Scope
from hashsvc import RegionKind
from hashsvc.closed_sets import ListedState
from hashsvc.times import now
from indexer.records import LIVE_STATES, Side, Standing
from indexer.store import tables
from tests.api.bodies import case_request, open_case, opened_number
from tests.factories import make_signature
from tests.indexer.factories import reported

PATH = "/compat/stopncii/v1/FetchHashes"
LISTED = make_signature(seed=1)


@pytest.fixture
def listed(client, platform, publish):
    """A platform that may have the list, with one photo on it."""
    recipient = platform()
    open_case(client, LISTED)
    publish()
    return recipient


def stand(services, state):
    """Bring the one listed signature to a state, as decisions would."""
    with services.lists.store.transaction() as tx:
        (id_,) = [one.signature_id for one in reported(tx)]
        tx.listing.move({id_: Standing(state)}, at=now())
    services.cases.changed()


def test_no_list_is_handed_on_unless_switched_on(start, connect, platform):
    recipient = platform()
    off = connect(start())

    answer = off.get(PATH, headers=recipient.two_keys(Endpoint.FETCH_HASHES))

    assert (answer.status_code, list(answer.json())) == (403, ["message"])


def test_a_list_needs_a_grant_and_a_scope(platform):
    assert platform("one", granted=False).fetch().status_code == 403
    assert platform("two", Scope.MATCHES_WRITE).fetch().status_code == 403
    assert platform("three").fetch().status_code == 200


def test_a_revoked_grant_ends_at_once(platform, services):
    recipient = platform()
    services.lists.revoke("example", "reported", at=now())

    assert recipient.fetch().status_code == 403


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"Ocp-Apim-Subscription-Key": ""}, 401),
        ({"Ocp-Apim-Subscription-Key": "hsk_live_aaaaaaaa_" + "a" * 43}, 401),
        ({"x-functions-key": ""}, 401),
        ({"x-functions-key": "a" * 43}, 401),
        ({"x-functions-key": "clé".encode()}, 401),
    ],
)
def test_wrong_keys_are_refused_and_not_echoed(client, platform, changed, status):
    headers = platform().two_keys(Endpoint.FETCH_HASHES) | changed

    answer = client.get(PATH, headers=headers)

    assert answer.status_code == status
    assert list(answer.json()) == ["message"]
    assert "aaaa" not in answer.text


def test_another_endpoints_key_does_not_open_this_one(client, platform):
    answer = client.get(PATH, headers=platform().two_keys(Endpoint.SUBMIT_HASHES))

    assert answer.status_code == 403


def test_function_keys_die_with_their_api_key(platform, services):
    expired = platform("old", at=now() - timedelta(days=2))
    recipient = platform()
    services.platforms.revoke_key(recipient.key.key_id, at=now())

    assert expired.fetch().status_code == 401
    assert recipient.fetch().status_code == 401


def test_a_function_key_has_no_sign_that_clients_part_their_settings_at(platform):
    keys = platform().function_keys.values()

    assert len(set(keys)) == len(Endpoint)
    assert all(key.isalnum() and len(key) == 43 for key in keys)


def test_a_record_has_the_fields_that_clients_read(listed):
    record = listed.records()[LISTED.pdq.hex()]

    assert record == {
        "lastModtimestamp": TIME_ZERO + 3,
        "signalType": "ImagePDQ",
        "hashValue": LISTED.pdq.hex(),
        "hashStatus": "Received",
        "caseNumbers": {},
        "CSPFeedbacks": [{"source": "hashsvc", "feedbackValue": "None", "tags": ["probation"]}],
    }


def test_nothing_but_the_hash_is_handed_on(client, platform, publish):
    """Planted: what a case knows beside it."""
    recipient, crop = platform(), make_signature(seed=7, region=RegionKind.CROP)
    number = opened_number(client, LISTED, crop)
    publish()

    text = recipient.fetch().text

    assert LISTED.pdq.hex() in text
    for planted in (number, LISTED.dhash.hex(), crop.pdq.hex(), "example", f"{now():%Y-%m-%d}"):
        assert planted not in text


@pytest.mark.parametrize("state", LIVE_STATES)
def test_a_live_state_is_said_in_their_words(listed, services, publish, state):
    stand(services, state)
    publish()

    record = listed.records()[LISTED.pdq.hex()]

    assert record["hashStatus"] == STANDINGS[state].status
    said = [(one["feedbackValue"], one["tags"]) for one in record["CSPFeedbacks"]]
    assert said == [(word, [tag]) for word, tag in STANDINGS[state].feedback]


def test_votes_against_a_confirmed_signature_are_said(listed, services, publish, vote):
    stand(services, ListedState.CONFIRMED)
    vote(Side.SUSPEND)
    publish()

    record = listed.records()[LISTED.pdq.hex()]

    said = [one["feedbackValue"] for one in record["CSPFeedbacks"]]
    assert said == [word for word, _ in DISPUTED.feedback]


def test_a_suspended_hash_is_noticed_to_whom_it_was_sent_alone(listed, platform, services, publish):
    told, late = listed, platform("late")
    next_start = told.fetch().json()["nextSetTimestamp"]
    stand(services, ListedState.SUSPENDED)
    publish()

    record = told.records(next_start)[LISTED.pdq.hex()]

    assert record["hashStatus"] == "Deleted"
    assert [one["feedbackValue"] for one in record["CSPFeedbacks"]] == ["Deleted", "NotBlocked"]
    assert LISTED.pdq.hex() not in late.fetch().text
    assert LISTED.pdq.hex() not in told.fetch().text  # a fresh fetch holds no removal


def test_no_removal_is_noticed_while_an_equal_hash_is_live(client, listed, services, publish):
    open_case(client, LISTED)
    publish()
    first = listed.fetch().json()
    with services.lists.store.transaction() as tx:
        one, _ = reported(tx)
        tx.listing.move({one.signature_id: Standing(ListedState.SUSPENDED)}, at=now())
    services.cases.changed()
    publish()

    assert first["count"] == 3  # two equal hashes are one record, and two are honey
    assert LISTED.pdq.hex() not in listed.records(first["nextSetTimestamp"])
    assert listed.records()[LISTED.pdq.hex()]["hashStatus"] == "Received"


def test_a_removal_during_a_fetch_is_noticed_on_a_later_page(client, listed, services, publish):
    first = listed.fetch(pageSize=3).json()
    assert (first["count"], first["hasMoreRecords"]) == (3, False)
    open_case(client, make_signature(seed=2), make_signature(seed=3))
    publish()
    first = listed.fetch(pageSize=3).json()
    with services.lists.store.transaction() as tx:
        gone = [one for one in reported(tx) if one.signature.pdq == LISTED.pdq]
        tx.listing.move({gone[0].signature_id: Standing(ListedState.SUSPENDED)}, at=now())
    services.cases.changed()
    publish()

    rest = listed.records(nextPageToken=first["nextPageToken"])

    assert rest[LISTED.pdq.hex()]["hashStatus"] == "Deleted"


def test_a_withdrawn_hash_is_erased_and_never_named_again(client, platform, publish):
    recipient = platform()
    number = opened_number(client, LISTED)
    publish()
    start = recipient.fetch().json()["nextSetTimestamp"]
    case_request(client, "withdraw", number)

    before = recipient.fetch().text
    publish()
    after = recipient.fetch(start)

    assert LISTED.pdq.hex() not in before + after.text
    assert after.json()["nextSetTimestamp"] == start + 1
    assert recipient.fetch(start + 1).status_code == 200


@pytest.mark.parametrize(
    "parameters",
    [
        {"startTimestamp": "soon"},
        {"startTimestamp": -1},
        {"startTimestamp": TIME_ZERO + 5},  # the stream ends at 3
        {"nextPageToken": "garbage"},
        {"nextPageToken": "A" * 600},
        {"pageSize": "many"},
    ],
)
def test_what_cannot_be_answered_is_a_400(client, listed, parameters):
    headers = listed.two_keys(Endpoint.FETCH_HASHES)

    answer = client.get(PATH, params=parameters, headers=headers)

    assert (answer.status_code, list(answer.json())) == (400, ["message"])
    assert "garbage" not in answer.text


def test_the_place_after_the_last_one_is_still_a_place(listed):
    assert listed.fetch(TIME_ZERO + 4).json()["nextSetTimestamp"] == TIME_ZERO + 4


def test_a_token_is_good_for_its_own_key_and_run(platform, listed):
    token = listed.fetch(pageSize=1).json()["nextPageToken"]

    assert listed.fetch(nextPageToken=token).status_code == 200
    assert listed.fetch(11, nextPageToken=token).status_code == 400
    assert platform("other").fetch(nextPageToken=token).status_code == 400


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (-5, 1), (2, 2), (9_999, 3)])
def test_a_page_is_as_long_as_was_asked_within_limits(listed, asked, given):
    assert listed.fetch(pageSize=asked).json()["count"] == given


def test_every_page_leaves_a_row_in_the_audit(listed, services):
    listed.fetch(pageSize=2)

    with services.lists.store.snapshot() as tx:
        rows = tx.connection.exec_driver_sql("SELECT dialect, key_id, last, rows FROM list_access")
        assert [tuple(row) for row in rows] == [("stopncii", listed.key.key_id, 2, 2)]


def test_asking_beyond_a_removal_acknowledges_it(listed, services):
    start = listed.fetch().json()["nextSetTimestamp"]
    before = services.lists.grants()[0].acknowledged
    listed.fetch(start)

    assert (before, services.lists.grants()[0].acknowledged) == (0, 3)


@pytest.fixture
def vote(services):
    """A platform's voice about the one listed signature, kept as a decision would."""

    def voted(side):
        with services.lists.store.transaction() as tx:
            (one,) = reported(tx)
            platform_id = tx.platforms.named("voter").platform_id
            tx.connection.execute(
                tables.match.insert().values(
                    id="mat_1",
                    platform_id=platform_id,
                    ref_mac=b"r" * 32,
                    tier="strong",
                    state="open",
                    opened_at=now(),
                )
            )
            tx.votes.cast("mat_1", platform_id, side, [one.signature_id])

    return voted
