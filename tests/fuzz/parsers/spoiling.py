"""Bytes that are nearly right: what was made by code, with something wrong in it."""

_WORDS = (
    b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\r\n", b"\n\n", b"{}", b"[]", b"null", b"true", b"-1",
    b"1e999", b"NaN", b"1.5", b"9" * 30, b"9" * 5_000, b'"', b"\\ud800", b"\\u0000", b"\xc3\xa9",
    b"0001-01-01T00:00:00+23:59", b"9999-12-31T23:59:59-23:59", b"=" * 4, b"A" * 300,
    b"[" * 5_000, b'{"a":' * 5_000, b"a = [" * 3_000, b"<a>" * 500, b"[[[[",
)  # fmt: skip


def spoiled(seed, random):
    """A few changes to bytes that were fit.

    Args:
        seed: what was fit.
        random: a seeded `random.Random`.
    """
    samples = bytearray(seed)
    for _ in range(random.randrange(1, 4)):
        place = random.randrange(len(samples) + 1)
        length = random.choice((1, 1, 2, 4, 16, 64))
        match random.randrange(7):
            case 0 if samples:
                samples[place - 1] ^= 1 << random.randrange(8)
            case 1:
                del samples[place : place + length]
            case 2:
                samples[place:place] = samples[place - length : place]
            case 3:
                samples[place : place + length] = random.randbytes(length)
            case 4:
                del samples[place:]
            case _:
                samples[place : place + random.choice((0, length))] = random.choice(_WORDS)
    return bytes(samples)
