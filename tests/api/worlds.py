"""A service with two platforms, of which one has everything that the other must not see."""

import re
import shutil
import warnings
from contextlib import closing, contextmanager
from secrets import token_hex

from api.app import create_app
from api.security.api_keys import KeyWish
from api.security.key_files import read_key_files
from api.security.scopes import Scope
from api.services.idempotency import Once
from api.settings import Destinations, Settings
from hashsvc.times import now
from tests.api.access import ADDRESS, SEEN, basic
from tests.api.bodies import opened_number
from tests.api.deciding import decide, match_on

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it announces a successor of httpx; httpx is what we carry
    from starlette.testclient import TestClient


class World:
    """A service with two platforms, of which A has everything that B must not see."""

    def __init__(self, client, services):
        self.client = client
        self.services = services
        self.platforms = services.platforms
        self.lists = services.lists
        for operator in ("amina", "ben"):
            self.lists.grant("A", "reported", operator=operator, reference="4/2026", at=now())
        key = self.key(*Scope)
        self.header = {"Authorization": f"Bearer {key.text()}"}
        client.put("/v1/policy", json={"custom_hours": {"custom-promise": 12}}, headers=self.header)
        opened_number(client, SEEN)
        match_id = match_on(client, self.header, SEEN, ref="ref-of-A")
        decide(client, self.header, match_id)
        self.lists.publish(at=now())
        self.ids = {
            "match_id": match_id,
            "regime": "custom-promise",
            "key_id": self.below(key),
            "webhook_id": self.webhook(),
            "sweep_id": self.sweep(),
            "member": 1,
            "entry": self.entry(key),
        }

    def key(self, *scopes, name="A", **fields):
        """A live key."""
        return self.platforms.create_key(
            name, scopes, **{"at": now(), "days": 1, "label": f"label-of-{name}"} | fields
        )

    def below(self, key):
        """The id of a key below another."""
        caller = self.platforms.caller(key, at=now())
        wish = KeyWish(frozenset({Scope.KEYS_MANAGE}), caller.kept.expires_at)
        made, _ = self.platforms.create_below(caller, wish, Once("", "below", ""), at=now())
        return made.key_id

    def entry(self, key):
        """The id of the one true entry of the list that A may read."""
        answer = self.client.get("/compat/ncmec/v2/entries", headers=basic(self, key))
        (entry,) = (one for one in answer.text.split("</image>") if SEEN.pdq.hex() in one)
        return re.search(r"lst_\w+", entry)[0]

    def webhook(self):
        """The id of a webhook of A."""
        headers = self.header | {"Idempotency-Key": token_hex(16)}
        wish = {"address": ADDRESS}
        return self.client.post("/v1/webhooks", json=wish, headers=headers).json()["webhook_id"]

    def sweep(self):
        """The id of a look back that A was asked for."""
        self.services.sweeps.ask_all(at=now())
        answer = self.client.get("/v1/sweeps", headers=self.header)
        return answer.json()["items"][0]["sweep_id"]

    def ids_for(self, key, route):
        """Ids of A, with such as this key may revoke and this route may remove."""
        if route.startswith("DELETE"):
            return self.ids | {"webhook_id": self.webhook()}
        if Scope.KEYS_MANAGE not in self.platforms.caller(key, at=now()).scopes:
            return self.ids
        return self.ids | {"key_id": key.key_id}

    def cursor(self, route, *, name="A"):
        """A cursor that a platform was given by the route's sibling."""
        reading = {"/v1/changes/ack": "/v1/changes"}.get(
            route.split()[1], "/compat/threatexchange/v1/list"
        )
        key = self.key(*Scope, name=name)
        header = {"Authorization": f"Bearer {key.text()}"}
        return self.client.get(reading, headers=header).json()["next_cursor"]


@contextmanager
def running_world(migrated_folder, folder, *, around=lambda app: app, case_secrets=None, **changed):
    """A world on a copy of a migrated folder.

    Args:
        migrated_folder: a data folder as the first start leaves it.
        folder: where the copy will lie.
        around: what stands between the clients and the application.
        case_secrets: gives, from the key files, cheap ones.
        changed: settings.
    """
    shutil.copytree(migrated_folder, folder)
    settings = Settings(
        data=folder,
        compat_lists_enabled=True,
        compat_hma_enabled=True,
        lists_publish_seconds=0,
        webhook_destinations=Destinations.LOOPBACK,
        **changed,
    )
    keys = read_key_files(folder)
    secrets = case_secrets(keys) if case_secrets else None
    app = create_app(settings, keys, case_secrets=secrets)
    with (
        closing(app.state.services.matching.store),
        TestClient(around(app), raise_server_exceptions=False) as client,
    ):
        yield World(client, app.state.services)
