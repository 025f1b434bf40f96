"""A child process that takes the pictures out of a PDF: it gets bytes, never a path."""

import sys
from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO

import pikepdf

from hashsvc.scan.isolation import isolate, limit
from hashsvc.scan.records import Reason
from hashsvc.scan.sources.pdf_answers import (
    ENCRYPTED,
    FINISHED,
    MEMORY_BYTES,
    MOST_BYTES,
    MOST_PIXELS,
    TOO_MUCH,
    UNREADABLE,
    Picture,
    answer,
)

_NOT_READ = {"/JPXDecode", "/JBIG2Decode"}  # decoders of photos know neither


def main() -> int:
    """Answer with the pictures of the document on standard input; says how it ended."""
    _warm()
    limit(MEMORY_BYTES, MOST_BYTES)
    isolate()
    return answered(sys.stdin.buffer.read(), sys.stdout.buffer)


def answered(body: bytes, answers: BinaryIO) -> int:
    """Write the pictures of a document, one after the other.

    Returns:
        How it ended, as an exit code.
    """
    try:
        with pikepdf.open(BytesIO(body)) as document:
            for stream in _pictures(document):
                answers.write(answer(_picture(stream)))
                answers.flush()
    except pikepdf.PasswordError:
        return ENCRYPTED
    except (pikepdf.PdfError, MemoryError):
        return UNREADABLE
    except OSError:  # the file of the answers may not grow further
        return TOO_MUCH
    return FINISHED


def _pictures(document: pikepdf.Pdf) -> Iterator[Any]:
    """Every picture that is stored, on a page or not; masks are parts of other pictures."""
    streams = [one for one in document.objects if isinstance(one, pikepdf.Stream)]
    pictures = [one for one in streams if one.get("/Subtype") == "/Image"]
    named = (one.get(key) for one in pictures for key in ("/SMask", "/Mask"))
    masks = {mask.objgen for mask in named if isinstance(mask, pikepdf.Stream)}
    for one in pictures:
        if one.objgen not in masks and not one.get("/ImageMask", False):
            yield one


def _picture(stream: Any) -> Picture:  # noqa: ANN401  # any object of a hostile document
    number = int(stream.objgen[0])
    try:
        if int(stream.Width) * int(stream.Height) > MOST_PIXELS:
            return Picture(number, Reason.TOO_MANY_PIXELS)
        picture, body = pikepdf.PdfImage(stream), BytesIO()
        if not _NOT_READ.isdisjoint(picture.filters):
            return Picture(number, Reason.COMPRESSION_UNSUPPORTED)
        picture.extract_to(stream=body, apply_mask=False)  # what a mask hides counts too
    except pikepdf.UnsupportedImageTypeError:
        return Picture(number, Reason.COMPRESSION_UNSUPPORTED)
    except MemoryError:
        return Picture(number, Reason.MEMORY)
    except Exception:  # noqa: BLE001  # a hostile picture must not hide the others
        return Picture(number, Reason.DECODE)
    return Picture(number, None, body.getvalue())


def _warm() -> None:
    """Load what is loaded on first use, before files can no longer be opened."""
    with pikepdf.new() as document:
        mask = _pixel(document, pikepdf.Name.DeviceGray, bytes(1))
        _picture(_pixel(document, pikepdf.Name.DeviceRGB, bytes(3), SMask=mask))
        _picture(_pixel(document, pikepdf.Name.DeviceCMYK, bytes(4)))


def _pixel(
    document: pikepdf.Pdf, space: pikepdf.Object, body: bytes, **entries: pikepdf.Object
) -> pikepdf.Stream:
    return document.make_stream(
        body,
        Subtype=pikepdf.Name.Image,
        Width=1,
        Height=1,
        ColorSpace=space,
        BitsPerComponent=8,
        **entries,
    )


if __name__ == "__main__":
    sys.exit(main())
