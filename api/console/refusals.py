"""Our errors as pages: a sentence, and the way back."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from api.console.cookies import Cookie, given
from api.console.pages import page
from api.problems import problem_of
from api.services.errors import SignedOutError

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
SIGN_IN = "/console/sign-in"


class ConsoleRoute(APIRoute):
    """A route for people: whoever is not signed in is asked to, the rest is explained."""

    def get_route_handler(self) -> Handler:
        """The route's own handler, with refusals as pages."""
        inner = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await inner(request)
            except SignedOutError:
                was_in = given(request, Cookie.SESSION) or request.method != "GET"
                return RedirectResponse(f"{SIGN_IN}?ended=1" if was_in else SIGN_IN, 303)
            except Exception as error:
                problem = problem_of(request, error)
                if problem is None:
                    raise
                return explained(problem)

        return handler


def explained(problem: Response, template: str = "problem.html", **context: object) -> Response:
    """A refusal as a page with its status; nothing that was sent is in it."""
    detail = json.loads(bytes(problem.body))["detail"]
    answer = page(template, status=problem.status_code, problem=detail, **context)
    if "retry-after" in problem.headers:
        answer.headers["Retry-After"] = problem.headers["retry-after"]
    return answer
