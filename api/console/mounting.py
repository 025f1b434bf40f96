"""Puts the console beside the application's own routes."""

from fastapi import FastAPI

from api.console import appealing, deciding, exports, files, lists, sign_in
from api.console.console import Console


def mount(app: FastAPI, console: Console) -> None:
    """Add the console's routes to an application."""
    app.state.console = console
    for module in (sign_in, lists, deciding, appealing, exports, files):
        app.include_router(module.router)
