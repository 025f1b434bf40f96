"""A small grey copy of a photo that is asked about: parts are found and hashed on it."""

import cv2
import numpy as np

from hashsvc.pixels import ChannelOrder, Pixels

_LONG_SIDE = 1024  # pixels at least: the parts' own sides stay above the 64 of a hash
_TO_GREY = {ChannelOrder.RGB: cv2.COLOR_RGB2GRAY, ChannelOrder.BGR: cv2.COLOR_BGR2GRAY}


def working_copy(pixels: Pixels) -> Pixels:
    """The photo in grey, reduced by a whole factor to 1024 to 2047 pixels on its longer side.

    The box of a part is known to a few pixels only, so nothing is lost; the whole photo is hashed
    from its own pixels. What the factor leaves over at the right and at the bottom is cut off.
    """
    if pixels.order is ChannelOrder.GREY:
        return pixels
    grey = cv2.cvtColor(pixels.samples, _TO_GREY[pixels.order])
    factor = min(max(1, max(grey.shape) // _LONG_SIDE), *grey.shape)
    height, width = (side // factor for side in grey.shape)
    if factor > 1:
        whole = grey[: height * factor, : width * factor]
        grey = cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)
    return Pixels(grey.astype(np.uint8, copy=False)[:, :, np.newaxis], ChannelOrder.GREY)
