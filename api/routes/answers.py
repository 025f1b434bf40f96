"""Answers that were written once and are sent as often as somebody asks again."""

from fastapi import Response

from api.services.idempotency import Answered


def response_of(answered: Answered, *, status: int = 200) -> Response:
    """The kept words, marked where they are a repetition."""
    return Response(
        answered.text,
        status,
        headers={"Idempotency-Replayed": "true"} if answered.replayed else None,
        media_type="application/json",
    )
