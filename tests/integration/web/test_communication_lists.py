import csv
import io

import pytest
from attrs import evolve

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.training.facts import TrainingStatus
from tests.integration.web.client import Client
from tests.integration.web.test_downloads import download
from tests.integration.web.world import BEA, RECORDS, World

ADA, SIOBHAN, ZOE, WITHOUT_ADDRESS = RECORDS[:4]


@pytest.fixture(autouse=True)
def paused(world: World) -> None:
    """Siobhán is not active."""
    world.load([ADA, evolve(SIOBHAN, training_status=TrainingStatus.DEFERRED), ZOE, WITHOUT_ADDRESS])


def listed(client: Client, path: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(download(client, path).decode("utf-8-sig"))))


def names(client: Client, path: str) -> list[str]:
    return [row[0] for row in listed(client, path)[1:]]


def test_a_communication_list_has_active_participants_with_an_address(ann: Client, world: World) -> None:
    assert listed(ann, "/participants/contacts.csv?role=ect") == [
        ["full_name", "first_name", "email_address", "role", "school"],
        ["Ada <b>Bold</b>", "Ada", "person1@school.example", "Early career teacher", "Oak <Primary>"],
    ]
    (event,) = world.audit(AuditKind.DOWNLOADED)
    assert (event.details["format"], event.details["rows"]) == ("contacts", 1)
    assert event.details["status"] == (
        "contacted_for_information dfe_checking_eligibility checking_qts training_or_eligible_for_training"
    )


def test_everyone_with_an_address_is_in_the_list_of_all(ann: Client, world: World) -> None:
    assert names(ann, "/participants/all-contacts.csv?role=ect") == ["Ada <b>Bold</b>", "Siobhán O’Neill"]
    (event,) = world.audit(AuditKind.DOWNLOADED)
    assert event.details["format"] == "all_contacts"


def test_statuses_that_the_user_chose_say_who_is_in_the_list(ann: Client) -> None:
    assert names(ann, "/participants/contacts.csv?status=participant_deferred") == ["Siobhán O’Neill"]
    page = ann.get("/downloads?status=participant_deferred")
    assert "not active" not in page.one("main").text
    assert "Nobody is left out" in page.text


def test_the_page_of_downloads_counts_who_is_left_out_by_reason(ann: Client, world: World) -> None:
    page = ann.get(ann.get("/participants?role=ect").link("Other downloads"))
    assert "3 participants found by your search and filters" in page.text
    assert "1 is not active and is left out. 1 has no email address and is left out." in page.text
    offered = {
        "Download CSV file (3 participants)": 3,
        "Download communication list (1 participant)": 1,
        "Download list with participants who are not active (2 participants)": 2,
    }
    for text, number in offered.items():
        assert len(download(ann, page.link(text)).splitlines()) == 1 + number
    assert [event.details["format"] for event in world.audit(AuditKind.DOWNLOADED)] == [
        "csv",
        "contacts",
        "all_contacts",
    ]


def test_a_bodys_communication_list_has_the_induction_tutors_address_and_no_column_of_partners(client: Client) -> None:
    client.sign_in(BEA)
    header, *found = listed(client, "/ects/contacts.csv?query=ada")
    assert header == ["full_name", "first_name", "induction_tutor", "school_unique_reference_number"]
    assert found == [["Ada <b>Bold</b>", "Ada", "tutor@school.example", ADA.school_urn]]


def test_a_body_is_told_who_has_no_induction_tutors_address(client: Client, world: World) -> None:
    world.load([ADA, evolve(SIOBHAN, induction_tutor_email=""), ZOE, evolve(WITHOUT_ADDRESS, induction_tutor_email="")])
    client.sign_in(BEA)
    page = client.get("/ects/downloads")
    assert "2 have no induction tutor’s email address and are left out." in page.text
    assert names(client, "/ects/contacts.csv") == ["Ada <b>Bold</b>"]
