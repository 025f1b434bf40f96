"""The eight ways a photo can be turned or mirrored."""

from enum import StrEnum


class Orientation(StrEnum):
    """What was done to a photo. Turns are clockwise."""

    NONE = "none"
    MIRROR = "mirror"  # left and right change places
    FLIP = "flip"  # top and bottom change places
    ROT180 = "rot180"
    ROT90 = "rot90"
    ROT270 = "rot270"
    TRANSPOSE = "transpose"  # mirrored at the main diagonal: rows become columns
    TRANSVERSE = "transverse"  # mirrored at the other diagonal
