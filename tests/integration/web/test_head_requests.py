"""HEAD of anything records nothing: no user sees what it asks for."""

from collections.abc import Sequence

import pytest
from starlette.routing import Route

from checkdata.domain.audit.events import AuditEvent
from checkdata.domain.people.organisations import PolicyTeam
from checkdata.domain.values import EmailAddress
from tests.integration.web.client import Client
from tests.integration.web.world import ANN, BEA, PAM, SAM, World
from tests.recent_events import recent

PATHS = tuple(
    route.path.replace("{participant_id:rest}", "p-1")
    for route in World().app().routes
    if isinstance(route, Route) and "GET" in (route.methods or ())
)


def recorded(world: World) -> Sequence[AuditEvent]:
    with world.storage.reading() as work:
        return recent(work, 1000)


@pytest.mark.parametrize("email", [ANN, BEA, SAM, PAM])
def test_head_of_any_address_leaves_nothing_on_record(world: World, client: Client, email: EmailAddress) -> None:
    world.add(PAM, "Pam Poe", PolicyTeam())
    client.sign_in(email)
    before = recorded(world)
    statuses = [client.http.head(path).status_code for path in PATHS]
    assert recorded(world) == before
    assert 200 in statuses
