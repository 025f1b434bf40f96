"""What a benchmark leaves: JSON lines for machines, a Markdown table for people."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

from rich.console import Console
from rich.table import Table

from hashsvc.times import now

FOLDER = Path(__file__).parent / "results"
Value: TypeAlias = str | int | float | bool | None
Row: TypeAlias = Mapping[str, Value]


def environment(packages: Sequence[str]) -> dict[str, Value | dict[str, str]]:
    """Where and with what a number was measured; names no folder of the machine."""
    return {
        "at": now().isoformat(timespec="seconds"),
        "commit": _commit(),
        # A folder given on the command line would name the machine's owner.
        "command": " ".join(["python -m benchmarks", *(_without_folder(w) for w in sys.argv[1:])]),
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()}",
        "load": round(os.getloadavg()[1], 1),  # of 5 minutes; what else ran makes times longer
        "python": platform.python_version(),
        "versions": {package: version(package) for package in packages},
    }


def _without_folder(word: str) -> str:
    return "FOLDER" if "/" in word else word


def _commit() -> str:
    """The commit measured; a plus where files of the packages differ from it."""
    root = Path(__file__).parents[1]

    def git(*words: str) -> str:
        command = ["git", "-C", str(root), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        return done.stdout.strip()

    changed = git(
        "status", "--porcelain", "--untracked-files=no", "--", "hashsvc", "indexer", "benchmarks"
    )
    return git("rev-parse", "--short", "HEAD") + ("+" if changed else "")


def _processor() -> str:
    """The processor's name as Linux knows it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def write_json_lines(path: Path, rows: Sequence[Row], measured_in: Mapping[str, object]) -> None:
    """One line for each number, each with its whole environment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps({**row, **measured_in}) + "\n" for row in rows]
    path.write_text("".join(lines), encoding="utf-8")


def write_markdown(
    path: Path, title: str, rows: Sequence[Row], measured_in: Mapping[str, object], notes: str
) -> None:
    """A table of the rows, whose keys are its columns."""
    text = "\n\n".join([f"# {title}", markdown_table(rows), notes, sentence(measured_in)])
    path.write_text(text + "\n", encoding="utf-8")


def markdown_table(rows: Sequence[Row]) -> str:
    """Rows whose keys are the columns."""
    columns = list(rows[0])
    table = [
        "| " + " | ".join(columns) + " |",
        "|" + "---|" * len(columns),
        *("| " + " | ".join(shown(row[column]) for column in columns) + " |" for row in rows),
    ]
    return "\n".join(table)


def sentence(measured_in: Mapping[str, object]) -> str:
    """Where, when and with what it was measured."""
    versions = measured_in["versions"]
    used = ", ".join(f"{name} {number}" for name, number in dict(versions).items())  # type: ignore[call-overload]
    load = f", load {measured_in['load']}" if "load" in measured_in else ""
    return (
        f"Measured {measured_in['at']} by `{measured_in['command']}` at commit"
        f" {measured_in['commit']}.\n{measured_in['machine']}{load}; Python"
        f" {measured_in['python']}; {used}."
    )


def show(title: str, rows: Sequence[Row]) -> None:
    """The same table on the screen."""
    table = Table(title=title)
    for column in rows[0]:
        table.add_column(column, justify="left" if column == "what" else "right")
    for row in rows:
        table.add_row(*(shown(value) for value in row.values()))
    Console().print(table)


def shown(value: Value) -> str:
    """A number with three digits that count, anything else as it is."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return str(value)
