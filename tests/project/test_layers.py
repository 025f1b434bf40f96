"""Who may import whom: every contract holds, and every contract is seen to break."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PACKAGES = ("hashsvc", "indexer", "api")
CONFIGURATION = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
CONTRACTS = [one["name"] for one in CONFIGURATION["tool"]["importlinter"]["contracts"]]
# For each contract, in its order, one import that breaks it and no other.
OFFENCES = [
    ("hashsvc/times.py", "indexer.errors"),
    ("hashsvc/hashes.py", "hashsvc.matching"),
    ("indexer/search/flat.py", "indexer.store.days"),
    ("api/logs.py", "api.metrics"),
    ("hashsvc/times.py", "pydantic"),
    ("api/settings.py", "sqlalchemy"),
    ("api/settings.py", "faiss"),
    ("api/security/scopes.py", "fastapi"),
    ("hashsvc/digests.py", "PIL"),
    ("hashsvc/digests.py", "pytsk3"),
    ("hashsvc/digests.py", "pikepdf"),
    ("hashsvc/digests.py", "distributed"),
    ("api/settings.py", "hashsvc.pixels"),
    ("hashsvc/digests.py", "threatexchange"),
]


_LINT = (
    "import sys; sys.path.insert(0, ''); "
    "from importlinter.cli import lint_imports_command; lint_imports_command()"
)


def lint(folder):
    """What import-linter prints about the packages in a folder."""
    done = subprocess.run(
        [sys.executable, "-c", _LINT, "--config", "pyproject.toml", "--no-cache"],
        cwd=folder,
        env={"COLUMNS": "500", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def broken_contracts(folder):
    """The names of the contracts that the packages in a folder break."""
    printed = lint(folder)
    results = dict(re.findall(r"^(.*) (KEPT|BROKEN)$", printed, re.MULTILINE))
    assert results.keys() == set(CONTRACTS), printed
    return [name for name, result in results.items() if result == "BROKEN"]


@pytest.fixture(scope="module")
def copied_packages(tmp_path_factory):
    """The three packages and their contracts, free to be spoiled."""
    folder = tmp_path_factory.mktemp("packages")
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(REPOSITORY / package, folder / package, ignore=ignored)
    shutil.copy(REPOSITORY / "pyproject.toml", folder)
    return folder


def test_every_contract_holds():
    assert broken_contracts(REPOSITORY) == []


def test_every_contract_has_an_import_that_breaks_it():
    assert len(OFFENCES) == len(CONTRACTS)


@pytest.mark.parametrize(
    ("contract", "module", "imported"),
    [(name, *offence) for name, offence in zip(CONTRACTS, OFFENCES, strict=False)],
)
def test_one_import_breaks_exactly_one_contract(copied_packages, contract, module, imported):
    path = copied_packages / module
    before = path.read_text()

    path.write_text(f"{before}\nimport {imported}\n")
    broken = broken_contracts(copied_packages)
    path.write_text(before)

    assert broken == [contract]


def test_a_new_module_chooses_its_layer(copied_packages):
    path = copied_packages / "hashsvc" / "newcomer.py"

    path.write_text('"""A module that no contract names."""\n')
    printed = lint(copied_packages)
    path.unlink()

    assert "newcomer" in printed
