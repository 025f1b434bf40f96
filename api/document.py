"""The OpenAPI document: FastAPI's own, with the errors that this service really sends."""

from typing import Any

from fastapi import FastAPI

_SENTENCE = {"type": "string", "description": "One sentence, never of the request."}
_WORD = {"type": "string"}
_SCHEMAS: dict[str, Any] = {
    "Problem": {
        "type": "object",
        "title": "Problem",
        "description": "Every error (RFC 9457); `type` names it, see the operator's guide.",
        "required": ["type", "title", "status", "detail", "request_id"],
        "additionalProperties": False,
        "properties": {
            "type": {"type": "string", "pattern": "^/problems/[a-z-]+$"},
            "title": _WORD,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": _SENTENCE,
            "request_id": _WORD,
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["pointer", "code"],
                    "additionalProperties": False,
                    "properties": {"pointer": _WORD, "code": _WORD},
                },
            },
            "work": {
                "type": "object",
                "description": "What to solve first, where that is asked for.",
                "additionalProperties": {"type": ["string", "integer"]},
            },
        },
    },
    "Refusal": {
        "type": "object",
        "title": "Refusal",
        "description": "An error as clients of other networks know it.",
        "required": ["message"],
        "additionalProperties": False,
        "properties": {"message": _SENTENCE},
    },
}
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_REFUSAL = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
# Where these stand, FastAPI does not write down the 422 of its own, which is never sent.
PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "The request was refused", "content": _PROBLEM},
    "503": {"description": "Not now: ask again after `Retry-After`", "content": _PROBLEM},
}
REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {**answer, "content": _REFUSAL | _PROBLEM} for status, answer in PROBLEMS.items()
}


class Described(FastAPI):
    """An application whose document holds the forms of its errors too."""

    def openapi(self) -> dict[str, Any]:
        """The document."""
        document = super().openapi()
        document["components"]["schemas"] |= _SCHEMAS
        return document


def answering(media_type: str) -> dict[int | str, dict[str, Any]]:
    """What a route says of its answer where that is no JSON."""
    return {200: {"content": {media_type: {"schema": {"type": "string"}}}}}
