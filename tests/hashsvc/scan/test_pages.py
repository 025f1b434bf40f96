"""Reports as a person opens them: whole without a script, searchable with it, and no name runs."""

import hashlib
import json
import shutil
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from hashsvc.cli.app import app
from hashsvc.scan.custody_log import Action, CustodyLog
from hashsvc.scan.reports.blurring import MOST_SQUARES, blurred, squares_of
from hashsvc.scan.reports.html_page import facts, words
from hashsvc.scan.sandbox import Limits
from tests.availability import unavailable
from tests.browser.chromium import PROGRAM as CHROMIUM
from tests.browser.chromium import launched
from tests.factories import make_photo
from tests.hashsvc.scan.evidence import FILES, make_folder, scanned

PHOTO = make_photo(seed=41)
OWNED = "<img src=x onerror=document.title='owned'>"
QUOTED = "\"'><svg onload=document.title='owned'>"
TURNED = "gpj\u202e.exe"
PLANTED = hashlib.sha256(FILES["a/planted.jpg"]).hexdigest()


def run(*words):
    return CliRunner().invoke(app, ["report", *map(str, words)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory, pack):
    """A report with pages, of evidence with troublesome names."""
    root = tmp_path_factory.mktemp("pages")
    evidence = make_folder(root / "evidence")
    for name in (OWNED, QUOTED, TURNED):
        (evidence / name).write_bytes(PHOTO)
    (evidence / f"no photo {OWNED}.mp4").write_bytes(FILES["b/clip.mp4"])
    scanned([evidence], pack, root / "out")
    words = ("--format", "html", "--thumbnails", "blurred", "--by", QUOTED)
    said = run(root / "out", *words)
    assert said.exit_code == 0, said.output
    return root / "out"


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM.exists():
        unavailable("browser", "Chromium is not installed")
    with launched() as browser:
        yield browser


@contextmanager
def opened(browser, path, **options):
    """A page, and every address that it asked for."""
    context = browser.new_context(**options)
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    yield page, asked
    context.close()


def shown(page):
    return [
        row.inner_text() for row in page.query_selector_all("tbody.files tr") if row.is_visible()
    ]


@pytest.mark.browser
@pytest.mark.parametrize("name", ["report.html", "thumbnails.html"])
def test_no_name_becomes_a_part_of_the_page(browser, folder, name):
    with opened(browser, folder / name) as (page, asked):
        assert page.title() in {"Scan report", "Blurred thumbnails"}
        assert page.query_selector("svg") is None
        assert page.query_selector("[onerror], [onload]") is None
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


@pytest.mark.browser
def test_names_are_shown_as_they_are(browser, folder):
    with opened(browser, folder / "report.html") as (page, _):
        text = "\n".join(shown(page))
        assert page.query_selector("img") is None

    assert OWNED in text
    assert QUOTED in text
    assert "gpj\\u202e.exe" in text
    assert f"no photo {OWNED}.mp4" in text


@pytest.mark.browser
def test_rows_are_found_by_words(browser, folder):
    with opened(browser, folder / "report.html") as (page, _):
        every = shown(page)
        page.fill("#search", "MIRRORED strong")
        found, told = shown(page), page.inner_text("#found")
        page.fill("#search", "")
        again = shown(page)

    assert len(every) > len(found) == 1
    assert "a/mirrored.png" in found[0]
    assert told == f"1 of {len(every)} rows"
    assert again == every


@pytest.mark.browser
def test_without_its_script_the_page_is_whole(browser, folder):
    with opened(browser, folder / "report.html") as (page, _):
        every = shown(page)

    with opened(browser, folder / "report.html", java_script_enabled=False) as (page, _):
        assert shown(page) == every
        assert not page.is_visible("form")


@pytest.mark.browser
def test_thumbnails_are_a_few_grey_squares(browser, folder):
    with opened(browser, folder / "thumbnails.html") as (page, _):
        sizes = page.evaluate(
            "() => [...document.images].map((i) => [i.naturalWidth, i.naturalHeight, i.width])"
        )
        rows = shown(page)

    assert len(sizes) == len(rows) == 2
    for width, height, side in sizes:
        assert 0 < max(width, height) <= MOST_SQUARES
        assert side == 96


def test_thumbnails_are_logged_before_they_are_made(folder):
    events = CustodyLog(folder).events()

    (made,) = (one for one in events if one.action is Action.THUMBNAILS)
    assert made.by == QUOTED
    assert made.details == {"file": "thumbnails.html"}
    assert events[-1].details["files"] == ["report.html", "thumbnails.html"]


def test_there_are_no_thumbnails_unless_they_are_asked_for_by_name(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "out")
    (copy / "thumbnails.html").unlink()

    assert run(copy, "--format", "html").exit_code == 0
    assert not (copy / "thumbnails.html").exists()
    said = run(copy, "--format", "html", "--thumbnails", "blurred")
    assert (said.exit_code, said.stderr) == (2, "Say who asks for thumbnails: --by.\n")
    assert not (copy / "thumbnails.html").exists()


def test_a_stop_for_a_minor_deletes_the_thumbnails(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "out")
    words = ("--photo", PLANTED, "--finding", "suspected_minor", "--by", "A")

    assert run("review", copy, *words).exit_code == 8

    assert not (copy / "thumbnails.html").exists()
    words = ("--authority", "1", "--by", "A", "--approved-by", "B")
    run("continue", copy, *words)
    run(copy, "--format", "html", "--thumbnails", "blurred", "--by", "A")
    assert PLANTED not in (copy / "thumbnails.html").read_text()


def test_a_source_that_is_gone_is_refused_and_one_that_changed_is_not_shown(tmp_path, pack):
    evidence = make_folder(tmp_path / "evidence")
    scanned([evidence], pack, tmp_path / "out")
    words = (tmp_path / "out", "--format", "html", "--thumbnails", "blurred", "--by", "A")
    for path in evidence.rglob("*planted*"):
        path.write_bytes(make_photo(seed=99))

    assert run(*words).exit_code == 0
    assert (tmp_path / "out" / "thumbnails.html").read_text().count("<img") == 1
    shutil.rmtree(evidence)
    assert run(*words).exit_code == 4


def test_a_photo_that_cannot_be_decoded_has_no_squares():
    assert blurred(PHOTO[:500], Limits()) is None
    assert blurred(PHOTO, Limits(timeout_seconds=0.001)) is None
    assert blurred(PHOTO, Limits(max_pixels=100)) is None


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (7, 11), (12, 12), (300, 13)])
def test_squares_are_means_of_all_pixels(size):
    samples = np.random.default_rng(1).integers(0, 256, (*size, 3), np.uint8)

    squares = squares_of(samples)

    assert max(squares.shape) <= MOST_SQUARES
    assert (
        squares_of(np.full((*size, 3), 77, np.uint8)).tolist()
        == np.full(squares.shape, 77).tolist()
    )
    assert abs(float(squares.mean()) - float(samples.mean())) < 20


@given(st.text())
def test_no_text_is_markup(text):
    told = words([text, {text: text}])

    assert not set("<>\"'") & set(told)
    assert all(one.isprintable() for one in told)


def test_what_is_not_known_is_a_line_to_write_on():
    assert 'class="line"' in facts({"seal": ""})
    assert 'class="line"' not in facts({"seal": "7"})


def test_the_page_names_case_tool_pack_and_runs(folder):
    page = (folder / "report.html").read_text()
    manifest = json.loads((folder / "manifest.json").read_text())

    for word in ("OB-17", "PC Example", "EAT)", "pillow", "not signed", manifest["body_sha256"]):
        assert word in page
    assert manifest["order"]["pack"]["sha256"] in page
