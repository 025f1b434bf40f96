"""What a form of the console sends, read without guessing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from api.services.errors import FormUnfitError

_MEDIA_TYPE = "application/x-www-form-urlencoded"
_MOST_FIELDS = 500


@dataclass(frozen=True, slots=True)
class Form:
    """Fields by name."""

    fields: Mapping[str, Sequence[str]]

    def one(self, name: str) -> str:
        """A field that is sent once; empty where it is not."""
        sent = self.fields.get(name, ())
        return sent[0] if len(sent) == 1 else ""

    def every(self, name: str) -> Sequence[str]:
        """A field that may be sent several times."""
        return self.fields.get(name, ())


async def _form(request: Request) -> Form:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != _MEDIA_TYPE:
        raise HTTPException(415)
    body = await request.body()
    try:
        fields = parse_qs(body.decode("ascii"), errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise FormUnfitError from error
    return Form(fields)


FormDep = Annotated[Form, Depends(_form)]
