"""Support lists, adds and ends agreements, and is told before what an end does (service rule 2)."""

from collections.abc import Callable
from datetime import date

import pytest
from attrs import evolve

from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.errors import StorageBusy
from checkdata.domain.people.organisations import Agreement, SupportTeam
from checkdata.domain.services.audit.recall_files import RecallFiles
from checkdata.domain.values import EmailAddress
from tests.integration.web.client import Client, location
from tests.integration.web.html import Element
from tests.integration.web.world import (
    ANN,
    CAT,
    LEAD,
    NORTH,
    OTHER_LEAD,
    RECORDS,
    REFERENCES,
    SAM,
    World,
    a_record,
    acting,
)

TOM = EmailAddress("tom@dfe.example")
LIST = "/support/agreements"
ADD = "/support/agreements/add"
NORTHS = f"{LIST}/ag-{NORTH.id}"
FORM = {
    "lead_provider": OTHER_LEAD.id,
    "delivery_partner": NORTH.id,
    "starts_on-day": "1",
    "starts_on-month": "9",
    "starts_on-year": "2023",
    "first_academic_year": "2022",
    "covers_unconfirmed": "no",
    "reason": "Signed <today>",
}


@pytest.fixture
def sam(client: Client) -> Client:
    """Sam of support, signed in."""
    client.sign_in(SAM)
    return client


def partners(page: Element) -> list[str]:
    return [row.one("th").one("a").own_text() for row in page.one("tbody").all("tr")] if page.all("tbody") else []


def agreements(world: World) -> list[Agreement]:
    with world.storage.reading() as work:
        return list(work.organisations.agreements())


def add(sam: Client, status: int, **changes: str) -> Element:
    return sam.submitted(sam.get(ADD), ADD, status, **FORM | changes)


def confirmed(world: World, new_client: Callable[[], Client], place: str) -> Element:
    """The page of a draft that another support user confirmed."""
    world.add(TOM, "Tom Orr", SupportTeam())
    tom = new_client()
    tom.sign_in(TOM)
    page = tom.get(place.partition("?")[0])
    return tom.get(location(tom.submit(tom.get(page.link("Confirm")), "")))


def added_by_hand(world: World) -> list[AuditEvent]:
    """The events of agreements that no feed added."""
    return [event for event in world.audit(AuditKind.AGREEMENT_ADDED) if event.import_id is None]


def to_add(sam: Client, **changes: str) -> Element:
    """The page that tells what adding an agreement does."""
    return add(sam, 200, **changes)


def added(sam: Client, **changes: str) -> str:
    """Where adding an agreement leads."""
    return location(sam.submit(to_add(sam, **changes), ADD))


def to_end(sam: Client, **words: str) -> Element:
    """The page that tells what ending the north's agreement does."""
    return sam.submitted(sam.get(f"{NORTHS}/end"), f"{NORTHS}/end", 200, **{"reason": "Over"} | words)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["Harbour Hub", "South Hub", "St Cuthbert’s & North Hub"]),
        ("cuthberts", ["St Cuthbert’s & North Hub"]),
        ("BEACON", ["Harbour Hub", "South Hub", "St Cuthbert’s & North Hub"]),
        ("larkfield", []),
    ],
)
def test_agreements_are_found_by_either_party(sam: Client, text: str, found: list[str]) -> None:
    page = sam.get(f"{LIST}?query={text}")
    assert partners(page) == found
    assert bool(found) != ("No agreements match" in page.text)


def test_the_list_tells_which_are_in_force(sam: Client, world: World) -> None:
    added(sam, **{"lead_provider": LEAD.id, "starts_on-year": "2030", "first_academic_year": ""})
    states = [row.all("td")[-1].text for row in sam.get(LIST).one("tbody").all("tr")]
    assert sorted(states) == ["Ended", "In force", "In force", "Not started"]
    assert world.now.year < 2030


