"""A school that closed leads to those that follow it (rules.md, *Schools that closed*)."""

from datetime import date

import pytest

from checkdata.domain.people.school_register import RegisteredSchool, SchoolState, Succession
from tests.integration.web.client import Client
from tests.integration.web.html import Element
from tests.integration.web.world import BEA, ELM, OAK, World
from tests.storages import owners

GONE, NEXT = "300001", "300002"
OAK_CLOSED = f"{OAK.name} (URN {OAK.urn}) closed on 31 August 2023."
GONE_CLOSED = (
    "Gone “School” (URN 300001) closed. It was followed by St Mary’s (URN 100002) and Next <School> (URN 300002)."
)


@pytest.fixture
def register(world: World) -> None:
    """Oak closed without a successor, and a school where nobody is was split into Elm and another one."""
    schools = [
        RegisteredSchool(urn=OAK.urn, name=OAK.name, state=SchoolState.CLOSED, closed_on=date(2023, 8, 31)),
        RegisteredSchool(urn=ELM.urn, name=ELM.name),
        RegisteredSchool(urn=GONE, name="Gone “School”", state=SchoolState.CLOSED),
        RegisteredSchool(urn=NEXT, name="Next <School>"),
    ]
    with owners(world.storage).writing() as work:
        work.school_register.put(schools, [Succession(GONE, ELM.urn), Succession(GONE, NEXT)])
        work.commit()


def told(page: Element) -> list[str]:
    return [each.text for each in page.all("p", **{"class": "govuk-inset-text"}) if "closed" in each.text]


@pytest.mark.usefixtures("register")
def test_a_participants_page_says_that_the_school_closed(ann: Client) -> None:
    assert told(ann.get("/participants/p-1")) == [OAK_CLOSED]


@pytest.mark.usefixtures("register")
def test_the_page_of_a_school_says_that_it_closed(ann: Client) -> None:
    assert told(ann.get(f"/schools/{OAK.urn}")) == [OAK_CLOSED]
    assert told(ann.get(f"/schools/{ELM.urn}")) == []


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("area", ["/participants", "/schools"])
@pytest.mark.parametrize("search", [GONE, "gone+“SCHOOL”", "+Gone+“School”+"])
def test_a_search_for_a_closed_school_names_those_that_follow_it_with_links_to_them(
    ann: Client, area: str, search: str
) -> None:
    page = ann.get(f"{area}?query={search}")
    assert told(page) == [GONE_CLOSED]
    assert "Zoë Ünal" in ann.get(page.link("St Mary’s (URN 100002)")).text
    assert "No participants match" in ann.get(page.link("Next <School> (URN 300002)")).text


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("search", ["", "Gone", ELM.urn, "9999999", f"{GONE}+1234567"])
def test_a_search_for_anything_else_says_nothing_of_schools(ann: Client, search: str) -> None:
    assert told(ann.get(f"/participants?query={search}")) == []


def test_a_name_that_many_closed_schools_have_says_nothing(ann: Client, world: World) -> None:
    for number, shown in ((5, 5), (6, 0)):
        schools = [
            RegisteredSchool(urn=f"40000{each}", name="St Mary", state=SchoolState.CLOSED) for each in range(number)
        ]
        with owners(world.storage).writing() as work:
            work.school_register.put(schools, None)
            work.commit()
        assert len(told(ann.get("/participants?query=st+mary"))) == shown


@pytest.mark.usefixtures("register")
def test_the_page_of_a_closed_school_where_nobody_is_leads_to_the_search_for_it(client: Client) -> None:
    client.sign_in(BEA)
    answer = client.http.get(f"/ects/schools/{GONE}")
    assert answer.status_code == 303
    assert told(client.get(answer.headers["location"])) == [GONE_CLOSED]
    client.get(f"/ects/schools/{NEXT}", 404)
