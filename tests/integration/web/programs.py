"""Programs of partners and bodies that ask the API with a key, and what they are compared with."""

import csv
from collections.abc import Mapping
from typing import Any

from attrs import define, evolve
from httpx2 import Response

from checkdata.domain.listing.columns import as_written
from checkdata.domain.people.organisations import Organisation, SupportTeam
from checkdata.domain.services.access.issue_keys import NewKey
from checkdata.domain.sign_in.api_keys import LONGEST_LIFE
from checkdata.domain.values import EmailAddress
from tests.integration.web.client import Client, check_laws
from tests.integration.web.world import ANN, NORTH, SAM, World, a_record, acting


@define
class Program:
    """A program that asks with a key."""

    world: World
    client: Client
    secret: str
    key_id: str

    def ask(self, place: str, status: int = 200, **headers: str) -> Response:
        """The answer to GET with this key, which keeps the laws of answers."""
        given = {"Authorization": f"Bearer {self.secret}", **headers}
        response = self.client.http.get(place, headers=given)
        assert response.status_code == status, response.text
        check_laws(response, self.world)
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["vary"] == "Authorization"
        assert "set-cookie" not in response.headers
        assert not [name for name in response.headers if name.startswith("access-control")]
        assert "content-encoding" not in response.headers
        return response

    def read(self, place: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask(place).json()
        return found

    def all_pages(self, place: str, name: str = "participants") -> list[dict[str, Any]]:
        rows, following = [], place
        while following:
            page = self.read(following)
            rows += page[name]
            following = page["next"]
        return rows


def program_of(world: World, email: EmailAddress = ANN, organisation: Organisation = NORTH) -> Program:
    new = NewKey(name="Nightly", expires_on=world.now.date() + LONGEST_LIFE, reason="Ticket 12")
    of, by = acting(world, email, organisation), acting(world, SAM, SupportTeam()).user_id
    key = world.issue_keys.issue(of.user_id, organisation, new, by=by)
    got = world.issue_keys.collect(key.id, by=of)
    return Program(world, Client(world), got.secret, key.id)


def downloaded(world: World, email: EmailAddress, path: str) -> list[dict[str, str]]:
    client = Client(world)
    client.sign_in(email)
    rows = csv.DictReader(client.http.get(path).content.decode("utf-8-sig").splitlines())
    return [{name: as_written(cell) for name, cell in row.items()} for row in rows]


def many(world: World, number: int, **changes: Any) -> None:  # noqa: ANN401 - any field
    world.load([evolve(a_record(1000 + place, f"Person {place:03}"), **changes) for place in range(number)])


def another_agreement(world: World) -> Any:  # noqa: ANN401 - as the service takes it
    from checkdata.domain.services.access.manage_agreements import NewAgreement  # noqa: PLC0415 - needed only here
    from tests.integration.web.world import OTHER_LEAD  # noqa: PLC0415 - as above

    return NewAgreement(
        lead_provider_id=OTHER_LEAD.id,
        delivery_partner_id=NORTH.id,
        starts_on=world.now.date(),
        ends_on=None,
        first_academic_year=None,
        last_academic_year=None,
        covers_unconfirmed=False,
        reason="Signed",
    )


def bearer(secret: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {secret}"}
