"""The documents say what the commands say."""

import re
from pathlib import Path

import pytest
import typer
from typer.main import get_command

import api.cli
import hashsvc.cli.app
from tests.project import commands

ROOT = Path(__file__).parents[2]


def test_the_document_of_commands_is_current():
    assert commands.DOCUMENT.read_text() == commands.document(), "run `make golden`"


@pytest.mark.parametrize(
    ("program", "app"), [("hashsvc", hashsvc.cli.app.app), ("hashsvc-server", api.cli.app)]
)
def test_every_command_has_its_place_in_the_document(program: str, app: typer.Typer):
    headings = re.findall(r"^## (.+)$", commands.DOCUMENT.read_text(), re.MULTILINE)

    assert set(_names(get_command(app), program)) <= set(headings)


def test_every_command_shows_an_example():
    sections = commands.DOCUMENT.read_text().split("\n## ")[1:]
    leaves = [section for section in sections if "COMMAND [ARGS]" not in section]

    assert [section.splitlines()[0] for section in leaves if "Example" not in section] == []


def test_help_in_the_makefile_lists_every_target():
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    documented = re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)

    assert phony is not None
    assert sorted(documented) == sorted(phony[1].split())


def _names(command, name):
    yield name
    for word, below in getattr(command, "commands", {}).items():
        yield from _names(below, f"{name} {word}")
