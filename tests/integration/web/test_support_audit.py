"""Support looks at the log of what was done (service rule 15)."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from attrs import evolve

from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.people.organisations import Role
from checkdata.domain.people.users import NO_USER_HAS_ADDRESS
from checkdata.domain.values import UserId
from checkdata.entrypoints.web.presentation.audit_sentences import SENTENCES, AuditNames, sentence_of
from tests.integration.web.client import Client
from tests.integration.web.html import Element
from tests.integration.web.world import ANN, SAM, World

AUDIT = "/support/audit"


@pytest.fixture
def sam(client: Client) -> Client:
    client.sign_in(SAM)
    return client


def lines(page: Element) -> Sequence[tuple[str, ...]]:
    if not page.all("tbody"):
        return []
    return [tuple(cell.text for cell in row.all("td")) for row in page.one("tbody").all("tr")]


def whats(page: Element) -> Sequence[str]:
    """The kinds of the events, as their technical details name them."""
    told = [paragraph.text for details in page.all("details") for paragraph in details.all("p")]
    return [text.removeprefix("What: ") for text in told if text.startswith("What: ")]


def sentences(page: Element) -> Sequence[str]:
    return [row.all("td")[1].all("p")[0].text for row in page.one("tbody").all("tr")]


def record(world: World, *events: AuditEvent) -> None:
    with world.storage.writing() as work:
        for event in events:
            work.audit.record(event)
        work.commit()


def test_the_newest_are_told_first_in_words_with_uk_time(sam: Client) -> None:
    page = sam.get(AUDIT)
    assert lines(page)[0][0] == "3 June 2024 at 2:55:00pm (UTC+1)"
    assert sentences(page)[0] == "Sam Ray signed in for Support"


def test_a_view_is_a_sentence_with_its_technical_parts_folded(sam: Client, world: World) -> None:
    ann = Client(world)
    ann.sign_in(ANN)
    ann.get("/participants?query=ada")
    page = sam.get(f"{AUDIT}?kind=list_viewed")
    assert sentences(page) == ["Ann Lee viewed the list of St Cuthbert’s & North Hub, delivery partner: 1 participant"]
    [folded] = page.all("details")
    assert "open" not in folded.attributes
    for told in ("What: List of participants viewed", "Searched: yes", "Rows: 1"):
        assert told in folded.text
    assert sam.get(folded.link("Ann Lee")).one("h1").text == "Ann Lee"


def test_every_kind_of_event_is_a_sentence() -> None:
    assert SENTENCES.keys() == set(AuditKind)
    names = AuditNames(users={}, organisations={})
    for kind in AuditKind:
        bare = AuditEvent(kind=kind, at=datetime(2024, 5, 1, tzinfo=UTC))
        full = evolve(bare, actor=UserId("Ann"), subject=UserId("Bea"), role=Role.SUPPORT, details={"reason": "{x}"})
        for event in (bare, full):
            told = sentence_of(event, names)
            assert told[0].isupper()
            assert "  " not in told
            assert told.strip() == told


def test_a_page_of_a_longer_list_tells_of_how_many() -> None:
    shown = AuditEvent(
        kind=AuditKind.LIST_VIEWED, at=datetime(2024, 5, 1, tzinfo=UTC), details={"rows": 100, "found": 1259}
    )
    assert sentence_of(shown, AuditNames(users={}, organisations={})).endswith(": 100 of 1,259 participants")


def test_in_winter_uk_time_is_utc(sam: Client, world: World) -> None:
    record(world, AuditEvent(kind=AuditKind.FEED_IMPORTED, at=datetime(2024, 1, 15, 0, 0, 1, tzinfo=UTC)))
    assert lines(sam.get(f"{AUDIT}?kind=feed_imported"))[0][0] == "15 January 2024 at 12:00:01am (UTC)"


def test_looking_at_the_log_is_on_record_with_its_filters(sam: Client, world: World) -> None:
    sam.get(f"{AUDIT}?kind=grant_added&organisation=delivery_partner:dp-north")
    (event,) = world.audit(AuditKind.AUDIT_VIEWED)
    assert event.details == {"kind": "grant_added", "organisation": "delivery_partner:dp-north", "page": 1, "rows": 2}
    assert event.role is Role.SUPPORT


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (f"user={ANN}", {"Access given", "Signed in", "List of participants viewed"}),
        (f"user={ANN}&kind=grant_added", {"Access given"}),
        ("organisation=appropriate_body:ab-north", {"Access given"}),
        ("from-day=3&from-month=6&from-year=2024", {"Signed in", "List of participants viewed"}),
        ("to-day=15&to-month=1&to-year=2024", {"Access given", "Feed imported", "Agreement added"}),
        ("from-day=16&from-month=1&from-year=2024&to-day=2&to-month=6&to-year=2024", set()),
    ],
)
def test_filters_combine_and_leave_what_meets_all(sam: Client, world: World, words: str, expected: set[str]) -> None:
    ann = Client(world)
    ann.sign_in(ANN)
    ann.get("/participants")
    page = sam.get(f"{AUDIT}?{words}")
    assert set(whats(page)) - {"Audit log viewed"} == expected


@pytest.mark.parametrize(
    ("words", "field", "fault"),
    [
        ("user=nobody@nowhere.example", "user", NO_USER_HAS_ADDRESS),
        ("user=nonsense", "user", "Enter an email address in the correct format, like name@example.com"),
        ("kind=x", "kind", "Select what happened from the list"),
        ("organisation=delivery_partner:x", "organisation", "Select an organisation from the list"),
        ("from-day=31&from-month=2&from-year=2024", "from-day", "From must be a real date, like 27 3 2024"),
        (
            "from-day=2&from-month=1&from-year=2024&to-day=1&to-month=1&to-year=2024",
            "to-day",
            "“To” must be the same day as “From”, or later",
        ),
    ],
)
def test_a_filter_that_is_not_understood_shows_no_event_and_what_to_do(
    sam: Client, world: World, words: str, field: str, fault: str
) -> None:
    page = sam.get(f"{AUDIT}?{words}", 422)
    assert page.one("div", role="alert").link(fault) == f"#{field}"
    assert not page.all("tbody")
    assert not world.audit(AuditKind.AUDIT_VIEWED)


def test_a_long_log_has_pages_that_keep_the_filters(sam: Client, world: World) -> None:
    at = datetime(2024, 5, 1, tzinfo=UTC)
    record(world, *(AuditEvent(kind=AuditKind.SIGNED_OUT, at=at, actor=UserId(str(n))) for n in range(120)))
    first = sam.get(f"{AUDIT}?kind=signed_out")
    assert first.one("h2", id="found").text == "120 events found"
    second = sam.get(first.link("Next page"))
    third = sam.get(f"{AUDIT}?kind=signed_out&page=3")
    told = [sentence for page in (first, second, third) for sentence in sentences(page)]
    assert told == [f"{n} signed out" for n in reversed(range(120))]
    sam.get(f"{AUDIT}?kind=signed_out&page=4", 404)


def test_every_kind_has_a_name_of_its_own(sam: Client) -> None:
    options = [option.text for option in sam.get(AUDIT).one("select", id="kind").all("option")]
    assert len(set(options)) == len(AuditKind) + 1
