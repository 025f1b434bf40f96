"""What a guesser sees: a case's number and a number of none are answered alike."""

import pytest

from api.security.case_secrets import CaseNumber
from tests.api.bodies import OTHER_PIN, case_request, opened_number
from tests.factories import make_signature


@pytest.mark.goal("G14")
def test_a_known_number_and_an_unknown_one_get_the_same_bytes(client, figure):
    known = opened_number(client, make_signature())
    unknown = CaseNumber(bytes(10)).shown()

    said = [
        [_said(case_request(client, "status", number, pin=OTHER_PIN)) for _ in range(5)]
        for number in (known, unknown)
    ]

    assert said[0] == said[1]
    figure("5 wrong PINs each at a case's number and at none: the same bytes, the same waits")
    assert [status for status, _, _ in said[0]] == [404, 404, 404, 429, 429]


def _said(answer):
    """Everything but what is new in every answer."""
    body = {name: told for name, told in answer.json().items() if name != "request_id"}
    new = {"request-id", "date"}
    headers = {name: told for name, told in answer.headers.items() if name not in new}
    return answer.status_code, body, headers
