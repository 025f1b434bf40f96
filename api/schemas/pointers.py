"""Where in a request something is wrong, in names that are ours."""

from collections.abc import Iterator
from functools import cache

from pydantic import BaseModel

_PARAMETERS = {"query", "path", "header", "cookie"}


def pointer(location: tuple[int | str, ...]) -> str:
    """A JSON pointer to a place that validation named.

    It ends before the first name that no schema has: that one was written by the sender, be it a
    field that we do not know or a name within a mapping.
    """
    parts = location[1:] if location[:1] == ("body",) else location
    if parts and parts[0] in _PARAMETERS:
        return "/" + "/".join(str(part) for part in parts[:2])
    return "/" + "/".join(_ours(parts))


def _ours(parts: tuple[int | str, ...]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, str) and part not in _names():
            return
        yield str(part)


@cache
def _names() -> frozenset[str]:
    """Of the fields of every schema."""
    return frozenset(
        name
        for model in _below(BaseModel)
        for field, info in model.model_fields.items()
        for name in (field, info.alias)
        if name is not None
    )


def _below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for child in model.__subclasses__():
        yield child
        yield from _below(child)
