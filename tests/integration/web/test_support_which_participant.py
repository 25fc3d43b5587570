"""Support asks about a participant by what people have, and is asked which one is meant (service rules 1 and 15)."""

import pytest
from attrs import evolve

from checkdata.domain.audit.events import AuditKind
from tests.integration.web.client import Client
from tests.integration.web.html import Element
from tests.integration.web.world import ANN, RECORDS, REFERENCES, SAM, World, a_record, as_mentor

QUESTIONS = {"/support/explain": AuditKind.ACCESS_EXPLAINED, "/support/audit/seen": AuditKind.PARTICIPANT_TRACED}
NAMESAKES = (a_record(11, "Jo Lee"), as_mentor(evolve(a_record(12, "Jo Lee"), academic_year=2022)))


@pytest.fixture
def sam(world: World) -> Client:
    world.load([*RECORDS, *NAMESAKES], REFERENCES)
    client = Client(world)
    client.sign_in(SAM)
    return client


def asked(sam: Client, path: str, status: int, /, **words: str) -> Element:
    form = {"participant": "0000001", **words} | ({"email": str(ANN)} if "explain" in path else {})
    return sam.submitted(sam.get(path), path, status, **form)


@pytest.mark.parametrize("path", QUESTIONS)
@pytest.mark.parametrize("words", [{"participant": "00/00001"}, {"participant": "Bold, Ada", "school": "Oak"}])
def test_one_who_is_meant_is_asked_about_at_once(sam: Client, world: World, path: str, words: dict[str, str]) -> None:
    page = asked(sam, path, 200, **words)
    assert page.one("h1").text.endswith("participant p-1")
    assert [event.participant_id for event in world.audit(QUESTIONS[path])] == ["p-1"]
    assert [event.participant_id for event in world.audit(AuditKind.PARTICIPANT_LOOKED_UP)] == ["p-1"]
    for field, word in words.items():
        assert page.one("input", id=field).attributes["value"] == word


@pytest.mark.parametrize("path", QUESTIONS)
def test_of_several_one_is_chosen_by_what_tells_them_apart(sam: Client, world: World, path: str) -> None:
    page = asked(sam, path, 422, participant="jo lee", school="100001")
    assert page.one("div", role="alert").link("Select the participant you mean") == "#meant"
    assert [radio.attributes["value"] for radio in page.all("input", type="radio")] == ["p-11", "p-12"]
    told = page.one("main").text
    assert "Early career teacher, Oak <Primary>, URN 100001, 2023, id p-11" in told
    assert "Mentor, Oak <Primary>, URN 100001, 2022, id p-12" in told
    assert "0000011" not in told
    assert not world.audit(QUESTIONS[path])
    chosen = sam.submitted(page, path, 200, meant="p-12")
    assert chosen.one("h1").text.endswith("participant p-12")
    assert [event.participant_id for event in world.audit(QUESTIONS[path])] == ["p-12"]


@pytest.mark.parametrize("path", QUESTIONS)
@pytest.mark.parametrize("meant", ["", "p-1", "p-13"])
def test_only_one_of_those_who_fit_can_be_chosen(sam: Client, world: World, path: str, meant: str) -> None:
    page = asked(sam, path, 422, participant="jo lee", school="100001")
    sam.submitted(page, path, 422, meant=meant)
    assert not world.audit(QUESTIONS[path])
