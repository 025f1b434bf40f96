"""A JSON object a line, for programs."""

import json
from collections.abc import Iterable, Iterator

from hashsvc.scan.reports.rows import Row


def lines(rows: Iterable[Row]) -> Iterator[str]:
    """With line ends."""
    return (json.dumps(row.to_json()) + "\n" for row in rows)
