"""In with a key, out again."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.console.console import ConsoleDep
from api.console.cookies import Cookie, give, given, take_back
from api.console.forms import FormDep
from api.console.moderators import Sending
from api.console.pages import page
from api.console.refusals import SIGN_IN, ConsoleRoute, explained
from api.problems import problem_of
from api.security.errors import KeyInvalidError
from api.services.console_sessions import new_form_token
from api.services.errors import KeyUnfitForConsoleError, TooManyWrongKeysError
from hashsvc.times import now

router = APIRouter(prefix="/console", include_in_schema=False, route_class=ConsoleRoute)


@router.get("/sign-in")
def ask_for_key(request: Request, console: ConsoleDep, ended: str = "") -> Response:
    """The form that takes a key."""
    token = given(request, Cookie.FORM) or new_form_token()
    said = "Your session has ended. What you sent last was not done." if ended else ""
    answer = page("sign_in.html", proof=console.sessions.proof(token), problem=said)
    give(request, answer, Cookie.FORM, token)
    return answer


@router.post("/sign-in")
def take_key(request: Request, console: ConsoleDep, form: FormDep) -> Response:
    """Begin a session, under a token that nobody has seen before."""
    form_token = given(request, Cookie.FORM)
    console.sessions.require_proof(form_token, form.one("proof"))
    source = request.client.host if request.client else ""
    try:
        token = console.sessions.sign_in(form.one("key").strip(), source=source, at=now())
    except (KeyInvalidError, KeyUnfitForConsoleError, TooManyWrongKeysError) as error:
        problem = problem_of(request, error)
        assert problem is not None  # noqa: S101  # all three are in the table
        proof = console.sessions.proof(form_token)
        return explained(problem, "sign_in.html", proof=proof)
    console.sessions.sign_out(given(request, Cookie.SESSION))
    answer = RedirectResponse("/console", 303)
    give(request, answer, Cookie.SESSION, token)
    take_back(request, answer, Cookie.FORM)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, console: ConsoleDep, _moderator: Sending) -> Response:
    """End the session here and in the store."""
    console.sessions.sign_out(given(request, Cookie.SESSION))
    answer = RedirectResponse(SIGN_IN, 303)
    take_back(request, answer, Cookie.SESSION)
    return answer
