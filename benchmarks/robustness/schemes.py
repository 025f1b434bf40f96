"""Ways to find a photo again: what each stores, what it asks, and when it says yes."""

from collections.abc import Sequence
from typing import Protocol

import imagehash
import numpy as np
import pdqhash
from numpy.typing import NDArray
from PIL import Image
from threatexchange.content_type.preprocess import unletterboxing

from benchmarks.robustness.photo_set import Photo
from hashsvc.hashing import signature_of
from hashsvc.pixels import Pixels
from hashsvc.signatures import RegionKind

Bits = NDArray[np.uint8]  # packed, (bytes,)
_PDQ_THRESHOLD = 31
_THREATEXCHANGE_QUALITY = 50  # below, its PDQ is empty
_THREATEXCHANGE_BLACK = 15  # its default for unletterboxing


class Peer(Protocol):
    """A scheme of others: one threshold, found or not."""

    @property
    def name(self) -> str:
        """As it stands in the tables."""
        ...

    @property
    def threshold(self) -> int:
        """Bits, inclusive."""
        ...

    def store(self, photo: Photo) -> list[Bits]:
        """What it keeps of a reported photo."""
        ...

    def ask(self, photo: Photo) -> list[Bits]:
        """What it compares of an upload."""
        ...


class PlainPdq:
    """The field's standard: one PDQ hash, 31 bits."""

    name = "plain PDQ <= 31"
    threshold = _PDQ_THRESHOLD

    def store(self, photo: Photo) -> list[Bits]:
        """See `Peer.store`."""
        pdq = signature_of(Pixels(photo), RegionKind.FULL).pdq
        return [np.frombuffer(pdq.digest, np.uint8)]

    ask = store


class ImagehashScheme:
    """A 64-bit hash of the imagehash library, at the threshold people use."""

    def __init__(self, algorithm: str, *, threshold: int) -> None:
        """Choose.

        Args:
            algorithm: `phash` or `dhash`.
            threshold: bits of 64, inclusive.
        """
        self.name = f"imagehash {algorithm} <= {threshold}"
        self.threshold = threshold
        self._hash = {"phash": imagehash.phash, "dhash": imagehash.dhash}[algorithm]

    def store(self, photo: Photo) -> list[Bits]:
        """See `Peer.store`."""
        bits = np.asarray(self._hash(Image.fromarray(photo)).hash)
        return [np.packbits(bits)]

    ask = store


class Threatexchange:
    """Meta's library: PDQ at 31, the eight rotations it makes, and the same unletterboxed.

    Its own preprocessing writes the turned picture to a file and reads it again; here the pixels
    are turned as they are, which for PNG is the same.
    """

    name = "threatexchange, rotations + unletterbox"
    threshold = _PDQ_THRESHOLD

    def store(self, photo: Photo) -> list[Bits]:
        """See `Peer.store`."""
        return self._hashes([photo])

    def ask(self, photo: Photo) -> list[Bits]:
        """See `Peer.ask`."""
        views = _eight_ways(photo)
        inside = _unletterboxed(photo)
        if inside.shape != photo.shape and min(inside.shape[:2]) > 0:
            views += _eight_ways(inside)
        return self._hashes(views)

    @staticmethod
    def _hashes(views: Sequence[Photo]) -> list[Bits]:
        hashed = [pdqhash.compute(np.ascontiguousarray(view)) for view in views]
        return [
            np.packbits(vector.astype(np.uint8))
            for vector, quality in hashed
            if quality >= _THREATEXCHANGE_QUALITY
        ]


def _eight_ways(photo: Photo) -> list[Photo]:
    turned = [np.rot90(photo, quarter) for quarter in range(4)]
    return [*turned, *(view[:, ::-1] for view in turned)]


def _unletterboxed(photo: Photo) -> Photo:
    picture = Image.fromarray(photo)
    top, bottom, left, right = (
        detect(picture, _THREATEXCHANGE_BLACK)
        for detect in (
            unletterboxing.detect_top_border,
            unletterboxing.detect_bottom_border,
            unletterboxing.detect_left_border,
            unletterboxing.detect_right_border,
        )
    )
    height, width = photo.shape[:2]
    return photo[top : height - bottom, left : width - right]


PEERS: tuple[Peer, ...] = (
    PlainPdq(),
    ImagehashScheme("phash", threshold=10),
    ImagehashScheme("dhash", threshold=10),
    Threatexchange(),
)


def nearest(stored: Sequence[Bits], asked: Sequence[Bits]) -> int | None:
    """The least distance between what was stored and what is asked, in bits."""
    if not stored or not asked:
        return None
    differing = np.stack(stored)[:, None] ^ np.stack(asked)[None]
    return int(np.bitwise_count(differing).sum(axis=2).min())