def test_an_agreement_is_shown_with_all_that_it_covers(sam: Client) -> None:
    page = sam.get(NORTHS)
    for text in (NORTH.name, LEAD.name, "1 September 2021", "No end", "All", "Covered", "By the feed", "ag-dp-north"):
        assert text in page.one("main").text


def test_an_agreements_page_tells_its_versions_the_newest_first(sam: Client, world: World) -> None:
    by = acting(world, SAM, SupportTeam()).user_id
    world.services().manage_agreements.end("ag-dp-north", reason="Over", by=by)
    narrowed = [evolve(each, first_academic_year=2022) for each in REFERENCES.agreements or ()]
    world.load(RECORDS, evolve(REFERENCES, agreements=narrowed))
    rows = [[cell.text for cell in row.all("td")] for row in sam.get(NORTHS).one("tbody").all("tr")]
    assert [row[1:] for row in rows] == [
        ["The feed", "First academic year: 2022 (before: no limit)"],
        ["Sam Ray", "Ended by hand from: 2024-06-03 (before: no limit)"],
        ["The feed", "Added"],
    ]
    assert rows[-1][0].startswith("15 January 2024 at 12:00")


def test_an_agreement_that_widens_nothing_is_added_at_once(sam: Client, world: World) -> None:
    renewed = {"lead_provider": LEAD.id, "starts_on-year": "2030", "first_academic_year": "2022"}
    page = sam.get(added(sam, **renewed))
    assert "Agreement added" in page.one("div", role="alert").text
    for text in (NORTH.name, LEAD.name, "1 September 2030", "2022 to 2023 and later", "Not covered", "By hand"):
        assert text in page.one("main").text
    [event] = added_by_hand(world)
    assert event.details["reason"] == "Signed <today>"


def test_an_agreement_that_widens_is_a_draft_until_another_support_user_confirms_it(
    sam: Client, world: World, new_client: Callable[[], Client]
) -> None:
    place = added(sam)
    page = sam.get(place)
    assert "Nothing changes until another support user confirms it" in page.one("div", role="alert").text
    for text in (NORTH.name, OTHER_LEAD.name, "2022 to 2023 and later", "Not covered", "Sam Ray", "Signed <today>"):
        assert text in page.one("main").text
    for why in ("It starts in the past", "It covers academic years that no agreement in force between the two covers"):
        assert why in page.text
    assert "No one would newly see anybody" in page.text
    assert not [link for link in page.all("a") if link.text == "Confirm"]
    listed = sam.get(LIST)
    [row] = listed.one("table", **{"aria-labelledby": "drafts"}).one("tbody").all("tr")
    assert row.all("td")[-1].text == "Sam Ray"
    assert not [agreement for agreement in agreements(world) if agreement.added_by_hand]
    page = confirmed(world, new_client, place)
    assert "Confirmed. The change was made." in page.one("div", role="alert").text
    [by_hand] = [agreement for agreement in agreements(world) if agreement.added_by_hand]
    assert (by_hand.lead_provider_id, by_hand.starts_on, by_hand.ends_on) == (OTHER_LEAD.id, date(2023, 9, 1), None)
    assert "Drafts that wait" not in sam.get(LIST).text


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"lead_provider": ""}, "lead_provider", "Select a lead provider"),
        ({"delivery_partner": ""}, "delivery_partner", "Select a delivery partner"),
        ({"starts_on-day": "", "starts_on-month": "", "starts_on-year": ""}, "starts_on-day", "Enter the first day of"),
        ({"starts_on-day": "31", "starts_on-month": "2"}, "starts_on-day", "First day must be a real date"),
        ({"starts_on-year": "23"}, "starts_on-day", "First day must be a real date"),
        ({"starts_on-year": "²023"}, "starts_on-day", "First day must be a real date"),
        ({"ends_on-day": "1"}, "ends_on-day", "Last day must be a real date"),
        ({"ends_on-day": "1", "ends_on-month": "1", "ends_on-year": "9999"}, "ends_on-day", "Last day must be a real"),
        ({"first_academic_year": "banana"}, "first_academic_year", "Select an academic year from the list"),
        ({"covers_unconfirmed": ""}, "covers_unconfirmed", "Select whether it covers participants without"),
        ({"covers_unconfirmed": "maybe"}, "covers_unconfirmed", "Select whether it covers participants without"),
        ({"reason": " "}, "reason", "Enter why the agreement is added"),
    ],
)
def test_a_fault_is_told_at_its_field_and_nothing_is_lost(
    sam: Client, world: World, changes: dict[str, str], field: str, sentence: str
) -> None:
    page = add(sam, 422, **changes)
    [fault] = page.one("div", role="alert").all("a")
    assert fault.text.startswith(sentence)
    assert fault.attributes["href"] == f"#{field}"
    typed = FORM | changes
    for name in (f"starts_on-{part}" for part in ("day", "month", "year")):
        assert page.one("input", name=name).attributes.get("value", "") == typed[name]
    assert page.one("textarea", id="reason").text == typed["reason"].strip()
    assert not [agreement for agreement in agreements(world) if agreement.added_by_hand]
    assert not world.audit(AuditKind.CHANGE_PROPOSED)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ends_on-day": "1", "ends_on-month": "8", "ends_on-year": "2023"}, "The last day cannot be before the first"),
        ({"last_academic_year": "2021"}, "The last academic year cannot be before the first"),
        ({"lead_provider": "lp-nobody"}, "There is no lead provider with this id"),
        ({"delivery_partner": "dp-nowhere"}, "There is no delivery partner with this id"),
    ],
)
def test_what_the_rules_do_not_allow_is_told_and_nothing_is_added(
    sam: Client, world: World, changes: dict[str, str], sentence: str
) -> None:
    assert sentence in add(sam, 422, **changes).one("div", role="alert").text
    assert not added_by_hand(world)


