"""SECURITY.md: every threat leads to tests that are there, every part that can fall is named."""

import re

import pytest

from api.security.scopes import Scope
from tests.project.documents import ROOT, rows_of, text_of
from tests.project.goals import GOALS

THREATS = [f"T{number}" for number in range(1, 13)]
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
# What a service, its surroundings and its users hold that a thief could take.
PARTS = [
    "database, or a backup",
    "`seal.keys`",
    "`pepper.keys`",
    "`pack.keys`",
    "`signing.keys`",
    "`checkpoint.keys`",
    "snapshot",
    "running process",
    "checkpoint folder",
    "witness",
    "tombstones",
    "`high-water.json`",
    "platform's key",
    "pack and its age key",
    "webhook",
    "moderator",
    "operator",
    "TLS proxy",
    "host of the page",
    "CI, a release",
    "survivor's device",
]
FALLEN = "What a compromise of each part surrenders"
KEY_FILE = re.compile(r'"(\w+\.keys)"')


def part(heading):
    """The rows of the table below a heading of SECURITY.md."""
    return rows_of(text_of("SECURITY.md").split(f"## {heading}\n")[1].split("\n## ")[0])


def threats():
    rows = part("Who attacks how, and what shows that it fails")
    return {re.match(r"\*\*(T\d+)\*\*", cells[0])[1]: cells for cells in rows}


def missing_links(name, text=None):
    """Files that a document leads to and that are not there."""
    folder = (ROOT / name).parent
    return [link for link in LINK.findall(text or text_of(name)) if not (folder / link).exists()]


def test_every_threat_has_a_row():
    assert list(threats()) == THREATS


@pytest.mark.parametrize("name", THREATS)
def test_a_threat_leads_to_tests(name):
    _, done, shown = threats()[name]
    tests = [link for link in LINK.findall(shown) if link.startswith("tests/")]

    assert len(done) > 40
    assert tests
    assert all("def test_" in (ROOT / link).read_text() for link in tests)


def test_every_goal_that_a_threat_names_is_in_the_report():
    named = {goal for *_, shown in threats().values() for goal in re.findall(r"\b[GT]\d+\b", shown)}

    assert named <= GOALS.keys()
    assert len(named) > 10


@pytest.mark.parametrize("thing", PARTS)
def test_every_part_that_can_fall_is_named(thing):
    parts = [cells[0] for cells in part(FALLEN)]

    assert any(thing in cell for cell in parts)


def test_no_key_file_is_left_out():
    sources = [path.read_text() for path in (ROOT / "api").rglob("*.py")]
    files = {name for text in sources for name in KEY_FILE.findall(text)} - {"hashsvc.keys"}
    fallen = " ".join(cells[0] for cells in part(FALLEN))

    assert {"seal.keys", "pepper.keys", "checkpoint.keys", "signing.keys"} <= files
    assert [name for name in sorted(files) if f"`{name}`" not in fallen] == []


def test_every_part_says_what_falls_what_does_not_and_what_to_do_first():
    assert all(len(cells) == 4 and all(cells) for cells in part(FALLEN))


def test_what_is_never_said_is_said_nowhere_else():
    words = re.compile("cannot be reversed|zero.knowledge|completely anonymous", re.IGNORECASE)
    texts = [ROOT / "README.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md"))]
    texts += sorted((ROOT / "api" / "web").rglob("*.json")) + sorted((ROOT / "api").rglob("*.html"))

    assert len(texts) > 10
    assert [path.name for path in texts if words.search(path.read_text())] == []


def test_a_scope_that_hands_hashes_over_is_named():
    assert Scope.LISTS_READ in text_of("SECURITY.md")


def test_a_link_to_nowhere_would_be_found():
    """The control."""
    assert missing_links("SECURITY.md", "[a](docs/data.md) [b](docs/nothing.md)") == [
        "docs/nothing.md"
    ]


@pytest.mark.parametrize(
    "name",
    ["SECURITY.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))],
)
def test_documents_lead_to_files_that_exist(name):
    assert missing_links(name) == []
