"""Crockford's base 32: digits and letters without I, L, O, U, so that nothing is misread."""

import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BITS_PER_SIGN = 5
_SIGN_OF_BYTE = (_ALPHABET * 8).encode()  # the lowest 5 bits of a byte
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SEPARATORS = str.maketrans({" ": None, "-": None})


def encode(number: int, *, signs: int) -> str:
    """`number` in exactly `signs` signs, the highest bits first."""
    return "".join(
        _ALPHABET[number >> (_BITS_PER_SIGN * place) & 31] for place in reversed(range(signs))
    )


def decode(text: str, *, signs: int) -> int | None:
    """Read what a person typed: either case, with spaces or hyphens; None where it is no such.

    Args:
        text: as typed.
        signs: how many signs are left when spaces and hyphens are gone.
    """
    plain = text.upper().translate(_SEPARATORS).translate(_MISREAD)
    if len(plain) != signs or any(sign not in _ALPHABET for sign in plain):
        return None
    number = 0
    for sign in plain:
        number = number << _BITS_PER_SIGN | _ALPHABET.index(sign)
    return number


def random_id(prefix: str, *, signs: int = 26) -> str:
    """An unguessable id: `prefix` and 5 random bits a sign."""
    return prefix + secrets.token_bytes(signs).translate(_SIGN_OF_BYTE).decode()
