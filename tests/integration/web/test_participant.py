"""A participant's own page: the nine things, what the status means, whose move it is; a foreign id does not exist."""

from collections.abc import Mapping
from typing import Any

import pytest
from attrs import evolve

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.training.facts import TrainingStatus
from checkdata.domain.values import ParticipantId
from tests.integration.web.client import Client
from tests.integration.web.html import Element
from tests.integration.web.test_listing import HEADINGS, many, names
from tests.integration.web.world import BEA, NORTHS_RULES, NOW, RECORDS, World, a_record


def details(page: Element) -> Mapping[str, str]:
    keys, values = page.one("main").all("dt"), page.one("main").all("dd")
    return dict(zip((key.text for key in keys), (value.text for value in values), strict=True))


def test_a_name_leads_to_the_nine_things_in_their_order(ann: Client) -> None:
    page = ann.get(ann.get("/participants").link("Ada <b>Bold</b>"))
    assert page.one("h1").text == "Ada <b>Bold</b>"
    assert list(details(page)) == HEADINGS
    assert list(details(page).values()) == [
        "Ada <b>Bold</b>",
        "person1@school.example",
        "0000001",
        "Early career teacher",
        "Beacon Teaching",
        "Oak <Primary>",
        "100001",
        "2023",
        "Training or eligible for trainingsince 15 January 2024 or earlier",
    ]


def test_what_is_blank_says_why(ann: Client) -> None:
    assert details(ann.get("/participants/p-2"))["TRN"] == "Not validated yet"
    assert details(ann.get("/participants/p-4"))["Email address"] == "Not given"
    lead = details(ann.get("/participants/p-3"))["Lead provider"]
    assert lead == "None confirmed, or the school delivers accredited materials itself"


def test_it_says_what_the_status_means_whose_move_it_is_and_how_old_it_is(ann: Client, world: World) -> None:
    world.load([evolve(RECORDS[0], training_status=TrainingStatus.DEFERRED, updated_at=NOW)])
    text = ann.get("/participants/p-1").one("main").text
    assert "The lead provider needs to act: tell the Department for Education when their training restarts." in text
    assert "Training is paused. Their lead provider will tell DfE when it restarts." in text
    assert "What you could see, and when it changed." in text
    assert "Training record last updated 3 June 2024 at 2:55pm" in text
    assert "Data as of 3 June 2024 at 2:55pm" in text
    assert "No one needs to act." in ann.get("/participants/p-3").one("main").text


@pytest.mark.parametrize(
    ("facts", "move", "whom"),
    [
        ({}, "No one needs to act.", "Ask Beacon Teaching, their lead provider, who can put it right."),
        ({"lead_provider_id": None}, "No one needs to act.", "No lead provider is confirmed, so ask the school."),
        (
            {"training_status": TrainingStatus.WITHDRAWN},
            "No one needs to act.",
            "Ask Beacon Teaching, their lead provider, who tells DfE",
        ),
        (
            {"trn_validated": False},
            "The school needs to act: check their name, date of birth and TRN with them, and correct what is wrong.",
            "Ask the school first.",
        ),
        ({"eligibility": None}, "DfE needs to act: finish the checks.", "You do not need to do anything"),
    ],
)
def test_it_begins_with_the_move_and_whom_to_ask_agrees_with_it(
    ann: Client, world: World, facts: Mapping[str, Any], move: str, whom: str
) -> None:
    world.load([evolve(RECORDS[0], updated_at=NOW, **facts)])
    main = ann.get("/participants/p-1").one("main")
    assert main.all("p")[0].text == move
    assert f"You cannot change anything about a participant here. {whom}" in main.text
    assert ("Ask Beacon Teaching" in main.text) == whom.startswith("Ask Beacon Teaching")


def test_its_id_can_be_quoted_to_support(ann: Client) -> None:
    assert "Quote this to support: p-1" in ann.get("/participants/p-1").one("main").text


@pytest.mark.parametrize("path", ["p-5", "p-6", "p-404", "P-1", "", "p-1/", "p-1%00", "%F0%9F%98%80"])
def test_a_foreign_id_is_as_one_that_does_not_exist(ann: Client, world: World, path: str) -> None:
    response = ann.http.get(f"/participants/{path}")
    assert response.status_code == (400 if "%00" in path else 404)
    assert not world.audit(AuditKind.PARTICIPANT_VIEWED)


def test_the_answers_for_a_foreign_and_for_an_unknown_id_are_alike(ann: Client) -> None:
    foreign, unknown = (ann.get(f"/participants/{one}", 404) for one in ("p-5", "p-404"))
    assert foreign.one("main").text == unknown.one("main").text


def test_a_view_is_on_record_with_the_participants_id_and_nothing_of_theirs(ann: Client, world: World) -> None:
    ann.get("/participants/p-1?query=ada")
    (event,) = world.audit(AuditKind.PARTICIPANT_VIEWED)
    assert (event.participant_id, event.organisation_id) == ("p-1", "dp-north")
    assert event.details == {"agreements": "ag-dp-north", "rules": NORTHS_RULES}


def test_it_leads_back_to_the_list_as_it_was(ann: Client, world: World) -> None:
    many(world, 60)
    page = ann.get("/participants?query=pat&sort=since&direction=descending&per_page=20&page=2")
    shown = names(page)
    page = ann.get(page.link(shown[3]))
    page = ann.get(page.link("Back to participants"))
    assert names(page) == shown


def test_a_body_sees_its_own_things_of_an_ect(client: Client) -> None:
    client.sign_in(BEA)
    page = client.get(client.get("/ects").link("Ada <b>Bold</b>"))
    assert details(page) == {
        "Full name": "Ada <b>Bold</b>",
        "TRN": "0000001",
        "School unique reference number": "100001Oak <Primary>",
        "Status": "Induction confirmedsince 15 January 2024 or earlier",
        "Induction type": "Provider-led",
        "Induction tutor": "tutor@school.example",
    }
    for hidden in ("person1@school.example", "Beacon", "1999"):
        assert hidden not in page.text
    client.get("/ects/p-3", 404)


def test_an_id_may_have_any_letter(ann: Client, world: World) -> None:
    odd = ParticipantId("a/b c?d#e&é.csv")
    world.load([evolve(a_record(700, "Odd One"), participant_id=odd)])
    page = ann.get(ann.get("/participants").link("Odd One"))
    assert page.one("h1").text == "Odd One"
