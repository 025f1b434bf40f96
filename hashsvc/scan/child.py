"""A child process that decodes and hashes: it gets bytes, never a path, and may die of them."""

import os
import sys
from typing import BinaryIO

from hashsvc.errors import PhotoError, PhotoTooLargeError, PhotoTooSmallError
from hashsvc.hashing import full_signatures, part_signatures
from hashsvc.photos import decode
from hashsvc.photos.warming import warm
from hashsvc.policies import askable
from hashsvc.scan.answers import (
    MAX_SIGNATURES,
    READY,
    REQUEST,
    Asked,
    HashedPhoto,
    failure,
    success,
)
from hashsvc.scan.estimates import estimated
from hashsvc.scan.isolation import isolate, limit
from hashsvc.scan.records import Reason

_STDOUT, _STDERR = 1, 2


def main() -> None:
    """Answer until the parent closes the pipe."""
    memory_bytes, file_bytes = map(int, sys.argv[1:])
    answers = os.fdopen(os.dup(_STDOUT), "wb")
    os.dup2(_STDERR, _STDOUT)  # whatever a decoder prints is no answer
    warm()
    limit(memory_bytes, file_bytes)
    answers.write(bytes([READY.index(isolate())]))
    answers.flush()
    serve(sys.stdin.buffer, answers)


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer photo after photo."""
    while len(head := questions.read(REQUEST.size)) == REQUEST.size:
        length, max_pixels, asked = REQUEST.unpack(head)
        body = questions.read(length)
        answers.write(answer(body, max_pixels=max_pixels, asked=Asked(asked)))
        answers.flush()


def answer(body: bytes, *, max_pixels: int, asked: Asked) -> bytes:
    """What is said of one photo."""
    try:
        return success(_hashed(body, max_pixels, asked))
    except PhotoTooLargeError:
        return failure(Reason.TOO_MANY_PIXELS)
    except PhotoTooSmallError:
        return failure(Reason.TOO_SMALL)
    except PhotoError as error:
        short = isinstance(error.__cause__, MemoryError)
        return failure(Reason.MEMORY if short else Reason.DECODE)
    except MemoryError:
        return failure(Reason.MEMORY)
    except Exception:  # noqa: BLE001  # a hostile photo must not end the scan
        return failure(Reason.DECODE)


def _hashed(body: bytes, max_pixels: int, asked: Asked) -> HashedPhoto:
    if asked is Asked.ESTIMATE and (photo := estimated(body, max_pixels=max_pixels)):
        return photo
    pixels = decode(body, max_pixels=max_pixels)
    full = full_signatures(pixels)
    found = tuple(filter(askable, part_signatures(pixels))) if asked is Asked.ALL else ()
    signatures = (*full, *found)[:MAX_SIGNATURES]
    return HashedPhoto(pixels.width, pixels.height, signatures, len(full))


if __name__ == "__main__":
    main()
