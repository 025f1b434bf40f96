"""Photo to signatures: one call before listing, one before asking."""

from collections.abc import Iterable, Iterator

from hashsvc.errors import PhotoTooFlatError
from hashsvc.hashers import HASHERS
from hashsvc.hashers.axes import Floats
from hashsvc.hashers.luma import luma, oriented_lumas, quality
from hashsvc.hashes import Algorithm
from hashsvc.pixels import Pixels
from hashsvc.policies import Fitness, fitness, sound_dhash
from hashsvc.signatures import RegionKind, Signature


def signature_of(pixels: Pixels, region: RegionKind) -> Signature:
    """Both hashes and the quality of a photo or of a part of it, as it stands."""
    return _signature(luma(pixels), region)


def enrolment_signatures(pixels: Pixels) -> tuple[Signature, ...]:
    """What a photo leaves when a case is opened.

    Returns:
        The full photo first.

    Raises:
        PhotoTooFlatError: too little to see for the photo to be found again.
    """
    full = signature_of(pixels, RegionKind.FULL)
    if fitness(full) is Fitness.UNFIT:
        raise PhotoTooFlatError(
            "The photo shows too little detail to be found again: it is nearly one colour."
        )
    return (full,)


def query_signatures(pixels: Pixels) -> tuple[Signature, ...]:
    """What is asked about a photo: it may have been turned or mirrored since it was listed.

    Returns:
        The full photo in up to eight orientations, upright first, each signature once. A flat
        photo too: whether a signature is worth a search, `policies.askable` says.
    """
    return _once(_oriented_signatures(pixels, RegionKind.FULL))


def _oriented_signatures(pixels: Pixels, region: RegionKind) -> Iterator[Signature]:
    """Upright first."""
    return (_signature(buffer, region) for buffer in oriented_lumas(pixels).values())


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
