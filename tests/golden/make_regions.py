"""Write data/golden/regions.json: `python -m tests.golden.make_regions`.

JavaScript must find the same boxes; the digests tell at which step it goes astray.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hashsvc.regions import Region, enrolment_regions, query_regions
from hashsvc.regions.anchors import GRID_LONG_SIDE, LEAST_GRID_SIDE, query_anchors
from hashsvc.regions.grids import grid
from hashsvc.regions.parts import Smoothing, smoothed
from tests.golden.region_pictures import PICTURES, draw

GOLDEN = Path(__file__).parents[2] / "data" / "golden" / "regions.json"


def golden_text() -> str:
    """What the file must hold, one picture per line."""
    lines = (json.dumps({"name": name, **_vector(name)}) for name in PICTURES)
    return "[\n" + ",\n".join(lines) + "\n]\n"


def _vector(name: str) -> dict[str, Any]:
    pixels = draw(PICTURES[name])
    cells = grid(pixels, long_side=GRID_LONG_SIDE).cells
    anchors = [[box.x0, box.y0, box.x1, box.y1] for box in query_anchors(pixels)]
    return {
        "picture": PICTURES[name],
        "pixels_sha256": _digest(pixels.samples),
        "grid": {"height": cells.shape[0], "width": cells.shape[1], "sha256": _digest(cells)},
        "smoothed_sha256": _smoothed(cells),
        "enrolment": _rows(enrolment_regions(pixels)),
        "query_anchors": anchors,
        "query": _rows(query_regions(pixels)),
    }


def _smoothed(cells: NDArray[np.uint8]) -> dict[str, str] | None:
    """One digest for each width, or None where the grid is narrower than the anchors need."""
    if min(cells.shape) < LEAST_GRID_SIDE:
        return None
    return {width.name.lower(): _digest(smoothed(cells, width)) for width in Smoothing}


def _digest(values: NDArray[np.uint8]) -> str:
    """SHA-256 of the bytes, row by row."""
    return hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()


def _rows(regions: tuple[Region, ...]) -> list[list[str | int]]:
    return [[r.kind.value, r.box.x0, r.box.y0, r.box.x1, r.box.y1] for r in regions]


if __name__ == "__main__":
    GOLDEN.write_text(golden_text(), encoding="utf-8")
