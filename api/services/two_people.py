"""What takes two people: how names and references are kept, and who may be one person."""

import unicodedata

from api.services.errors import NameUnfitError, ReferenceUnfitError

_LONGEST_NAME = 64
_LONGEST_REFERENCE = 128


def name_of(text: str) -> str:
    """Somebody's name as it is kept, its spaces single: 1..64 printable signs.

    Raises:
        NameUnfitError: it is empty, longer, or has no letter or figure to compare.
    """
    name = " ".join(text.split())
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable() or _words(name) == [""]:
        raise NameUnfitError
    return name


def reference_of(text: str) -> str:
    """The reference of what was agreed, as it is kept: 1..128 printable signs.

    Raises:
        ReferenceUnfitError: it is empty, longer, or has signs that do not print.
    """
    reference = text.strip()
    if not 0 < len(reference) <= _LONGEST_REFERENCE or not reference.isprintable():
        raise ReferenceUnfitError
    return reference


def is_one_person(one: str, other: str) -> bool:
    """Whether two names may be one person's: the same, a part of the other, or its initials."""
    first, second = _words(one), _words(other)
    shorter, longer = sorted((first, second), key=len)
    if set(shorter) <= set(longer) or "".join(first) == "".join(second):
        return True
    initials = [all(a[0] == b[0] for a, b in zip(first, second, strict=False))]
    return first[-1] == second[-1] and all(initials) and (len(first[0]) == 1 or len(second[0]) == 1)


def _words(name: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign))
    words = "".join(sign if sign.isalnum() else " " for sign in plain).split()
    return words or [""]
