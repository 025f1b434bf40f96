"""Nothing that is installed to run hashsvc lies under the GPL or the AGPL."""

import re
from importlib.metadata import PackageNotFoundError, metadata, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from requirements.pins import path_of, pins

PROJECT = Path(__file__).parents[2] / "pyproject.toml"
COPYLEFT = re.compile(r"\bA?GPL|Affero|GNU General Public")
# Under the LGPL: used unchanged, as libraries that anybody may exchange. Others say nothing.
LESSER = {
    "libewf-python": "libewf, a shared library of its own; only with the extra `scan`",
    "pi-heif": "the wheel holds libheif and libde265 as shared libraries; its own code is BSD",
    "psycopg": "a driver that is imported unchanged",
    "psycopg-binary": "the same driver, with libpq",
}
UNSAID = {
    "pyrage": "its file LICENSE is the MIT licence",
    "tzdata": "its file LICENSE is Apache 2.0",
}
ELSEWHERE = {"colorama", "pefile", "pywin32", "pywin32-ctypes"}  # on Windows alone
EXTRAS = ("libewf-python", "numba", "pikepdf", "pyseccomp", "pytsk3", "distributed")


def run_time():
    """Every package of a device, a server, and the extras, with what those need."""
    names = {
        one.name for lock in ("device", "server") for one in pins(path_of(lock).read_text())[0]
    }
    waiting, found = [*names, *EXTRAS], set()
    while waiting:
        name = waiting.pop().lower()
        if name in found or name in ELSEWHERE:
            continue
        found.add(name)
        needs = [Requirement(text) for text in requires(name) or ()]
        waiting += [
            one.name for one in needs if not one.marker or one.marker.evaluate({"extra": ""})
        ]
    return sorted(found)


def licence(name):
    """What a package says of itself, in few words."""
    said = metadata(name)
    classified = [
        line.rpartition("::")[2].strip()
        for line in said.get_all("Classifier", [])
        if line.startswith("License ::")
    ]
    first = (said.get("License") or "").strip().splitlines()[:1]
    return said.get("License-Expression") or "; ".join([*classified, *first])


NAMES = run_time()


def test_there_is_something_to_look_at():
    assert {"numpy", "pillow", "fastapi", "pyrage", "pytsk3"} <= set(NAMES)
    assert len(NAMES) > 50


@pytest.mark.parametrize("name", NAMES)
def test_no_package_lies_under_the_gpl(name):
    said = licence(name)

    assert not COPYLEFT.search(said)
    assert said or name in UNSAID


def test_those_under_the_lgpl_are_known_with_a_reason():
    lesser = {name for name in NAMES if re.search("LGPL|Lesser", licence(name))}

    assert lesser == LESSER.keys()


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("GPL-3.0-only", True),
        ("AGPL-3.0-or-later", True),
        ("GNU General Public License v3 (GPLv3)", True),
        ("GNU Affero General Public License v3", True),
        ("LGPL-3.0-only", False),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("MIT", False),
    ],
)
def test_the_search_would_find_one(said, found):
    """The control."""
    assert bool(COPYLEFT.search(said)) == found


def test_an_unknown_package_is_no_silence():
    with pytest.raises(PackageNotFoundError):
        licence("no-such-package-of-ours")
