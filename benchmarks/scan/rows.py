"""A row of the table."""

from typing import TypeAlias

from benchmarks import results

Rows: TypeAlias = list[dict[str, results.Value]]


def row(
    what: str, way: str, value: float, unit: str, ratio: float | None = None
) -> dict[str, results.Value]:
    """One figure.

    Args:
        what: was measured.
        way: in which it was done.
        value: in `unit`.
        unit: of it.
        ratio: of the time of this way to that of ours.
    """
    return {"what": what, "ratio": ratio, "way": way, "value": value, "unit": unit}
