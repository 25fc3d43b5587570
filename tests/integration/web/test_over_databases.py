"""The pages over real databases, in the threads in which they are really answered."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from attrs import evolve
from sqlalchemy import Engine, MetaData, event, select

from checkdata.adapters.sql import SqlStorage, open_engine
from checkdata.domain.access.decision import Acting
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.feed.contents import References
from checkdata.domain.listing.columns import neutralised
from checkdata.domain.nomination_messages import ConfirmationLinkMessage
from checkdata.domain.people.organisations import Agreement, PolicyTeam, Role, SupportTeam
from checkdata.domain.services.nominations.nominate import MailedNomination
from checkdata.domain.sign_in.link_limits import LinkLimits
from checkdata.domain.values import EmailAddress
from tests.contracts.test_tracing import downloaded
from tests.integration.web.client import Client, location
from tests.integration.web.test_asking_too_often import ask
from tests.integration.web.test_filters import options
from tests.integration.web.test_listing import names
from tests.integration.web.world import (
    ANN,
    BEA,
    CAT,
    CONTACT,
    LEAD,
    NORTH,
    OTHER_LEAD,
    PAM,
    SAM,
    World,
    a_record,
    acting,
    with_feed_and_access,
)
from tests.storages import AsTheService, opened, storage_on

ROWS = 1300


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    with opened(migrated_url) as engine:
        yield engine


@pytest.fixture
def world(engine: Engine) -> Iterator[World]:
    with storage_on(engine, AsTheService) as storage:
        yield with_feed_and_access(World(storage=storage))


def everything_stored(engine: Engine) -> str:
    """Every row of every table as text."""
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        return str([connection.execute(select(table)).all() for table in tables.sorted_tables])


def test_a_whole_journey(client: Client, world: World) -> None:
    world.load([a_record(number, f"Pat {number}") for number in range(1000, 1000 + ROWS)])
    assert client.sign_in(CAT) == "/choose-role"
    client.get(client.choose("delivery_partner", "dp-north"))
    assert names(client.get("/participants?query=oneill")) == ["Siobhán O’Neill"]
    assert names(client.get("/participants?role=mentor")) == ["Zoë Ünal"]
    client.get("/participants?page=28", 404)
    lines = client.http.get("/participants.csv").content.decode("utf-8-sig").splitlines()
    shown = [name for number in range(1, 28) for name in names(client.get(f"/participants?page={number}"))]
    assert [line.split(",")[0] for line in lines[1:]] == [neutralised(name) for name in shown]
    assert len(shown) == 4 + ROWS
    client.get(client.choose("appropriate_body"))
    client.submit(client.get("/ects"), "/sign-out")
    assert location(client.http.get("/ects")) == "/sign-in"


def test_counts_beside_filters_are_of_what_agreements_cover(client: Client, world: World) -> None:
    others = [
        a_record(number, f"Pat {number}", lead_provider_id=OTHER_LEAD.id, academic_year=2020 + number % 3)
        for number in range(100, 109)
    ]
    world.load(others)
    client.sign_in(ANN)
    for _ in range(2):  # counted, and known from then on
        page = client.get("/participants")
        assert options(page, "academic_year") == {"2023": "2023 (3)", "2022": "2022 (1)"}
        assert options(page, "role") == {"ect": "Early career teacher (3)", "mentor": "Mentor (1)"}
    covering = Agreement(
        id="ag-others-until-2021",
        lead_provider_id=OTHER_LEAD.id,
        delivery_partner_id=NORTH.id,
        starts_on=date(2021, 9, 1),
        last_academic_year=2021,
    )
    world.load([], References(agreements=[covering]), wider=True)
    for _ in range(2):
        page = client.get("/participants")
        years = {"2023": "2023 (3)", "2022": "2022 (1)", "2021": "2021 (3)", "2020": "2020 (3)"}
        assert options(page, "academic_year") == years
        assert options(page, "role") == {"ect": "Early career teacher (9)", "mentor": "Mentor (1)"}
        page = client.get("/participants?academic_year=2021")
        assert page.one("h2", id="found").text == "3 participants found"
        assert options(page, "status")["training_or_eligible_for_training"].endswith("(3)")


def test_a_change_of_access_stops_the_next_request(client: Client, world: World) -> None:
    client.sign_in(BEA)
    client.get("/ects")
    support = Client(world)
    support.sign_in(SAM)
    page = support.get("/support/users?query=bea")
    page = support.get(page.link("Bea Cole"))
    page = support.get(page.link("Suspend user"))
    support.submit(page, "", reason="Away")
    assert location(client.http.get("/ects")) == "/sign-in"


def test_support_ends_an_agreement_reviews_and_explains(client: Client, world: World) -> None:
    client.sign_in(SAM)
    ann = client.get(client.get("/support/users?query=ann").link("Ann Lee"))
    agreement = next(a for a in ann.all("a") if a.text.startswith("Agreement of ")).attributes["href"].partition("?")[0]
    page = client.submitted(client.get(f"{agreement}/end"), f"{agreement}/end", 200, reason="Over")
    assert "2 users lose access" in page.text
    assert "4 participants leave the view" in page.text
    client.submit(page, f"{agreement}/end")
    asked = {"email": str(ANN), "participant": "p-1"}
    page = client.submitted(client.get("/support/explain"), "/support/explain", 200, **asked)
    assert page.one("h1").text == "Ann Lee cannot see participant p-1"
    past = {"on-day": "1", "on-month": "6", "on-year": "2024"}
    page = client.submitted(client.get("/support/explain"), "/support/explain", 200, **asked, **past)
    assert page.one("h1").text == "Ann Lee can see participant p-1"
    review = client.get("/support/access-review")
    page = client.get(review.link("Keep the access of Bea Cole for Pennine Induction, appropriate body"))
    client.get(location(client.submit(page, "", reason="Still needed")))
    assert world.audit(AuditKind.AGREEMENT_ENDED)


def test_no_token_is_in_the_database(client: Client, world: World, engine: Engine) -> None:
    link = world.link(ANN)
    unused = world.link(CAT)
    client.submit(client.get(link), "")
    client.get("/participants?query=ada")
    stored = everything_stored(engine)
    assert "ann@north.example" in stored
    tokens = [path.rpartition("/")[2] for path in (link, unused)]
    cookies = [str(cookie.value) for cookie in client.http.cookies.jar]
    assert len(cookies) > 1
    assert not [secret for secret in (*tokens, *cookies) if secret in stored]


def test_limits_hold_over_two_applications(engine: Engine, migrated_url: str) -> None:
    with opened(migrated_url) as other:
        worlds = [World(storage=SqlStorage(each), limits=LinkLimits(per_client=3)) for each in (engine, other)]
        clients = [Client(world, "198.51.100.7") for world in worlds]
        found = [ask(client, email).status_code for email in (ANN, BEA) for client in clients]
    assert found == [303, 303, 303, 429]


def test_the_address_of_a_requester_is_in_no_record(client: Client, engine: Engine) -> None:
    client = Client(client.world, "198.51.100.7")
    ask(client, ANN)
    assert "198.51.100.7" not in everything_stored(engine)


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """What any engine is asked meanwhile."""
    asked: list[str] = []

    def note(*told: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own
        asked.append(told[2])

    event.listen(Engine, "before_cursor_execute", note)
    yield asked
    event.remove(Engine, "before_cursor_execute", note)


def test_asking_for_a_link_is_counted_by_one_statement_and_nothing_else_is_counted(
    client: Client, statements: list[str]
) -> None:
    ask(client, ANN)
    assert len([each for each in statements if "link_requests" in each]) == 1
    statements.clear()
    client.sign_in(CAT)
    asked = len([each for each in statements if "link_requests" in each])
    client.get("/choose-role")
    client.get(client.choose("delivery_partner", "dp-north"))
    assert len([each for each in statements if "link_requests" in each]) == asked == 1


def test_no_token_of_a_lead_providers_contact_is_in_the_database(client: Client, world: World, engine: Engine) -> None:
    sam = acting(world, SAM, SupportTeam())
    pam = Acting(world.add(PAM, "Pam Orr", PolicyTeam()).id, PolicyTeam())
    nominee = MailedNomination(
        email=EmailAddress("new@north.example"),
        name="New User",
        role=Role.DELIVERY_PARTNER,
        organisation_id="dp-north",
        nominated_by=ANN,
        reference="Mail 1",
    )
    nomination_id = world.nominate.receive(nominee, by=sam).id
    world.nominate.escalate(nomination_id, by=sam)
    world.nominate.ask(nomination_id, LEAD.id, by=pam, by_link=True)
    (link,) = [message.url for _, message in world.mails_sent() if isinstance(message, ConfirmationLinkMessage)]
    token = link.rpartition("/")[2]
    assert token not in everything_stored(engine)
    client.get(location(client.submit(client.get(link), "")))
    secrets = [token, *(str(cookie.value) for cookie in client.http.cookies.jar)]
    assert len(secrets) > 1
    assert str(CONTACT) in everything_stored(engine)
    assert not [secret for secret in secrets if secret in everything_stored(engine)]
    client.submit(client.get("/confirm"), "/confirm", answer="confirmed")
    world.nominate.grant(nomination_id, by=sam)
    assert not [secret for secret in secrets if secret in everything_stored(engine)]


def test_what_a_user_searched_for_is_in_no_record(client: Client, engine: Engine) -> None:
    client.sign_in(ANN)
    client.get("/participants?query=xyzzy")
    client.http.get("/participants.csv?query=xyzzy")
    assert "xyzzy" not in everything_stored(engine)


def test_a_database_that_is_not_migrated_is_503(database_url: str) -> None:
    engine = open_engine(database_url)
    client = Client(World(storage=SqlStorage(engine)))
    assert client.http.get("/healthcheck").json()["database"] == "not migrated"
    client.get("/sign-in/x", 503)
    engine.dispose()


def test_the_more_files_a_holder_has_to_delete_the_page_of_support_asks_no_more_of_the_database(
    world: World, statements: list[str]
) -> None:
    downloaded(world)
    world.services().manage_agreements.end("ag-dp-north", reason="Over")
    world.services().recall_files.do_due()

    def asked_for(files: int) -> int:
        statements.clear()
        found = world.services().confirm_deletion.state_of("ag-dp-north")
        assert found is not None
        assert [each.holder and each.holder.email for each in found.files] == [ANN] * files
        return len(statements)

    of_one = asked_for(1)
    with world.storage.writing() as work:
        user = work.users.with_email(ANN)
        assert user is not None
        [file] = work.recalls.held_by(user.id)
        work.recalls.add_files([evolve(file, id=f"f-{number}") for number in range(5)])
        work.commit()
    assert asked_for(6) == of_one > 0
