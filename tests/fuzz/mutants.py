"""What became of the mutants of the last run, as the table of `docs/mutants.md`.

python -m tests.fuzz.mutants, in the folder in which mutmut ran.
"""

import re
import subprocess
import sys
from collections import Counter, defaultdict

_LINE = re.compile(r"\s*(?P<module>[\w.]+)\.x\S*: (?P<end>[\w ]+)")
# A mutant that never ends is noticed too. Nobody's tests reach what has none.
_NOTICED = {"killed", "timeout", "segfault"}


def counted(text):
    """By module, how many mutants there were and how many were noticed."""
    ends = defaultdict(Counter)
    for line in text.splitlines():
        found = _LINE.fullmatch(line)
        if found:
            ends[found["module"]][found["end"].strip()] += 1
    return {
        module: (count.total(), sum(count[end] for end in _NOTICED))
        for module, count in sorted(ends.items())
    }


def table_of(counts):
    """The lines of the table, a sum last."""
    lines = ["| module | mutants | noticed | share |", "|---|---|---|---|"]
    total = tuple(map(sum, zip(*counts.values(), strict=True)))
    for module, (made, noticed) in [*counts.items(), ("all", total)]:
        lines.append(f"| `{module}` | {made} | {noticed} | {100 * noticed / made:.1f} % |")
    return lines


def main():
    words = [sys.executable, "-m", "mutmut", "results", "--all", "true"]
    ran = subprocess.run(words, capture_output=True, text=True, check=True)
    sys.stdout.write("\n".join(table_of(counted(ran.stdout))) + "\n")


if __name__ == "__main__":
    main()
