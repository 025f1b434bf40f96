"""`docs/openapi.json`, the contract of the service; `make golden` remakes it."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from api.app import create_app
from api.security.key_files import make_key_files, read_key_files
from api.settings import Settings

DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.json"


def make_app(folder):
    """An application that is never started: enough to describe itself."""
    make_key_files(folder)
    return create_app(Settings(data=folder), read_key_files(folder))


def generated():
    """The document as this version would publish it."""
    with TemporaryDirectory() as folder:
        app = make_app(Path(folder))
        app.state.services.matching.store.close()
        return json.dumps(app.openapi(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def routes_of(routes):
    """Every route, those of included routers too."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is None:
            yield route
        else:
            yield from routes_of(inner.routes)


if __name__ == "__main__":
    DOCUMENT.write_text(generated(), encoding="utf-8")
