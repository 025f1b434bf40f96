"""An edit has a name, a group and one function; chance comes from the photo's number alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Photo: TypeAlias = NDArray[np.uint8]  # (height, width, 3), red, green, blue


class Group(StrEnum):
    """Edits that fail for the same reason."""

    CODEC = "codec"
    RESIZE = "resize"
    PLATFORM = "platform"
    COLOUR = "colour"
    FILTER = "filter"
    OVERLAY = "overlay"
    BORDER = "border"
    EMBED = "embed"
    CROP_ON_GRID = "crop on grid"
    CROP_OFF_GRID = "crop off grid"
    FLIP = "flip"
    ROTATE = "rotate"
    CAMERA = "camera"
    COMBO = "combo"


class Apply(Protocol):
    """Make the edited copy of a photo; the photo itself is left as it is."""

    def __call__(self, photo: Photo, *, number: int, companions: Sequence[Photo]) -> Photo:
        """Edit one photo.

        Args:
            photo: at least 100 pixels on each side.
            number: of the photo within the run, 0 or more; seeds whatever is drawn by lot.
            companions: three other photos, for collages.
        """
        ...


@dataclass(frozen=True, slots=True)
class Edit:
    """One way in which a copy differs from the photo that was reported."""

    name: str
    group: Group
    apply: Apply


def plain(change: Callable[..., Photo], **settings: object) -> Apply:
    """The same change for every photo."""
    return _Plain(partial(change, **settings))


def drawn(key: int, change: Callable[..., Photo], **settings: object) -> Apply:
    """A change that draws lots, seeded by the photo's number and the key."""
    return _Drawn(key, partial(change, **settings))


def leaning(change: Callable[..., Photo], **settings: object) -> Apply:
    """A change for photos with odd numbers, and its mirror image for the others."""
    return _Leaning(partial(change, **settings))


def joined(change: Callable[..., Photo], **settings: object) -> Apply:
    """A change that needs the companions."""
    return _Joined(partial(change, **settings))


def chained(*steps: Apply) -> Apply:
    """Several changes, one after the other."""
    return _Chained(steps)


# Classes and not closures: a pool of processes can be sent them.
@dataclass(frozen=True, slots=True)
class _Plain:
    change: Callable[[Photo], Photo]

    def __call__(
        self,
        photo: Photo,
        *,
        number: int,  # noqa: ARG002
        companions: Sequence[Photo],  # noqa: ARG002
    ) -> Photo:
        return self.change(photo)


@dataclass(frozen=True, slots=True)
class _Drawn:
    key: int
    change: Callable[[Photo, np.random.Generator], Photo]

    def __call__(
        self,
        photo: Photo,
        *,
        number: int,
        companions: Sequence[Photo],  # noqa: ARG002
    ) -> Photo:
        return self.change(photo, np.random.default_rng([number, self.key]))


@dataclass(frozen=True, slots=True)
class _Leaning:
    change: Callable[[Photo], Photo]

    def __call__(
        self,
        photo: Photo,
        *,
        number: int,
        companions: Sequence[Photo],  # noqa: ARG002
    ) -> Photo:
        if number % 2:
            return self.change(photo)
        mirrored = self.change(np.ascontiguousarray(photo[:, ::-1]))
        return np.ascontiguousarray(mirrored[:, ::-1])


@dataclass(frozen=True, slots=True)
class _Joined:
    change: Callable[[Photo, Sequence[Photo]], Photo]

    def __call__(
        self,
        photo: Photo,
        *,
        number: int,  # noqa: ARG002
        companions: Sequence[Photo],
    ) -> Photo:
        return self.change(photo, companions)


@dataclass(frozen=True, slots=True)
class _Chained:
    steps: tuple[Apply, ...]

    def __call__(self, photo: Photo, *, number: int, companions: Sequence[Photo]) -> Photo:
        for step in self.steps:
            photo = step(photo, number=number, companions=companions)
        return photo