def test_what_adding_does_is_said_before_it_is_done(sam: Client, world: World) -> None:
    world.load([a_record(30 + number, f"Olga {number}", lead_provider_id=OTHER_LEAD.id) for number in range(3)])
    page = to_add(sam)
    assert page.one("h1").text == "Add this agreement?"
    assert (
        "From 3 June 2024, 2 users of St Cuthbert’s & North Hub would newly see 3 participants, beside 4 participants"
        in page.one("main").text
    )
    assert not added_by_hand(world)
    draft = sam.get(added(sam)).one("main").text
    assert "2 users of St Cuthbert’s & North Hub would newly see 3 participants" in draft
    later = to_add(sam, **{"starts_on-year": "2025"}).one("main").text
    assert "From 1 September 2025, 2 users of St Cuthbert’s & North Hub would newly see 3 participants" in later


def test_that_an_agreement_covers_no_one_else_is_said(sam: Client) -> None:
    assert "No one would newly see anybody" in to_add(sam).one("main").text


def test_what_ending_does_is_said_before_it_is_done(sam: Client, world: World) -> None:
    page = to_end(sam)
    assert page.one("h1").text == "End this agreement?"
    assert "From the moment you end it" in page.text
    assert "2 users lose access to St Cuthbert’s & North Hub" in page.text
    assert "4 participants leave the view of St Cuthbert’s & North Hub" in page.text
    files = "see the files"
    assert {link.text for link in page.one("main").all("a")} == {"Ann Lee", "Cat Doe", files}
    assert not world.audit(AuditKind.AGREEMENT_ENDED)


def test_an_agreement_that_is_ended_is_told_to_be_although_its_recall_waits(
    sam: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_: RecallFiles) -> None:
        raise StorageBusy("It took too long.")

    monkeypatch.setattr(RecallFiles, "open_due", busy)
    done = sam.get(location(sam.submit(to_end(sam), f"{NORTHS}/end")))
    assert "Agreement ended." in done.one("div", role="alert").text
    assert len(world.audit(AuditKind.AGREEMENT_ENDED)) == 1


