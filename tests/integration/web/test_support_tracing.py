"""Support asks who has seen a participant, and whom to ask to delete files (service rule 15)."""

from collections.abc import Sequence

import pytest

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.audit.wanted import NO_PARTICIPANT_HAS_ID
from tests.integration.web.client import Client
from tests.integration.web.html import Element
from tests.integration.web.world import ANN, SAM, World

SEEN = "/support/audit/seen"


@pytest.fixture
def sam(world: World) -> Client:
    """Sam, after Ann took a file that held Ada and looked at a list of mentors."""
    ann = Client(world)
    ann.sign_in(ANN)
    ann.http.get("/participants.csv?role=ect")
    ann.get("/participants?role=mentor")
    client = Client(world)
    client.sign_in(SAM)
    return client


def lines(page: Element, heading: str) -> Sequence[tuple[str, ...]]:
    tables = page.all("table", **{"aria-labelledby": heading})
    return [tuple(cell.text for cell in row.all("td")) for table in tables for row in table.one("tbody").all("tr")]


def asked(sam: Client, participant: str, status: int = 200, /, **words: str) -> Element:
    return sam.submitted(sam.get(SEEN), SEEN, status, participant=participant, **words)


def test_a_page_names_who_certainly_and_who_possibly_saw_them(sam: Client, world: World) -> None:
    page = asked(sam, " p-1 ")
    [(when, who, organisation, how)] = lines(page, "certainly")
    assert (when, who, how) == ("3 June 2024 at 2:55:00pm (UTC+1)", "Ann Lee", "CSV file, 3 rows")
    assert organisation == "St Cuthbert’s & North Hub, delivery partner"
    assert lines(page, "possibly") == []
    possibly = lines(asked(sam, "p-3"), "possibly")
    assert [line[1:] for line in possibly] == [("Ann Lee", organisation, "Looked at a list")]
    assert [event.participant_id for event in world.audit(AuditKind.PARTICIPANT_TRACED)] == ["p-1", "p-3"]


def test_a_time_narrows_the_answer(sam: Client) -> None:
    page = asked(sam, "p-1", **{"from-day": "4", "from-month": "6", "from-year": "2024"})
    assert lines(page, "certainly") == []


@pytest.mark.parametrize(
    ("words", "field", "fault"),
    [
        ({"participant": ""}, "participant", "Enter the participant’s id, TRN or name"),
        (
            {"participant": "x"},
            "participant",
            NO_PARTICIPANT_HAS_ID,
        ),
        ({"participant": "p-1", "to-day": "x"}, "to-day", "To must be a real date, like 27 3 2024"),
    ],
)
def test_what_is_not_understood_is_told_and_loses_nothing(
    sam: Client, world: World, words: dict[str, str], field: str, fault: str
) -> None:
    page = sam.submitted(sam.get(SEEN), SEEN, 422, **words)
    assert page.one("div", role="alert").link(fault) == f"#{field}"
    assert page.one("input", id="participant").attributes.get("value", "") == words["participant"]
    assert not world.audit(AuditKind.PARTICIPANT_TRACED)


def test_an_agreement_leads_to_the_files_that_left_under_it_and_who_has_them(sam: Client) -> None:
    page = sam.get(sam.get("/support/agreements/ag-dp-north").link("Files downloaded under this agreement"))
    assert [line[1:] for line in lines(page, "files")] == [("Ann Lee", "CSV file", "3")]
    assert "no one to ask" in sam.get("/support/agreements/ag-dp-south/files").text
    sam.get("/support/agreements/no-such/files", 404)
