"""Every dialect that this service speaks."""

from api.compat import hma, lists, ncmec, stopncii

ROUTERS = (stopncii.router, lists.router, ncmec.router, hma.router)
