"""Photo to signatures: one call before listing, one before asking."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

import numpy as np

from hashsvc.errors import PhotoTooFlatError
from hashsvc.hashers import HASHERS
from hashsvc.hashers.axes import Floats
from hashsvc.hashers.luma import luma, lumas, oriented_lumas, qualities
from hashsvc.hashers.reduced import estimated_lumas
from hashsvc.hashes import Algorithm
from hashsvc.photos.reduced import ReducedPhoto
from hashsvc.pixels import Pixels
from hashsvc.policies import Fitness, askable, fitness, sound_dhash
from hashsvc.regions import (
    MAX_ENROLMENT_ANCHORS,
    Region,
    enrolment_regions,
    query_regions,
    rotated,
    working_copy,
)
from hashsvc.signatures import RegionKind, Signature

MAX_QUERY_SIGNATURES = 256  # what the service takes of one upload
_MOST_FULL = 16  # of these, of the whole photo


def signature_of(pixels: Pixels, region: RegionKind = RegionKind.FULL) -> Signature:
    """Both hashes and the quality of a photo or of a part of it, as it stands."""
    (signature,) = _signatures([luma(pixels)], [region])
    return signature


def full_signature(pixels: Pixels) -> Signature:
    """The whole photo's.

    Raises:
        PhotoTooFlatError: too little to see for the photo to be found again.
    """
    return _fit(signature_of(pixels))


def enrolment_signatures(pixels: Pixels) -> tuple[Signature, ...]:
    """What a photo leaves when a case is opened.

    Returns:
        The full photo first, then its crops, then its anchors, best first; each signature once,
        and none that is unfit to be listed. At most 15.

    Raises:
        PhotoTooFlatError: too little to see for the photo to be found again.
    """
    regions = enrolment_regions(pixels)
    buffers = lumas(pixels, [region.box for region in regions])
    full, *parts = _signatures(buffers, [region.kind for region in regions])
    _fit(full)
    fit = [part for part in parts if fitness(part) is not Fitness.UNFIT]
    crops = (part for part in fit if part.region is RegionKind.CROP)
    anchors = (part for part in fit if part.region is RegionKind.ANCHOR)
    return _once([full, *crops, *islice(anchors, MAX_ENROLMENT_ANCHORS)])


def query_signatures(pixels: Pixels) -> tuple[Signature, ...]:
    """What is asked about a photo: it may have been turned, mirrored, cut or put into another.

    Returns:
        `full_signatures`, then `part_signatures`; at most 256.
    """
    return (*full_signatures(pixels), *part_signatures(pixels))[:MAX_QUERY_SIGNATURES]


def full_signatures(pixels: Pixels) -> tuple[Signature, ...]:
    """The whole photo in up to eight orientations, upright first, then with inverted colours.

    Returns:
        At most 16, each once. A flat photo too: whether a signature is worth a search,
        `policies.askable` says.
    """
    turned = list(_oriented([pixels], [RegionKind.FULL]))
    return _once([*turned, *(one.inverted() for one in turned)])


def estimated_signatures(photo: ReducedPhoto) -> tuple[Signature, ...]:
    """About what `full_signatures` says of the whole photo, without its inverted colours.

    Returns:
        8, turned as the photo is stored: not in the order of `Orientation`. A few bits off, so
        never listed, sent or reported: they tell a scan which photos need no exact look.
    """
    buffers = estimated_lumas(
        photo.samples,
        height=photo.stored_height,
        width=photo.stored_width,
        divisor=photo.divisor,
    )
    return tuple(_signatures(list(buffers), [RegionKind.FULL] * len(buffers)))


def part_signatures(pixels: Pixels) -> tuple[Signature, ...]:
    """What was found inside a photo, in eight orientations, and the photo turned a little.

    Returns:
        Trimmed and embedded pictures, then the turned photo, then anchors; each signature once,
        and only those that are worth a search. At most 240: the full photo's 16 fit beside.
    """
    copy = working_copy(pixels)
    _, *parts = query_regions(copy)
    crops = _oriented_parts(copy, parts, RegionKind.CROP)
    turned = [luma(one) for one in rotated(copy)]
    anchors = _oriented_parts(copy, parts, RegionKind.ANCHOR)
    # Turned, the photo is zoomed so that no corner is empty: a crop of it.
    found = chain(crops, _signatures(turned, [RegionKind.CROP] * len(turned)), anchors)
    return _once(filter(askable, found))[: MAX_QUERY_SIGNATURES - _MOST_FULL]


def _fit(full: Signature) -> Signature:
    if fitness(full) is Fitness.UNFIT:
        raise PhotoTooFlatError(
            "The photo shows too little detail to be found again: it is nearly one colour."
        )
    return full


def _oriented_parts(copy: Pixels, parts: Iterable[Region], kind: RegionKind) -> Iterator[Signature]:
    cuts = [copy.cut(part.box) for part in parts if part.kind is kind]
    return _oriented(cuts, [kind] * len(cuts))


def _oriented(photos: Sequence[Pixels], kinds: Sequence[RegionKind]) -> Iterator[Signature]:
    """Each in eight orientations, upright first."""
    buffers = [buffer for photo in photos for buffer in oriented_lumas(photo).values()]
    return _signatures(buffers, [kind for kind in kinds for _ in range(8)])


def _signatures(buffers: Sequence[Floats], kinds: Sequence[RegionKind]) -> Iterator[Signature]:
    """One for each luma; hashed together, because a call of its own costs as much as the hash."""
    if not buffers:
        return iter(())
    stacked = np.stack(buffers)
    columns = (
        kinds,
        HASHERS[Algorithm.PDQ].hash_all(stacked),
        map(sound_dhash, HASHERS[Algorithm.DHASH].hash_all(stacked)),
        qualities(stacked),
    )
    return map(Signature, *columns)


def _once(signatures: Iterable[Signature]) -> tuple[Signature, ...]:
    """Without repetitions, in the order given."""
    return tuple(dict.fromkeys(signatures))
