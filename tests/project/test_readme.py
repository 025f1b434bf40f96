"""Every command of the README runs and prints what the README says; `...` stands for anything."""

import re

import pytest

from examples.demo.service import running_service
from tests.project.consoles import ROOT, run, steps_of


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder like the repository's, with a service that uses its `var`."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "data").symlink_to(ROOT / "data")
    with running_service(folder / "var") as service:
        yield folder, service.url


def test_the_readme_prints_what_really_happens(place):
    folder, url = place
    steps = steps_of((ROOT / "README.md").read_text().replace("http://127.0.0.1:8000", url))

    printed = run([command for command, _ in steps], folder)

    assert len(steps) > 5
    for (command, expected), output in zip(steps, printed, strict=True):
        pattern = re.escape(expected.strip()).replace(r"\.\.\.", ".*")
        assert re.fullmatch(pattern, output.strip(), re.DOTALL), f"$ {command}\n{output}"


def test_the_readme_names_files_that_exist():
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / "README.md").read_text())

    assert [link for link in links if not (ROOT / link).exists()] == []
