"""A decoded photo, and rectangles of it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import assert_never

import numpy as np
from numpy.typing import NDArray


class ChannelOrder(StrEnum):
    """Which colour each sample of a pixel is."""

    RGB = "rgb"
    BGR = "bgr"  # as OpenCV decodes; kept, because turning 12 million pixels round costs a copy
    GREY = "grey"  # one sample a pixel: a working copy, never what is listed


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of whole pixels: `x0` and `y0` are inside, `x1` and `y1` are not."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        """Pixels from left to right."""
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return self.y1 - self.y0

    @property
    def area(self) -> int:
        """Number of pixels inside."""
        return self.width * self.height

    def overlap(self, other: "Box") -> float:
        """Intersection over union, 0.0 to 1.0."""
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        common = max(width, 0) * max(height, 0)
        union = self.area + other.area - common
        return common / union if union else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Pixels:
    """A decoded photo: upright, 8 bit, no colour management, alpha over white, never scaled."""

    samples: NDArray[np.uint8] = field(repr=False)  # (height, width, 3), grey (height, width, 1)
    order: ChannelOrder = ChannelOrder.RGB

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.samples.shape[0])

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.samples.shape[1])

    @property
    def box(self) -> Box:
        """The whole photo."""
        return Box(0, 0, self.width, self.height)

    def cut(self, box: Box) -> "Pixels":
        """A part of the photo, as a view: nothing is copied."""
        return Pixels(self.samples[box.y0 : box.y1, box.x0 : box.x1], self.order)

    def rgb(self) -> NDArray[np.uint8]:
        """(height, width, 3) in the order red, green, blue: a view."""
        match self.order:
            case ChannelOrder.RGB:
                return self.samples
            case ChannelOrder.BGR:
                return self.samples[:, :, ::-1]
            case ChannelOrder.GREY:
                return np.broadcast_to(self.samples, (self.height, self.width, 3))
            case _:
                assert_never(self.order)
