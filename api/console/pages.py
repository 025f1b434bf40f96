"""Fills the console's templates; every word that is not ours is escaped by the engine."""

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from api.console import words
from api.console.choices import REASONS_OF, value_of

# No picture, no frame, no connection, nothing inline; forms lead here alone.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("api.console"),
        autoescape=True,
        undefined=StrictUndefined,  # a gap fails in a test, not on a moderator's screen
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(words=words, reasons_of=REASONS_OF, value_of=value_of)
    environment.filters["moment"] = words.moment
    return environment


_ENVIRONMENT = _environment()


def page(template: str, *, status: int = 200, **context: object) -> HTMLResponse:
    """A page as it is sent.

    Args:
        template: its file.
        status: HTTP status.
        context: what the template asks for.
    """
    text = _ENVIRONMENT.get_template(template).render(context)
    return HTMLResponse(text, status, {"Content-Security-Policy": POLICY})
