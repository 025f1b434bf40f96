"""The support directory: complete, and never silently old."""

from datetime import date, timedelta

import pytest

from api.web.help_lines import STALE_AFTER, parsed, read_help_lines
from api.web.release import stale_lines
from hashsvc.times import now

TODAY = date(2026, 11, 22)


def line(**changed):
    given = {
        "id": "example",
        "country": "KE",
        "service": {"en": "Example", "sw": "Mfano"},
        "audience": "all",
        "kind": "phone",
        "number": "123",
    }
    (made,) = parsed([given | changed])
    return made


def test_the_directory_holds_who_helps_under_18_and_everybody():
    lines = {one.id: one for one in read_help_lines()}

    assert lines["childline"].address() == "tel:116"
    assert lines["gbv"].address() == "tel:1195"
    assert lines["take_it_down"].address().startswith("https://")


def test_every_line_has_a_name_in_both_languages():
    assert all(set(one.service) == {"en", "sw"} for one in read_help_lines())


def test_no_line_that_was_checked_once_is_out_of_date():
    """Fails when a check is 180 days old: call, and write down the day."""
    checked = [one for one in read_help_lines() if one.checked_on]

    assert stale_lines(checked, on=now().date()) == []


@pytest.mark.parametrize(("age", "stale"), [(0, False), (180, False), (181, True)])
def test_a_check_holds_for_180_days(age, stale):
    checked = line(checked_on=TODAY - timedelta(days=age))

    assert timedelta(days=180) == STALE_AFTER
    assert checked.is_stale(on=TODAY) is stale


def test_a_line_that_nobody_checked_is_reported():
    assert stale_lines([line()], on=TODAY) == ["help line example: never checked"]


@pytest.mark.parametrize(
    "changed", [{"kind": "web"}, {"number": ""}, {"audience": "men"}, {"numbr": "1"}]
)
def test_a_line_that_leads_nowhere_is_refused(changed):
    with pytest.raises((ValueError, TypeError)):
        line(**changed)
