"""What may lie in the repository, and what it may say."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import hashsvc

REPOSITORY = Path(__file__).parents[2]
PICTURES = {
    ".avif",
    ".bmp",
    ".gif",
    ".heic",
    ".heif",
    ".ico",
    ".jpeg",
    ".jpg",
    ".png",
    ".svg",
    ".tif",
    ".tiff",
    ".webp",
}
PICTURE_FOLDERS = ("data/", "docs/", "api/web/", "benchmarks/results/")
# Written in two halves: this file too is searched.
_HOSTS = (
    "pypi." + "org",
    "python" + "hosted",
    "npm" + "js",
    "proxy.golang." + "org",
    "crates." + "io",
)
REGISTRY = re.compile("|".join(re.escape(host) for host in _HOSTS))
HOME = re.compile(r"(?<![\w./~-])/(?:home|Users|root)/[\w.-]+")


def tracked_files():
    done = subprocess.run(
        ["git", "ls-files", "-z"],  # whichever git there is
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    names = [name for name in done.stdout.split("\0") if name and (REPOSITORY / name).exists()]
    if not names:
        pytest.skip("this is no git checkout")
    return names


def texts():
    for name in tracked_files():
        if Path(name).suffix not in PICTURES:
            yield name, (REPOSITORY / name).read_text(encoding="utf-8", errors="replace")


def misplaced(names):
    return [
        name
        for name in names
        if Path(name).suffix.lower() in PICTURES and not name.startswith(PICTURE_FOLDERS)
    ]


def test_pictures_lie_only_where_they_belong():
    assert misplaced(tracked_files()) == []


def test_the_search_would_find_a_picture_elsewhere():
    """The control."""
    assert misplaced(["tests/IMG_1.JPG", "data/a.png", "x.heic"]) == ["tests/IMG_1.JPG", "x.heic"]


def test_no_file_names_a_package_registry():
    assert [name for name, text in texts() if REGISTRY.search(text)] == []


def test_no_file_names_somebodys_home():
    assert [name for name, text in texts() if HOME.search(text)] == []


@pytest.mark.parametrize("folder", ["home", "Users", "root"])
def test_the_search_would_find_a_home(folder):
    """The control."""
    assert HOME.search(f"see '/{folder}/somebody/x'")


@pytest.mark.parametrize("path", sorted((REPOSITORY / "requirements").glob("*.txt")))
def test_requirements_are_names_versions_and_hashes_alone(path):
    text = path.read_text()

    assert "://" not in text
    assert not re.search(r"^\s*(-e|-f|-i|--index|--extra-index|--find-links)", text, re.MULTILINE)
    pinned = re.findall(r"^[a-z0-9][\w.-]*(?:\[[\w,-]+\])?==\S+", text, re.MULTILINE)
    assert len(pinned) > 3
    assert text.count("--hash=sha256:") >= len(pinned)


def test_the_version_is_written_alike_in_both_places():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]

    assert project["version"] == hashsvc.__version__
