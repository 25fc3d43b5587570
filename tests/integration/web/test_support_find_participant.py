"""Support finds a participant by a TRN or an id, and learns their role and school only (service rules 1 and 15)."""

import pytest

from checkdata.domain.audit.events import AuditKind
from tests.integration.web.client import Client
from tests.integration.web.html import Element
from tests.integration.web.world import RECORDS, SAM, World

FIND = "/support/participants"


@pytest.fixture
def sam(client: Client) -> Client:
    """Sam of support, signed in."""
    client.sign_in(SAM)
    return client


def find(sam: Client, status: int, **words: str) -> Element:
    return sam.submitted(sam.get(FIND), FIND, status, **words)


@pytest.mark.parametrize("typed", ["0000001", "00/00001", "p-1", " p-1 "])
def test_a_trn_and_an_id_find_the_same_participant_on_record(sam: Client, world: World, typed: str) -> None:
    page = find(sam, 200, participant=typed)
    assert page.one("tbody").one("th").text == "p-1"
    assert [cell.text for cell in page.one("tbody").all("td")][:2] == [
        "Early career teacher",
        "Oak <Primary>, URN 100001",
    ]
    [event] = world.audit(AuditKind.PARTICIPANT_LOOKED_UP)
    assert (event.participant_id, event.details["found"]) == ("p-1", 1)


def test_role_and_school_are_all_that_is_told(sam: Client) -> None:
    page = find(sam, 200, participant="p-1")
    [ada, *_] = RECORDS
    for kept in (ada.full_name, ada.email, str(ada.trn), "Beacon"):
        assert kept not in page.text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"participant": " "}, "Enter the participant’s TRN, id or name"),
        ({"participant": "p-999"}, "No participant has this id."),
        ({"participant": "7777777"}, "Nobody was ever shown with this TRN."),
        ({"participant": "Ada Bold"}, "Enter the school too"),
    ],
)
def test_nobody_is_guessed(sam: Client, words: dict[str, str], sentence: str) -> None:
    page = find(sam, 422, **words)
    assert sentence in page.one("div", role="alert").text
    assert not page.all("tbody")


def test_a_name_with_a_school_finds_too(sam: Client) -> None:
    assert find(sam, 200, participant="zoe unal", school="Mary").one("tbody").one("th").text == "p-3"


def test_from_there_support_asks_what_it_asks_of_an_id(sam: Client, world: World) -> None:
    page = find(sam, 200, participant="0000001")
    asked = sam.get(page.link("Check why someone cannot see p-1"))
    assert asked.one("input", id="participant").attributes["value"] == "p-1"
    seen = sam.submitted(page, "/support/audit/seen", 200)
    assert seen.one("h1").text == "Who has seen participant p-1"
    assert len(world.audit(AuditKind.PARTICIPANT_TRACED)) == 1
