"""Every dialect that this service speaks."""

from api.compat import hma, lists, ncmec, stopncii, stopncii_submissions

ROUTERS = (stopncii.router, stopncii_submissions.router, lists.router, ncmec.router, hma.router)
