"""What happens to a photo on its way through the net: 117 named edits, all repeatable."""

from benchmarks.edits.edit import Apply, Edit, Group, Photo
from benchmarks.edits.table import EDITS, INVERT

__all__ = ["EDITS", "INVERT", "Apply", "Edit", "Group", "Photo"]
