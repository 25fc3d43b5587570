"""The chase list: school by school, what a school has to do, and a text to send (rules.md, *Chase list*)."""

import io
from collections.abc import Callable, Sequence

import pytest
from openpyxl import load_workbook

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.listing.labels import TO_DO
from checkdata.domain.training.facts import DetailsGiven
from checkdata.domain.training.records import TrainingRecord
from checkdata.domain.training.statuses import StatusGroup
from checkdata.domain.training.who_acts import WHO_ACTS, WhoActs
from tests.integration.web.client import Client, location
from tests.integration.web.html import Element
from tests.integration.web.world import BEA, ELM, NORTH, OAK, RECORDS, World, a_record

CHECK_EMAIL = TO_DO[StatusGroup.CONTACTED]


def waiting(number: int, name: str, **changes: object) -> TrainingRecord:
    """Somebody about whom the school needs to act: nobody gave their details yet."""
    return a_record(
        number, name, details_given=DetailsGiven.NONE, trn=None, trn_validated=False, eligibility=None, **changes
    )


@pytest.fixture
def chased(world: World) -> World:
    """Two at Oak and one at Elm wait for their schools."""
    more = [waiting(11, "Una Oak"), waiting(12, "Ivo <b>Oak</b>"), waiting(13, "Eli Elm", school_urn=ELM.urn)]
    world.load([*RECORDS, *more])
    return world


def schools(page: Element) -> Sequence[tuple[str, list[str]]]:
    return [
        (section.one("h2").text, [person.one("a").text for person in section.one("ul").all("li")])
        for section in page.all("section")
        if section.all("h2")
    ]


def test_only_groups_for_which_somebody_needs_to_act_have_something_to_do() -> None:
    assert TO_DO.keys() == {group for group in StatusGroup if WHO_ACTS[group] is not WhoActs.NOBODY}


@pytest.mark.usefixtures("chased")
def test_it_begins_with_the_schools_and_says_so_in_its_address(ann: Client) -> None:
    address = location(ann.http.get("/chase?role=ect", follow_redirects=False))
    assert address == "/chase?role=ect&next=school&acting=delivery_partner:dp-north"


@pytest.mark.usefixtures("chased")
def test_people_stand_under_their_school_with_what_it_has_to_do(ann: Client) -> None:
    page = ann.get("/chase?next=school")
    assert [(name, len(people)) for name, people in schools(page)] == [
        (f"{OAK.name} URN {OAK.urn}", 3),
        (f"{ELM.name} URN {ELM.urn}", 1),
    ]
    assert page.text.count(CHECK_EMAIL) == 6  # in the list and in the text of an email


@pytest.mark.usefixtures("chased")
def test_the_text_for_a_school_names_its_own_people_and_what_it_has_to_do_and_nothing_else(ann: Client) -> None:
    of_oak, of_elm = ann.get("/chase?next=school").all("pre")
    assert f"- Eli Elm: {CHECK_EMAIL} (since " in of_elm.text
    assert "Oak" not in of_elm.text
    assert f"- Ivo <b>Oak</b>: {CHECK_EMAIL}" in of_oak.text
    for secret in ("person11@school.example", "eligib", "0000011", "Contacted"):
        assert secret not in of_oak.text
    assert NORTH.name in of_oak.text


@pytest.mark.usefixtures("chased")
def test_what_a_school_does_not_have_to_do_has_no_text_for_it(ann: Client) -> None:
    assert not ann.get("/chase?next=dfe").all("pre")
    assert "Nobody is waiting for this" in ann.get("/chase?next=lead_provider").text


@pytest.mark.usefixtures("chased")
def test_the_workbook_has_a_row_a_participant_by_school(ann: Client) -> None:
    page = ann.get("/chase?next=school")
    file = ann.http.get(page.link("Download the chase list as Excel workbook")).content
    sheet = load_workbook(io.BytesIO(file)).active
    assert sheet is not None
    header, *rows = [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]
    assert header == [
        *("School", "School unique reference number", "Full name", "Role"),
        *("Who needs to act", "What they need to do", "Since"),
    ]
    assert [(row[1], row[2]) for row in rows] == [
        (OAK.urn, "Ivo <b>Oak</b>"),
        (OAK.urn, "Siobhán O’Neill"),
        (OAK.urn, "Una Oak"),
        (ELM.urn, "Eli Elm"),
    ]
    assert rows[0][5] == CHECK_EMAIL


def test_who_was_shown_is_on_record_and_the_file_has_a_receipt(ann: Client, chased: World) -> None:
    ann.get("/chase?next=school")
    [viewed] = [event for event in chased.audit(AuditKind.LIST_VIEWED) if event.details.get("next") == "school"]
    assert (viewed.details["rows"], viewed.details["sort"]) == (4, "school")
    ann.http.get("/chase.xlsx?next=school")
    [taken] = [event for event in chased.audit(AuditKind.DOWNLOADED) if event.details["format"] == "chase"]
    assert taken.details["rows"] == 4
    assert chased.audit(AuditKind.FILE_SENT)


@pytest.mark.usefixtures("chased")
def test_a_filter_that_is_not_understood_is_told_and_shows_nobody(ann: Client) -> None:
    page = ann.get("/chase?next=everybody", 422)
    assert "Eli Elm" not in page.text
    ann.get("/chase.xlsx?next=everybody", 422)


@pytest.mark.usefixtures("chased")
def test_a_body_has_the_columns_of_its_list_and_no_more(new_client: Callable[[], Client]) -> None:
    bea = new_client()
    bea.sign_in(BEA)
    page = bea.get("/ects/chase?next=school")
    assert {name for _, people in schools(page) for name in people} == {
        "Eli Elm",
        "Ivo <b>Oak</b>",
        "Siobhán O’Neill",
        "Una Oak",
    }
    file = bea.http.get("/ects/chase.xlsx?next=school").content
    sheet = load_workbook(io.BytesIO(file)).active
    assert sheet is not None
    header = [cell.value for cell in next(iter(sheet.iter_rows()))]
    assert header == [
        *("School unique reference number", "Full name", "Who needs to act", "What they need to do", "Since"),
    ]
    bea.get("/chase", 404)


def test_a_school_that_a_page_may_cut_has_its_email_only_on_a_page_of_its_own(ann: Client, world: World) -> None:
    of_oak = [waiting(number, f"Una {number}") for number in range(100, 140)]
    of_elm = [waiting(number, f"Eli {number}", school_urn=ELM.urn) for number in range(200, 230)]
    world.load([*of_oak, *of_elm])
    page = ann.get("/chase?next=school")
    assert len(page.all("pre")) == 1  # Oak's, which is whole
    assert "Eli" not in page.one("pre").text
    page = ann.get(page.link(f"See all of this school, with the text for an email: {ELM.name}"))
    [email] = page.all("pre")
    assert email.text.count("- Eli ") == 30


def test_the_second_page_does_not_tell_half_a_school_as_if_it_were_whole(ann: Client, world: World) -> None:
    world.load([waiting(number, f"Una {number}") for number in range(100, 220)])
    for number in (1, 2):
        assert not ann.get(f"/chase?next=school&page={number}").all("pre")
