"""A survivor's client against a real service."""

import pytest

from hashsvc.client import CaseAccess, SurvivorClient
from hashsvc.closed_sets import CaseStatus
from hashsvc.errors import CaseIncompleteError, RefusedError
from tests.factories import make_signature

PIN = "402913"


@pytest.fixture
def survivor(service):
    with SurvivorClient(service.url) as client:
        yield client


def test_a_case_is_opened_checked_and_withdrawn(survivor):
    access = survivor.open_case([make_signature(seed=1)], PIN)
    opened = survivor.status(access)
    survivor.withdraw(access)

    withdrawn = survivor.status(access)
    assert (opened.status, opened.signatures) == (CaseStatus.ACTIVE, 1)
    assert (withdrawn.status, withdrawn.signatures) == (CaseStatus.WITHDRAWN, 0)
    assert (withdrawn.sites_told, withdrawn.removed, withdrawn.last_month) == (0, 0, None)


def test_more_signatures_than_one_request_holds_go_into_one_case(survivor):
    signatures = [make_signature(seed=seed) for seed in range(200)]

    access = survivor.open_case(signatures, PIN)

    assert survivor.status(access).signatures == 200


def test_adding_what_the_case_holds_changes_nothing(survivor):
    signatures = [make_signature(seed=seed) for seed in range(3)]
    access = survivor.open_case(signatures, PIN)

    survivor.add(access, [*signatures, make_signature(seed=9)])

    assert survivor.status(access).signatures == 4


def test_an_incomplete_case_still_gives_its_number(survivor):
    """The 301st signature is refused, after 300 were taken."""
    signatures = [make_signature(seed=seed) for seed in range(301)]

    with pytest.raises(CaseIncompleteError) as caught:
        survivor.open_case(signatures, PIN)

    access = CaseAccess(caught.value.number, PIN)
    assert survivor.status(access).status is CaseStatus.ACTIVE


def test_a_wrong_pin_is_refused_with_the_services_own_sentence(survivor):
    access = survivor.open_case([make_signature(seed=2)], PIN)

    with pytest.raises(RefusedError, match="No case has this number and PIN") as caught:
        survivor.status(CaseAccess(access.number, "000000"))

    assert (caught.value.status, caught.value.problem) == (404, "not-found")


def test_number_and_pin_do_not_show_in_a_repr():
    access = CaseAccess("7QK2-M4RT-0XVB-9HDC", PIN)

    assert "7QK2" not in repr(access)
    assert PIN not in repr(access)
