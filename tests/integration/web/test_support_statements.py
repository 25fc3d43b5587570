"""Support makes a statement for a teacher, to be printed or taken as its sealed file (service rule 15)."""

from base64 import b64decode

import pytest

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.audit.statement_seals import StatementVerdict, seal_of, verified_statement
from checkdata.domain.audit.wanted import NO_PARTICIPANT_HAS_ID
from tests.integration.web.client import Client
from tests.integration.web.test_support_tracing import lines
from tests.integration.web.world import ANN, RECORDS, SAM, World

STATEMENT = "/support/audit/statement"


@pytest.fixture
def sam(world: World) -> Client:
    """Sam, after Ann took a file that held Ada and looked at a list."""
    ann = Client(world)
    ann.sign_in(ANN)
    ann.http.get("/participants.csv?role=ect")
    ann.get("/participants")
    client = Client(world)
    client.sign_in(SAM)
    return client


def test_a_page_says_the_same_as_the_sealed_file_that_it_offers_and_shows_its_seal(sam: Client, world: World) -> None:
    page = sam.submitted(sam.get(STATEMENT), STATEMENT, 200, participant="p-1")
    [(when, who, organisation, how, agreements)] = lines(page, "certainly")
    assert (when, who, how) == ("3 June 2024 at 2:55:00pm (UTC+1)", "Ann Lee", "Took a file that held them")
    assert organisation == "St Cuthbert’s & North Hub, delivery partner"
    assert agreements.startswith("ag-dp-north")
    assert [line[3] for line in lines(page, "possibly")] == ["Looked at a list"]
    address = page.link("Download this statement (CSV)")
    kind, _, content = address.partition(";base64,")
    file = b64decode(content)
    assert kind == "data:text/csv;charset=utf-8"
    assert verified_statement(file, world.composed.settings.sealing_keys).verdict is StatementVerdict.GENUINE
    assert seal_of(file)[1] in page.text
    assert "Ann Lee" in file.decode()
    [event] = world.audit(AuditKind.STATEMENT_MADE)
    assert (event.participant_id, event.details["lines"]) == ("p-1", 2)


def test_a_statement_is_made_of_a_participant_who_is_named_with_their_school(sam: Client, world: World) -> None:
    named = {"participant": RECORDS[0].full_name, "school": RECORDS[0].school_urn}
    page = sam.submitted(sam.get(STATEMENT), STATEMENT, 200, **named)
    assert "Statement of who has seen participant p-1" in page.text
    assert world.audit(AuditKind.PARTICIPANT_LOOKED_UP)


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
def test_what_is_not_understood_is_told_and_makes_no_statement(
    sam: Client, world: World, words: dict[str, str], field: str, fault: str
) -> None:
    page = sam.submitted(sam.get(STATEMENT), STATEMENT, 422, **words)
    assert page.one("div", role="alert").link(fault) == f"#{field}"
    assert not world.audit(AuditKind.STATEMENT_MADE)
