"""Real browsers before a real service, with a recorder in between; one of each for all tests."""

import shutil

import pytest

from tests.availability import unavailable
from tests.browser.browsers import chromium_browser, chromium_visitor, firefox_visitor
from tests.browser.chromium import PROGRAM as CHROMIUM
from tests.browser.firefox import PROGRAM as FIREFOX
from tests.browser.photos import make_photo
from tests.browser.recorder import recording


@pytest.fixture(scope="session")
def shared_recorder(service):
    with recording(service.url) as recorder:
        yield recorder


@pytest.fixture
def recorder(shared_recorder):
    """What leaves the browser in this test; the network is up."""
    shared_recorder.reset()
    return shared_recorder


@pytest.fixture(scope="session")
def shared_chromium(shared_recorder):
    if not CHROMIUM.exists():
        unavailable("browser", "Chromium is not installed")
    with chromium_browser(shared_recorder.address) as browser:
        yield browser


@pytest.fixture(scope="session")
def shared_firefox(shared_recorder, tmp_path_factory):
    if FIREFOX is None:
        unavailable("browser", "Firefox is not installed")
    folder = tmp_path_factory.mktemp("firefox")
    with firefox_visitor(shared_recorder.address, folder) as visitor:
        yield visitor
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def chromium(shared_chromium, recorder):
    with chromium_visitor(shared_chromium) as visitor:
        yield visitor


@pytest.fixture
def firefox(shared_firefox, recorder):
    return shared_firefox


@pytest.fixture(params=["chromium", "firefox"])
def visitor(request):
    """Somebody with either browser."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def photo(tmp_path):
    return make_photo(tmp_path / "IMG-Planted-7731.jpg", 3)
