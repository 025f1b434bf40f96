"""Every command of the incident runbook and of SECURITY.md exists as it is written there."""

import re
import shlex

import pytest
from typer.exceptions import TyperException
from typer.main import get_command

import api.cli
import hashsvc.cli.app
from tests.project import commands
from tests.project.documents import text_of

DOCUMENTS = ("docs/incidents.md", "docs/data.md", "docs/dpia.md", "SECURITY.md")
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"`(hashsvc(?:-server)? [a-z][a-z -]*?)`")
PROGRAMS = {"hashsvc": hashsvc.cli.app.app, "hashsvc-server": api.cli.app}


def lines_of(name):
    """The command lines of a document's blocks."""
    return [line for block in BLOCK.findall(text_of(name)) for line in block.splitlines() if line]


def parse(line):
    """Let the program read its words, without doing anything.

    Raises:
        TyperException: it does not take them.
        KeyError: there is no such command.
    """
    program, *words = shlex.split(line)
    command, name = get_command(PROGRAMS[program]), program
    while hasattr(command, "commands"):
        name, *words = words
        command = command.commands[name]
    command.make_context(name, words)


LINES = sorted({line for name in DOCUMENTS for line in lines_of(name)})


def test_the_runbook_has_commands():
    assert len(lines_of("docs/incidents.md")) >= 15


@pytest.mark.parametrize("line", LINES)
def test_a_command_is_taken_as_it_is_written(line):
    parse(line)


@pytest.mark.parametrize(
    "line",
    [
        "hashsvc-server rotate-everything --data var",
        "hashsvc-server revoke-key --data var",
        "hashsvc-server verify --loudly",
    ],
)
def test_a_command_that_is_not_there_would_be_found(line):
    """The control."""
    with pytest.raises((TyperException, KeyError)):
        parse(line)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_command_that_is_named_in_a_sentence_exists(name):
    documented = re.findall(r"^## (.+)$", commands.DOCUMENT.read_text(), re.MULTILINE)

    assert set(NAMED.findall(text_of(name))) <= set(documented)


def test_every_part_that_the_runbook_leads_to_is_there():
    text = text_of("docs/incidents.md")
    anchors = {
        re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^## (.+)$", text, re.MULTILINE)
    }

    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors
