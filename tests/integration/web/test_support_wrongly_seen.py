"""Support asks whom partners saw wrongly, as it is known now (service rule 15)."""

import pytest
from attrs import evolve

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.audit.wanted import NO_PARTICIPANT_HAS_ID
from checkdata.domain.feed.contents import References
from checkdata.entrypoints.web.pages.support import wrongly_seen
from tests.integration.web.client import Client
from tests.integration.web.test_support_tracing import lines
from tests.integration.web.world import ANN, NORTH, RECORDS, REFERENCES, SAM, SOUTH, World

WRONGLY = "/support/audit/wrongly-seen"


@pytest.fixture
def sam(world: World) -> Client:
    """Sam, after Ann took a file, and a day later a feed says that the agreement began only then."""
    ann = Client(world)
    ann.sign_in(ANN)
    ann.http.get("/participants.csv?academic_year=2022")
    ann.get("/participants/p-1")
    world.pass_time(days=1)
    [agreement] = [each for each in REFERENCES.agreements or () if each.id == "ag-dp-north"]
    world.load([], References(agreements=[evolve(agreement, starts_on=world.now.date())]))
    client = Client(world)
    client.sign_in(SAM)
    return client


def test_a_page_lists_who_was_seen_wrongly_by_whom_when_and_in_which_file(sam: Client, world: World) -> None:
    page = sam.submitted(sam.get(WRONGLY), WRONGLY, 200, agreement="ag-dp-north")
    first, second = lines(page, "found")
    when, why = "3 June 2024 at 2:55:00pm (UTC+1)", f"{NORTH.name}, delivery partner No agreement covered them"
    assert first == ("p-1", why, "Certainly", "Ann Lee", when, "Opened their page")
    assert second[:5] == ("p-2", why, "Certainly", "Ann Lee", when)
    assert second[5].startswith("CSV file SHA-256 ")
    assert "2 participants found" in page.text
    [event] = world.audit(AuditKind.WRONGLY_SEEN_ASKED)
    assert event.details == {"agreement_id": "ag-dp-north", "participants": 2}


def test_a_participant_of_the_wrong_partner_is_told_with_that_reason(sam: Client, world: World) -> None:
    world.load([evolve(RECORDS[0], delivery_partner_id=SOUTH.id)])
    page = sam.submitted(sam.get(WRONGLY), WRONGLY, 200, participant="p-1")
    assert "They were never this partner’s" in lines(page, "found")[-1][1]


def test_a_time_narrows_the_answer_and_nobody_is_told_in_words(sam: Client) -> None:
    from_tomorrow = {"from-day": "4", "from-month": "6", "from-year": "2024"}
    page = sam.submitted(sam.get(WRONGLY), WRONGLY, 200, agreement="ag-dp-north", **from_tomorrow)
    assert "Nobody was seen wrongly" in page.text


def test_a_question_about_more_participants_than_a_page_looks_at_names_the_command(
    sam: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wrongly_seen, "MOST", 4)
    sam.submitted(sam.get(WRONGLY), WRONGLY, 200, agreement="ag-dp-north")
    monkeypatch.setattr(wrongly_seen, "MOST", 3)
    page = sam.submitted(sam.get(WRONGLY), WRONGLY, 422, agreement="ag-dp-north")
    told = page.one("div", role="alert").text
    assert "4 participants may have been seen wrongly, and this page looks at 3 at most." in told
    assert "checkdata audit wrongly-seen" in told
    sam.submitted(sam.get(WRONGLY), WRONGLY, 200, agreement="ag-dp-north", participant="p-1")
    assert len(world.audit(AuditKind.WRONGLY_SEEN_ASKED)) == 2


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ({}, "Enter the participant’s id, the agreement’s reference, or both"),
        (
            {"participant": "x"},
            NO_PARTICIPANT_HAS_ID,
        ),
        ({"agreement": "x"}, "There is no agreement with this id, and there never was."),
        ({"participant": "p-1", "to-day": "x"}, "To must be a real date, like 27 3 2024"),
    ],
)
def test_what_is_not_understood_is_told_and_not_recorded(
    sam: Client, world: World, words: dict[str, str], fault: str
) -> None:
    page = sam.submitted(sam.get(WRONGLY), WRONGLY, 422, **words)
    assert fault in page.one("div", role="alert").text
    assert not world.audit(AuditKind.WRONGLY_SEEN_ASKED)
