"""Clocks are data: the file is whole, and a regime makes the clock that it says."""

from datetime import UTC, datetime, timedelta

import pytest

from api.services.regimes import Regimes, StartsAt

AT = datetime(2030, 1, 2, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def regimes():
    return Regimes.read()


@pytest.mark.parametrize(
    ("name", "hours"),
    [("us-tida", 48), ("uk-cpa", 48), ("au-osa", 24), ("service-review", 24), ("eu-dsa", None)],
)
def test_the_laws_have_their_hours(regimes, name, hours):
    assert regimes.by_name[name].hours == hours


def test_only_our_own_clock_starts_with_a_match(regimes):
    assert [clock.regime for clock in regimes.at_match(at=AT)] == ["service-review"]


def test_a_clock_warns_when_three_quarters_are_gone(regimes):
    (clock,) = regimes.at_match(at=AT)

    assert clock.due_at == AT + timedelta(hours=24)
    assert clock.warn_at == AT + timedelta(hours=18)


def test_a_regime_without_hours_is_recorded_without_a_due_time(regimes):
    clock = regimes.by_name["eu-dsa"].clock(started_at=AT)

    assert (clock.started_at, clock.due_at, clock.warn_at) == (AT, None, None)


def test_a_platforms_own_clocks_start_with_the_match_and_may_pause(regimes):
    both = regimes.with_custom({"custom-promise": 12})

    own = both.by_name["custom-promise"]
    assert (own.starts_at, own.may_pause, own.hours) == (StartsAt.MATCH, True, 12)
    assert [clock.regime for clock in both.at_match(at=AT)] == ["service-review", "custom-promise"]


@pytest.mark.parametrize("name", ["uk-cpa", "service-review", "custom-x", ""])
def test_what_is_not_in_force_or_starts_otherwise_takes_no_notice(regimes, name):
    assert regimes.of_notices(name) is None


def test_a_notice_lacks_what_it_does_not_hold(regimes):
    regime = regimes.of_notices("us-tida")

    assert regime.missing(["signature", "contact", "something"]) == ("location", "good_faith")
    assert regime.missing(regime.elements) == ()


@pytest.mark.parametrize("broken", ['[x]\nversion = 1\nstarts_at = "never"\n', "[x\n", "[x]\n"])
def test_a_broken_file_is_refused(tmp_path, broken):
    path = tmp_path / "regimes.toml"
    path.write_text(broken)

    with pytest.raises((ValueError, KeyError)):
        Regimes.read(path)
