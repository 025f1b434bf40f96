"""The main job on PostgreSQL: the same service, another store."""

import pytest

from examples.demo.service import running_service
from hashsvc.client import PlatformClient, SurvivorClient
from hashsvc.closed_sets import CaseStatus
from hashsvc.hashing import enrolment_signatures
from hashsvc.policies import Tier, Verdict
from tests.factories import make_pixels

pytestmark = pytest.mark.postgres


@pytest.fixture
def service(postgres_databases, tmp_path, monkeypatch):
    with postgres_databases.empty() as url:
        monkeypatch.setenv("HASHSVC_DATABASE_URL", url)
        with running_service(tmp_path / "data") as running:
            yield running


def test_a_case_is_matched_until_it_is_withdrawn(service):
    photo = make_pixels(seed=12)

    with SurvivorClient(service.url) as survivor:
        access = survivor.open_case(enrolment_signatures(photo), "402913")
        with PlatformClient(service.url, service.key) as platform:
            while_listed = platform.match_photo(photo, "upl-1")
            survivor.withdraw(access)
            afterwards = platform.match_photo(photo, "upl-1")
        status = survivor.status(access)

    assert while_listed.tier is Tier.STRONG
    assert afterwards.verdict is Verdict.NONE
    assert status.status is CaseStatus.WITHDRAWN
