"""Finds what must never leave a device in what did leave it."""

import base64
import binascii
import re

RUN_BYTES = 16
_HEX = re.compile(rb"[0-9a-fA-F]{32,}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{22,}")


def runs_of(content):
    """Every run of 16 bytes."""
    return {content[i : i + RUN_BYTES] for i in range(len(content) - RUN_BYTES + 1)}


def decoded(text):
    """A text as it is, and everything in it that could be hexadecimal or base64."""
    yield text
    for found in _HEX.findall(text):
        for start in (0, 1):
            piece = found[start:]
            yield binascii.unhexlify(piece[: len(piece) // 2 * 2])
    for found in _BASE64.findall(text):
        for start in range(4):
            piece = found[start:].replace(b"-", b"+").replace(b"_", b"/")
            yield base64.b64decode(piece[: len(piece) // 4 * 4])


def leaks(text, *, photo, words):
    """What of a photo is in a request.

    Args:
        text: everything that was sent.
        photo: the file's bytes.
        words: file name, EXIF values and the like.
    """
    runs = runs_of(photo)
    found = [word for word in words if word.lower().encode() in text.lower()]
    if any(holds_a_run(piece, runs) for piece in decoded(text)):
        found.append("a run of the photo")
    return found


def holds_a_run(piece, runs):
    return any(piece[i : i + RUN_BYTES] in runs for i in range(len(piece) - RUN_BYTES + 1))