def test_what_was_said_is_what_is_done(sam: Client, world: World, new_client: Callable[[], Client]) -> None:
    ann, page = new_client(), to_end(sam)
    ann.sign_in(ANN)
    ann.get("/participants")
    done = sam.get(location(sam.submit(page, f"{NORTHS}/end")))
    assert "Agreement ended" in done.one("div", role="alert").text
    assert "2 June 2024, ended by hand" in done.one("main").text
    assert not [link for link in done.all("a") if link.text == "End this agreement"]
    ann.get("/participants", 403)
    cat = new_client()
    cat.sign_in(CAT)
    cat.get(cat.choose("delivery_partner", "dp-south"))
    [event] = world.audit(AuditKind.AGREEMENT_ENDED)
    assert event.details["reason"] == "Over"


def test_an_agreement_with_a_last_day_is_in_force_until_then(
    sam: Client, world: World, new_client: Callable[[], Client]
) -> None:
    day = {"last_day-day": "4", "last_day-month": "6", "last_day-year": "2024"}
    page = to_end(sam, **day)
    assert "From 5 June 2024" in page.text
    sam.submit(page, f"{NORTHS}/end")
    for days, status in ((0, 200), (1, 200), (1, 403)):
        world.pass_time(days=days)
        ann = new_client()
        ann.sign_in(ANN)
        ann.get("/participants", status)


def test_where_no_user_loses_access_that_is_said_too(
    sam: Client, world: World, new_client: Callable[[], Client]
) -> None:
    confirmed(world, new_client, added(sam, lead_provider=LEAD.id, first_academic_year="", reason="Renewed"))
    page = to_end(sam)
    assert "0 users lose access" in page.text
    assert "Who loses access" not in page.text
    assert "1 participant leaves the view" in page.text, "the one without a confirmed lead provider"


@pytest.mark.parametrize(
    ("words", "field", "sentence"),
    [
        ({"last_day-day": "x"}, "last_day-day", "Last day must be a real date"),
        ({"reason": ""}, "reason", "Enter a reason. We will keep it with your name and the time"),
    ],
)
def test_a_fault_of_an_end_is_told_and_nothing_ends(
    sam: Client, world: World, words: dict[str, str], field: str, sentence: str
) -> None:
    form = {"reason": "Over", **words, "told": "yes"}
    page = sam.submitted(sam.get(f"{NORTHS}/end"), f"{NORTHS}/end", 422, **form)
    [fault] = page.one("div", role="alert").all("a")
    assert fault.text.startswith(sentence)
    assert fault.attributes["href"] == f"#{field}"
    assert not world.audit(AuditKind.AGREEMENT_ENDED)


@pytest.mark.parametrize(("day", "sentence"), [("2", "The last day cannot be in the past"), ("3", "")])
def test_only_what_is_still_ahead_can_be_taken_away(sam: Client, day: str, sentence: str) -> None:
    words = {"last_day-day": day, "last_day-month": "6", "last_day-year": "2024", "reason": "Over"}
    page = sam.submitted(sam.get(f"{NORTHS}/end"), f"{NORTHS}/end", 422 if sentence else 200, **words)
    assert sentence in page.text


def test_an_agreement_that_another_user_ended_meanwhile_is_told(sam: Client, world: World) -> None:
    page = to_end(sam)
    world.services().manage_agreements.end(f"ag-{NORTH.id}", reason="Faster")
    page = sam.submitted(page, f"{NORTHS}/end", 409)
    assert "This agreement has changed since you looked at it" in page.one("div", role="alert").text
    assert len(world.audit(AuditKind.AGREEMENT_ENDED)) == 1


@pytest.mark.parametrize("path", ["", "/end"])
def test_an_agreement_that_does_not_exist_has_no_pages(sam: Client, path: str) -> None:
    sam.get(f"{LIST}/ag-nothing{path}", 404)
