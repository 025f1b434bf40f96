"""The console's style and script, read once at start."""

from importlib import resources

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from api.console.refusals import ConsoleRoute
from api.web.assets import Asset
from api.web.policies import FILE

router = APIRouter(prefix="/console/static", include_in_schema=False, route_class=ConsoleRoute)


def _read(name: str, media_type: str) -> Asset:
    content = resources.files("api.console").joinpath("static", name).read_bytes()
    return Asset.of(content, media_type=media_type, policy=FILE)


_FILES = {
    "console.css": _read("console.css", "text/css; charset=utf-8"),
    "console.js": _read("console.js", "text/javascript; charset=utf-8"),
}


@router.get("/{name}")
async def static(name: str, request: Request) -> Response:
    """The style or the script."""
    if name not in _FILES:
        raise HTTPException(404)
    return _FILES[name].response(request)
