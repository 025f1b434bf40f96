"""Valid things by default; a test overrides only what it is about. Everything is seeded."""

import zlib
from io import BytesIO

import numpy as np
from PIL import Image

from hashsvc.hashes import HASH_BYTES, Algorithm, Hash
from hashsvc.matching import Hit, Listed, SignatureId
from hashsvc.photos import decode
from hashsvc.pixels import ChannelOrder, Pixels
from hashsvc.signatures import RegionKind, Signature
from tests.leaks import plant

ORIENTATION_TAG = 0x0112


def make_image(*, seed=0, width=320, height=240, mode="RGB"):
    """A Pillow image that looks like a photo to a hash: soft shapes, some of them sharp."""
    random = np.random.default_rng(seed)
    shapes = {"RGBA": 4, "CMYK": 4}.get(mode, 3)
    soft = random.integers(0, 256, (9, 12, shapes), dtype=np.uint8)
    sharp = random.integers(0, 256, (48, 64, shapes), dtype=np.uint8)
    layers = ((soft, Image.Resampling.BICUBIC, 3), (sharp, Image.Resampling.NEAREST, 1))
    mixed = sum(part * _enlarged(layer, (width, height), how) for layer, how, part in layers)
    samples = (mixed // 4).astype(np.uint8)
    if shapes == 4:
        return Image.frombytes(mode, (width, height), samples.tobytes())
    return Image.fromarray(samples).convert(mode)


def _enlarged(layer, size, how):
    planes = [Image.fromarray(plane).resize(size, how) for plane in np.moveaxis(layer, 2, 0)]
    return np.stack([np.asarray(plane, np.uint16) for plane in planes], axis=2)


def make_pixels(*, seed=0, width=320, height=240, order=ChannelOrder.RGB):
    """Pixels that are fit to be listed."""
    return Pixels(np.asarray(make_image(seed=seed, width=width, height=height)), order)


def make_noise(*, seed=0, width=320, height=240):
    """(height, width, 3) uint8, every sample for itself."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def encode(image, photo_format="PNG", **options):
    """The bytes of a Pillow image as a file; `options` are those of `Image.save`."""
    buffer = BytesIO()
    image.save(buffer, photo_format, **options)
    return buffer.getvalue()


def make_photo(
    *,
    seed=0,
    width=320,
    height=240,
    mode="RGB",
    photo_format="JPEG",
    orientation=None,
    **options,
):
    """The bytes of a photo file, held by the camera as EXIF `orientation` says."""
    if orientation is not None:
        exif = Image.Exif()
        exif[ORIENTATION_TAG] = orientation
        options["exif"] = exif.tobytes()
    image = make_image(seed=seed, width=width, height=height, mode=mode)
    return encode(image, photo_format, **options)


def make_hash(*, seed=0, algorithm=Algorithm.PDQ):
    """A sound hash: 128 of its 256 bits are set."""
    bits = np.random.default_rng([seed, *algorithm.encode()]).permutation(8 * HASH_BYTES) % 2
    return Hash(algorithm, plant("a hash", np.packbits(bits.astype(np.uint8)).tobytes()))


def with_flipped_bits(hash_, bits):
    """The hash with its first `bits` bits turned over: a neighbour at exactly that distance."""
    mask = ((1 << bits) - 1) << (8 * HASH_BYTES - bits)
    flipped = int.from_bytes(hash_.digest, "big") ^ mask
    return Hash(hash_.algorithm, plant("a hash", flipped.to_bytes(HASH_BYTES, "big")))


_DERIVED = object()


def make_signature(*, seed=0, region=RegionKind.FULL, pdq=None, dhash=_DERIVED, quality=100):
    """A signature that is fit to be listed; `dhash=None` for one of another network."""
    return Signature(
        region=region,
        pdq=make_hash(seed=seed) if pdq is None else pdq,
        dhash=make_hash(seed=seed, algorithm=Algorithm.DHASH) if dhash is _DERIVED else dhash,
        quality=quality,
    )


def make_listed(*, signature_id=1, signature=None, strong_only=False, **fields):
    """A listed signature; other fields are those of `make_signature`."""
    return Listed(
        signature_id=SignatureId(signature_id),
        signature=make_signature(**fields) if signature is None else signature,
        strong_only=strong_only,
    )


def make_hit(
    *,
    signature_id=1,
    region=RegionKind.FULL,
    query_region=RegionKind.FULL,
    pdq_distance=0,
    dhash_distance=0,
    strong_only=False,
):
    """A hit on the very same photo."""
    return Hit(
        signature_id=SignatureId(signature_id),
        region=region,
        query_region=query_region,
        pdq_distance=pdq_distance,
        dhash_distance=dhash_distance,
        strong_only=strong_only,
    )


def make_png(width, height, *, bits, kind, rows, chunks=()):
    """A PNG that no library here writes: colour type `kind`, raw rows, more chunks."""

    def chunk(name, body):
        checked = zlib.crc32(name + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + name + body + checked

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((bits, kind, 0, 0, 0))
    compressed = zlib.compress(b"".join(b"\0" + row for row in rows))
    body = [chunk(b"IHDR", header), *(chunk(*more) for more in chunks)]
    return b"".join([b"\x89PNG\r\n\x1a\n", *body, chunk(b"IDAT", compressed), chunk(b"IEND", b"")])


def rgb_of(photo):
    """(height, width, 3): the canonical pixels of a photo file."""
    return decode(photo).rgb()
