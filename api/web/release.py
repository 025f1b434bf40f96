"""What must not go to survivors yet: words that no person has read, numbers nobody has called."""

import sys
from collections.abc import Iterable, Mapping
from datetime import date

from api.web.catalogue import Phrases, read_catalogue
from api.web.help_lines import HelpLine, read_help_lines
from hashsvc.times import now


def stale_lines(lines: Iterable[HelpLine], *, on: date) -> list[str]:
    """One sentence for each help line that a person has to check."""
    return [
        f"help line {line.id}: "
        + (f"last checked on {line.checked_on}" if line.checked_on else "never checked")
        for line in lines
        if line.is_stale(on=on)
    ]


def unreviewed(catalogue: Mapping[str, Phrases]) -> list[str]:
    """One sentence for each language with phrases that no person has read."""
    waiting = {
        language: sum(not phrase.reviewed for phrase in phrases.values())
        for language, phrases in catalogue.items()
    }
    return [
        f"{language}: {count} phrases to review" for language, count in waiting.items() if count
    ]


def main() -> int:
    """Name what is left; 1 while something is."""
    left = unreviewed(read_catalogue()) + stale_lines(read_help_lines(), on=now().date())
    sys.stdout.write("".join(f"{sentence}\n" for sentence in left))
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
