"""The eight orientations done to the pixels themselves: slow, and plain to see."""

import numpy as np

from hashsvc.orientations import Orientation

TURNS = {
    Orientation.NONE: lambda samples: samples,
    Orientation.MIRROR: lambda samples: samples[:, ::-1],
    Orientation.FLIP: lambda samples: samples[::-1],
    Orientation.ROT180: lambda samples: samples[::-1, ::-1],
    Orientation.ROT90: lambda samples: np.rot90(samples, -1),  # numpy turns anticlockwise
    Orientation.ROT270: lambda samples: np.rot90(samples, 1),
    Orientation.TRANSPOSE: lambda samples: samples.transpose(1, 0, 2),
    Orientation.TRANSVERSE: lambda samples: samples[::-1, ::-1].transpose(1, 0, 2),
}
