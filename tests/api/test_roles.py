"""Every route with every role that SECURITY.md names, and what a route without its guard shows.

Investigators, counsellors and operators have no routes: the first get packs, the second stand
beside a survivor who types, the third have commands on the server's machine. What they hold opens
nothing here.
"""

from collections import Counter
from datetime import timedelta
from typing import get_args

import pytest

from api.dependencies import ReadingCaller
from api.security.scopes import Scope
from hashsvc.packs import PackKey
from hashsvc.times import now
from tests.api.access import WITH_KEY
from tests.api.bodies import OTHER_PIN, PIN, case_request, listing_of, opened_number
from tests.api.worlds import running_world
from tests.factories import make_signature

SURVIVORS = {
    "POST /v1/cases/status": {},
    "POST /v1/cases/signatures": {"signatures": listing_of()},
    "POST /v1/cases/withdraw": {},
}
REFUSED = {401}


@pytest.fixture(scope="module")
def world(migrated_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("roles") / "var"
    with running_world(migrated_folder, folder) as world:
        yield world


def revoked(world):
    key = world.key(*Scope)
    world.platforms.revoke_key(key.key_id, at=now())
    return key


class Bearing:
    """Something that is no key, where a key is asked for."""

    def __init__(self, words):
        self.words = words

    def text(self):
        return self.words

    @property
    def key_id(self):
        return "nobody00"


# Roles that hold what opens no platform's route, and what they would show.
NO_PLATFORM = {
    "nobody": lambda _world: None,
    "survivor": lambda world: Bearing(opened_number(world.client, make_signature(seed=70))),
    "investigator": lambda _world: Bearing(str(PackKey.generate().identity)),
    "counsellor": lambda _world: Bearing(PIN),
    "operator": lambda world: Bearing(world.platforms.pepper.pepper_id),
    "platform, expired": lambda world: world.key(*Scope, at=now() - timedelta(days=2)),
    "platform, revoked": revoked,
}


def platform_cells(world, route):
    """(role, status, statuses that are right) of one route."""
    row = WITH_KEY[route]
    for role, show in NO_PLATFORM.items():
        answer = row.request(world, route, show(world), ids=world.ids, cursor="x")
        yield role, answer.status_code, REFUSED
    if row.scope is not None:
        narrow = world.key(*set(Scope) - {row.scope})
        answer = row.request(world, route, narrow, ids=world.ids, cursor="x")
        yield "platform, wrong scope", answer.status_code, {403}
    if row.foreign is not None:
        other = world.key(*Scope, name="B")
        cursor = world.cursor(route) if "ack" in route else None
        answer = row.request(world, route, other, ids=world.ids, cursor=cursor)
        yield "platform, other's object", answer.status_code, {row.foreign}
    own = world.key(row.scope or Scope.REPORTS_READ)
    cursor = world.cursor(route) if "ack" in route else None
    answer = row.request(world, route, own, ids=world.ids_for(own, route), cursor=cursor)
    yield "platform, own", answer.status_code, {200, 201, 202, 204, row.refused}


def survivor_cells(world, route, fields):
    """The same of a survivor's route; a platform's key is worth nothing there."""
    action = route.rsplit("/", 1)[1]
    seed = len(action) + 80
    number = opened_number(world.client, make_signature(seed=seed))
    path = route.split()[1]
    bare = world.client.post(path, json=fields)
    yield "nobody", bare.status_code, {422}
    wrong = case_request(world.client, action, number, pin=OTHER_PIN, **fields)
    yield "survivor, wrong PIN", wrong.status_code, {404}
    body = {"case_number": number, "pin": OTHER_PIN, **fields}
    key = {"Authorization": f"Bearer {world.key(*Scope).text()}"}
    yield "platform", world.client.post(path, json=body, headers=key).status_code, {404}
    nobodys = case_request(world.client, action, "0000-0000-0000-0000", **fields)
    yield "survivor, another's number", nobodys.status_code, {404}
    right = case_request(world.client, action, number, **fields)
    yield "survivor, right PIN", right.status_code, {200, 204}


@pytest.mark.slow
@pytest.mark.goal("G9")
def test_every_cell_of_routes_and_roles_is_as_it_should_be(world, figure):
    asserted, wrong = Counter(), []
    cells = [(route, cell) for route in WITH_KEY for cell in platform_cells(world, route)]
    cells += [
        (route, cell)
        for route, fields in SURVIVORS.items()
        for cell in survivor_cells(world, route, fields)
    ]
    for route, (role, status, right) in cells:
        asserted[role] += 1
        if status not in right:
            wrong.append((route, role, status))

    figure(
        f"{len(WITH_KEY) + len(SURVIVORS)} routes, {len(asserted)} roles, "
        f"{asserted.total()} cells: {len(wrong)} otherwise than they should be"
    )
    assert wrong == []
    assert {"nobody", "platform, own", "platform, other's object", "platform, wrong scope"} <= set(
        asserted
    )


@pytest.mark.control("G9")
def test_a_route_whose_guard_is_taken_away_is_a_wrong_cell(
    migrated_folder, tmp_path_factory, figure
):
    folder = tmp_path_factory.mktemp("unguarded") / "var"
    _, guard = get_args(ReadingCaller)
    with running_world(migrated_folder, folder) as world:
        anybody = world.platforms.caller(world.key(*Scope), at=now())
        world.client.app.dependency_overrides[guard.dependency] = lambda: anybody

        cells = list(platform_cells(world, "GET /v1/matches"))

    wrong = [role for role, status, right in cells if status not in right]
    figure(f"a route without its guard: {len(wrong)} of {len(cells)} cells wrong")
    assert {"nobody", "survivor", "platform, wrong scope"} <= set(wrong)
