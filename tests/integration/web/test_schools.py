"""The schools of an organisation, and the participants at one of them."""

import pytest

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.feed.contents import References
from checkdata.domain.people.organisations import School
from tests.integration.web.client import Client
from tests.integration.web.test_listing import names
from tests.integration.web.test_overview import rows_of
from tests.integration.web.world import ANN, BEA, ELM, OAK, RECORDS, World, a_record

SIOBHAN = "Siobhán O’Neill"


@pytest.fixture
def ann(client: Client) -> Client:
    client.sign_in(ANN)
    return client


def schools(client: Client, words: str = "") -> list[str]:
    return [
        name.removesuffix(f"URN {urn}")
        for name in rows_of(client.get(f"/schools{words}"), "found")
        for urn in (name[-6:],)
    ]


def test_each_school_has_its_numbers(ann: Client) -> None:
    assert rows_of(ann.get("/schools"), "found") == {
        f"{OAK.name}URN {OAK.urn}": ["3", f"1 for {OAK.name} to act on", f"1 to resolve at {OAK.name}"],
        f"{ELM.name}URN {ELM.urn}": ["1", "0", "0"],
    }


def test_a_number_leads_to_those_whom_it_counts(ann: Client) -> None:
    page = ann.get("/schools")
    assert names(ann.get(page.link(OAK.name))) == ["=1+1", "Ada <b>Bold</b>", SIOBHAN]
    assert names(ann.get(page.link(f"1 for {OAK.name} to act on"))) == [SIOBHAN]
    assert names(ann.get(page.link(f"1 to resolve at {OAK.name}"))) == [SIOBHAN]


def test_they_are_searched_sorted_and_narrowed(ann: Client) -> None:
    assert schools(ann, "?query=st+mary") == schools(ann, f"?query={ELM.urn}") == [ELM.name]
    assert schools(ann, "?sort=name&direction=descending") == [ELM.name, OAK.name]
    assert schools(ann, "?next=school") == [OAK.name]
    page = ann.get("/schools?query=st+mary&sort=name")
    [heading] = page.all("th", **{"aria-sort": "ascending"})
    assert heading.text == "School"
    assert "query=st+mary" in heading.link("School")


@pytest.mark.parametrize("words", ["query=-", "sort=x", "direction=x", "next=x"])
def test_what_is_not_understood_is_422_without_a_school(ann: Client, words: str) -> None:
    assert not ann.get(f"/schools?{words}", 422).all("table")


def test_there_is_a_page_for_each_fifty(ann: Client, world: World) -> None:
    more = [School(str(200_000 + number), f"School {number:03}") for number in range(60)]
    world.load(
        [*RECORDS, *(a_record(10 + n, f"A {n}", school_urn=each.urn) for n, each in enumerate(more))],
        References(schools=[OAK, ELM, *more]),
    )
    assert len(schools(ann)) == 50
    assert len(schools(ann, "?page=2")) == 12
    ann.get("/schools?page=3", 404)


def test_a_school_shows_what_is_to_resolve_there(ann: Client) -> None:
    page = ann.get(f"/schools/{OAK.urn}")
    assert page.one("h1").text == OAK.name
    views = [each.text for each in page.one("nav", **{"aria-label": "What needs to be done"}).all("a")]
    assert views == ["All (3)", "The school needs to act (1)", "To resolve in all (1)"]
    assert [len(names(ann.get(page.link(view)))) for view in views] == [3, 1, 1]


@pytest.mark.parametrize("urn", ["100009", "x", "100002"])
def test_a_school_without_participants_in_scope_is_404_as_an_unknown_one_is(client: Client, urn: str) -> None:
    client.sign_in(BEA)
    assert client.get(f"/ects/schools/{urn}", 404).one("h1").text == "Page not found"


def test_a_view_of_a_school_is_recorded_with_its_urn(ann: Client, world: World) -> None:
    ann.get(f"/schools/{OAK.urn}?next=school")
    assert ann.http.head(f"/schools/{OAK.urn}").status_code == 200
    [viewed] = world.audit(AuditKind.LIST_VIEWED)
    asked = {name: viewed.details[name] for name in ("school_urn", "next", "rows", "searched")}
    assert asked == {"school_urn": OAK.urn, "next": "school", "rows": 1, "searched": False}


def test_the_page_of_a_participant_leads_back_to_their_school(ann: Client) -> None:
    listed = ann.get(f"/schools/{OAK.urn}?next=school&next=dfe")
    back = ann.get(listed.link(SIOBHAN)).link("Back to the school")
    assert back.startswith(f"/schools/{OAK.urn}?next=school&next=dfe&")
    assert names(ann.get(back)) == [SIOBHAN]


@pytest.mark.parametrize("words", ["next=x", "status=x", "per_page=7"])
def test_what_is_not_understood_of_a_school_is_422_without_a_participant(ann: Client, words: str) -> None:
    assert not ann.get(f"/schools/{OAK.urn}?{words}", 422).all("table")
