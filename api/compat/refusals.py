"""Our errors in the form that other networks' clients know: a status and `{"message": ".."}`."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from api.problems import problem_of

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class RefusedHereError(Exception):
    """What a client asked for has no place in a dialect."""

    def __init__(self, status: int, message: str) -> None:
        """Say what is wrong.

        Args:
            status: HTTP status.
            message: one sentence, never of the input.
        """
        super().__init__(message)
        self.status = status
        self.message = message


class CompatRoute(APIRoute):
    """A route whose errors are short; what the client sent is never among them."""

    def get_route_handler(self) -> Handler:
        """The route's own handler, with refusals translated."""
        inner = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await inner(request)
            except RefusedHereError as refused:
                return JSONResponse({"message": refused.message}, refused.status)
            except Exception as error:
                problem = problem_of(request, error)
                if problem is None:
                    raise
                return translated(problem)

        return handler


def translated(problem: Response) -> Response:
    """A refusal of ours as these clients know it; they read little more than the status."""
    # Their documents have no 422: a request is well-formed or it is not.
    status = 400 if problem.status_code == 422 else problem.status_code
    kept = {
        name: problem.headers[name]
        for name in ("retry-after", "www-authenticate")
        if name in problem.headers
    }
    detail = json.loads(bytes(problem.body))["detail"]
    return JSONResponse({"message": detail}, status, kept)
