"""Serves the pages for people: plain HTML first, nothing from third parties, nothing kept."""

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from api.web.assets import Asset, static_assets
from api.web.policies import PAGE
from api.web.rendering import Words, render

router = APIRouter(include_in_schema=False)
_HTML = "text/html; charset=utf-8"
_WORDS = Words.read()
_FILES = static_assets()


def _page(template: str) -> Asset:
    return Asset.of(render(template, _WORDS).encode(), media_type=_HTML, policy=PAGE)


_PAGE = _page("page.html")
_HOW_IT_WORKS = _page("how-it-works.html")
_PLATFORMS = _page("platforms.html")


@router.get("/")
async def page(request: Request) -> Response:
    """Where a survivor makes codes and returns to a case."""
    return _PAGE.response(request)


@router.get("/how-it-works")
async def how_it_works(request: Request) -> Response:
    """The same in words."""
    return _HOW_IT_WORKS.response(request)


@router.get("/platforms")
async def platforms(request: Request) -> Response:
    """What platforms need to know first."""
    return _PLATFORMS.response(request)


@router.get("/static/{name:path}")
async def static(name: str, request: Request) -> Response:
    """A script, a style or the icon."""
    if name not in _FILES:
        raise HTTPException(404)
    return _FILES[name].response(request)
