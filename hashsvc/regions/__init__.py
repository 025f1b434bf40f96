"""Which parts of a photo get a signature: at enrolment, and when a photo is asked about."""

from hashsvc.regions.anchors import MAX_ENROLMENT_ANCHORS
from hashsvc.regions.copies import working_copy
from hashsvc.regions.enrolment import MAX_ENROLMENT_REGIONS, enrolment_regions
from hashsvc.regions.queries import MAX_QUERY_REGIONS, query_regions
from hashsvc.regions.region import Region
from hashsvc.regions.rotations import ROTATION_DEGREES, rotated

__all__ = [
    "MAX_ENROLMENT_ANCHORS",
    "MAX_ENROLMENT_REGIONS",
    "MAX_QUERY_REGIONS",
    "ROTATION_DEGREES",
    "Region",
    "enrolment_regions",
    "query_regions",
    "rotated",
    "working_copy",
]
