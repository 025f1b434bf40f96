"""What tests read in documents: texts, and the cells of their tables."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


def text_of(name):
    """A document of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def rows_of(text):
    """The cells of every table's rows, heads and rules left out."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rules = {number for number, line in enumerate(lines) if set(line) <= set("|- :")}
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for number, line in enumerate(lines)
        if number not in rules and number + 1 not in rules
    ]
