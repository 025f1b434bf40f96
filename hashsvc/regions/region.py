"""A part of a photo and how it was chosen."""

from dataclasses import dataclass

from hashsvc.pixels import Box
from hashsvc.signatures import RegionKind


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a photo that gets a signature."""

    kind: RegionKind
    box: Box  # pixels of the photo


def is_new(box: Box, earlier: list[Box], *, overlap: float) -> bool:
    """Whether a box stays below an overlap with all earlier ones.

    Args:
        box: the box in question.
        earlier: what has been taken.
        overlap: intersection over union, 0.0 to 1.0; at this value a box is no longer new.
    """
    return all(box.overlap(other) < overlap for other in earlier)
