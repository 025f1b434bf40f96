"""Serves the page for people: plain HTML, nothing from third parties, nothing kept."""

from importlib import resources

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)
_PAGE = resources.files("api.web").joinpath("page.html").read_text(encoding="utf-8")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'none'"
}


@router.get("/", response_class=HTMLResponse)
async def page() -> HTMLResponse:
    """The first page."""
    return HTMLResponse(_PAGE, headers=_HEADERS)
