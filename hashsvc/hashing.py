"""Photo to signatures: one call before listing, one before asking."""

from collections.abc import Iterable, Iterator
from itertools import islice

from hashsvc.errors import PhotoTooFlatError
from hashsvc.hashers import HASHERS
from hashsvc.hashers.axes import Floats
from hashsvc.hashers.luma import luma, lumas, oriented_lumas, quality
from hashsvc.hashes import Algorithm
from hashsvc.pixels import Pixels
from hashsvc.policies import Fitness, askable, fitness, sound_dhash
from hashsvc.regions import MAX_ENROLMENT_ANCHORS, Region, enrolment_regions, query_regions
from hashsvc.signatures import RegionKind, Signature


def signature_of(pixels: Pixels, region: RegionKind) -> Signature:
    """Both hashes and the quality of a photo or of a part of it, as it stands."""
    return _signature(luma(pixels), region)


def enrolment_signatures(pixels: Pixels) -> tuple[Signature, ...]:
    """What a photo leaves when a case is opened.

    Returns:
        The full photo first, then its crops, then its anchors, best first; each signature once,
        and none that is unfit to be listed.

    Raises:
        PhotoTooFlatError: too little to see for the photo to be found again.
    """
    regions = enrolment_regions(pixels)
    buffers = lumas(pixels, [region.box for region in regions])
    full, *parts = map(_signature, buffers, (region.kind for region in regions))
    if fitness(full) is Fitness.UNFIT:
        raise PhotoTooFlatError(
            "The photo shows too little detail to be found again: it is nearly one colour."
        )
    fit = [part for part in parts if fitness(part) is not Fitness.UNFIT]
    crops = (part for part in fit if part.region is RegionKind.CROP)
    anchors = (part for part in fit if part.region is RegionKind.ANCHOR)
    return _once([full, *crops, *islice(anchors, MAX_ENROLMENT_ANCHORS)])


def query_signatures(pixels: Pixels) -> tuple[Signature, ...]:
    """What is asked about a photo: it may have been turned, mirrored or put into another one.

    Returns:
        The full photo in up to eight orientations, upright first, then what was found inside it,
        likewise; each signature once. The full photo is there even if it is flat, the parts only
        where they are worth a search.
    """
    full, *parts = query_regions(pixels)
    inside = (one for part in parts for one in _oriented_signatures(pixels, part))
    return _once([*_oriented_signatures(pixels, full), *filter(askable, inside)])


def _oriented_signatures(pixels: Pixels, region: Region) -> Iterator[Signature]:
    """Upright first."""
    buffers = oriented_lumas(pixels.cut(region.box)).values()
    return (_signature(buffer, region.kind) for buffer in buffers)


def _once(signatures: Iterable[Signature]) -> tuple[Signature, ...]:
    """Without repetitions, in the order given."""
    return tuple(dict.fromkeys(signatures))


def _signature(buffer: Floats, region: RegionKind) -> Signature:
    return Signature(
        region=region,
        pdq=HASHERS[Algorithm.PDQ].hash(buffer),
        dhash=sound_dhash(HASHERS[Algorithm.DHASH].hash(buffer)),
        quality=quality(buffer),
    )
