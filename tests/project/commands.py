"""`docs/cli.md`, what every command says of itself; `make golden` remakes it."""

import os
import subprocess
import sys
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "cli.md"
_PROGRAMS = {"hashsvc": "hashsvc.cli.app", "hashsvc-server": "api.cli"}  # name, module
_COMMANDS = (
    "hashsvc",
    "hashsvc hash",
    "hashsvc compare",
    "hashsvc case",
    "hashsvc case open",
    "hashsvc case add",
    "hashsvc case status",
    "hashsvc case withdraw",
    "hashsvc match",
    "hashsvc pack",
    "hashsvc pack new-key",
    "hashsvc pack verify",
    "hashsvc pack info",
    "hashsvc scan",
    "hashsvc report",
    "hashsvc report write",
    "hashsvc report review",
    "hashsvc report continue",
    "hashsvc report verify",
    "hashsvc report new-key",
    "hashsvc witness",
    "hashsvc witness new",
    "hashsvc witness trust",
    "hashsvc witness check",
    "hashsvc witness row",
    "hashsvc witness show",
    "hashsvc witness restart",
    "hashsvc-server",
    "hashsvc-server run",
    "hashsvc-server migrate",
    "hashsvc-server backup",
    "hashsvc-server restore",
    "hashsvc-server verify",
    "hashsvc-server compact",
    "hashsvc-server sandbox",
    "hashsvc-server alarms",
    "hashsvc-server create-key",
    "hashsvc-server replace-key",
    "hashsvc-server revoke-key",
    "hashsvc-server keys",
    "hashsvc-server make-seal-key",
    "hashsvc-server rotate-seal-key",
    "hashsvc-server rotate-pepper",
    "hashsvc-server retire-pepper",
    "hashsvc-server rotate-signing-key",
    "hashsvc-server rotate-pack-key",
    "hashsvc-server audit",
    "hashsvc-server audit verify",
    "hashsvc-server audit show",
    "hashsvc-server audit checkpoint",
    "hashsvc-server audit prove",
    "hashsvc-server audit keys",
    "hashsvc-server audit new-key",
    "hashsvc-server bank",
    "hashsvc-server bank add-benign",
    "hashsvc-server bank import",
    "hashsvc-server bank empty",
    "hashsvc-server bank list",
    "hashsvc-server bank limit",
    "hashsvc-server disclosure",
    "hashsvc-server disclosure ask",
    "hashsvc-server disclosure approve",
    "hashsvc-server disclosure refuse",
    "hashsvc-server disclosure list",
    "hashsvc-server disclosure write",
    "hashsvc-server import",
    "hashsvc-server import add",
    "hashsvc-server import run",
    "hashsvc-server import status",
    "hashsvc-server import remove",
    "hashsvc-server list",
    "hashsvc-server list grant",
    "hashsvc-server list revoke",
    "hashsvc-server list show",
    "hashsvc-server list function-keys",
    "hashsvc-server pack",
    "hashsvc-server pack build",
    "hashsvc-server review",
    "hashsvc-server review list",
    "hashsvc-server review show",
    "hashsvc-server review restore",
    "hashsvc-server review suspend",
    "hashsvc-server review delist",
)
_ENVIRONMENT = {"COLUMNS": "96", "TERM": "dumb", "NO_COLOR": "1"}


_OPENING = """# Commands

Exit codes: 0 done, 1 something failed and was said, 2 wrong usage.
"""


def document() -> str:
    """The document as it should be now."""
    parts = [_OPENING]
    for program in _PROGRAMS:
        commands = [command for command in _COMMANDS if command.split()[0] == program]
        for command, text in zip(commands, _help_texts(program, commands), strict=True):
            parts.append(f"## {command}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


def _help_texts(program: str, commands: list[str]) -> list[str]:
    """What each `command --help` prints; one process for all, since starting takes a second."""
    said = subprocess.run(
        [sys.executable, "-c", _HELP_OF_EACH, _PROGRAMS[program], *commands],
        env=os.environ | _ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    texts = said.stdout.split(_MARK)[: len(commands)]
    return ["\n".join(line.rstrip() for line in text.strip("\n").splitlines()) for text in texts]


_MARK = "====next===="
_HELP_OF_EACH = f"""
import importlib, sys
module, *commands = sys.argv[1:]
main = importlib.import_module(module).main
for command in commands:
    sys.argv = [*command.split(), "--help"]
    try:
        main()
    except SystemExit:
        print({_MARK!r})
"""


if __name__ == "__main__":
    DOCUMENT.write_text(document())
