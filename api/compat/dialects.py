"""Every dialect that this service speaks."""

from api.compat import lists, stopncii

ROUTERS = (stopncii.router, lists.router)
