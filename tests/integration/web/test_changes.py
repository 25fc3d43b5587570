"""What changed since a date or the last visit: who is new, whose status changed, who moved away (service rule 16)."""

import csv
import io
from datetime import date, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from attrs import evolve

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.audit.tracing import SightingKind
from checkdata.domain.feed.contents import References
from checkdata.domain.people.organisations import Agreement
from checkdata.domain.training.facts import InductionStatus, TrainingStatus
from checkdata.domain.values import ParticipantId, RecordId
from tests.integration.web.client import Client
from tests.integration.web.html import Element
from tests.integration.web.test_filters import in_words, options
from tests.integration.web.test_listing import WHOLE_WORDS
from tests.integration.web.world import (
    ANN,
    BEA,
    CAT,
    LEAD,
    NORTH,
    NOW,
    OTHER_LEAD,
    RECORDS,
    REFERENCES,
    SOUTH,
    World,
    a_record,
)

ADA, SIOBHAN, ZOE, ONE, *_ = RECORDS


def change_some(world: World) -> None:
    """Ada's training is paused, Siobhán moves away, Zoë gets another name, Nia comes new, and four days pass."""
    world.load(
        [
            evolve(ADA, training_status=TrainingStatus.DEFERRED, updated_at=NOW),
            evolve(SIOBHAN, induction_status=InductionStatus.CHANGED, updated_at=NOW),
            evolve(ZOE, full_name="Zoë Kaya", updated_at=NOW),
            a_record(20, "Nia New"),
        ]
    )
    world.pass_time(days=4)


@pytest.fixture
def changed(world: World) -> World:
    change_some(world)
    return world


@pytest.fixture
def ann(client: Client, changed: World) -> Client:
    """Ann, who was here two days before the import, and comes back four days after it."""
    now, changed.now = changed.now, NOW - timedelta(days=2)
    client.sign_in(ANN)
    changed.now = now
    client.sign_in(ANN)
    return client


def rows(page: Element) -> list[list[str]]:
    """Who, what, the status before and the status now."""
    found = [row for body in page.all("tbody") for row in body.all("tr") if row.all("td")]
    return [[row.one("th").text, *(_text(cell) for cell in row.all("td")[:3])] for row in found]


def by_day(page: Element) -> dict[str, list[str]]:
    """The names below each heading."""
    return {
        body.one("th", scope="rowgroup").text: [name.text for name in body.all("th", scope="row")]
        for body in page.all("tbody")
    }


def _text(cell: Element) -> str:
    tags = cell.all("strong")
    return WHOLE_WORDS.get(tags[0].text, tags[0].text) if tags else cell.text


def kinds(page: Element) -> list[str]:
    return [link.text for link in page.one("nav", **{"aria-label": "Kinds of change"}).all("a")]


PAUSED = "Training is paused. Their lead provider will tell DfE when it restarts."
ALL = [
    ["Ada <b>Bold</b>", "Status changed", "Training or eligible for training", "Participant deferred"],
    ["Nia New", "New", "Not shown before", "Training or eligible for training"],
    ["Siobhán O’Neill", "Moved away", "DfE checking eligibility", "No longer being trained"],
]


def test_it_shows_what_changed_since_the_last_visit(ann: Client) -> None:
    page = ann.get("/changes")
    assert page.one("h1").text == "What changed"
    assert page.one("h2", id="found").text == "3 changes since your last visit on 1 June 2024 at 2:55pm"
    assert rows(page) == ALL
    assert kinds(page) == ["All (3)", "New (1)", "Status changed (1)", "Moved away (1)"]


def test_this_very_visit_is_not_the_last(ann: Client, changed: World) -> None:
    changed.pass_time(minutes=5)
    assert len(rows(ann.get("/changes"))) == 3
    ann.sign_in(ANN)
    assert "since your last visit on 7 June 2024" in ann.get("/changes").one("h2", id="found").text
    assert not rows(ann.get("/changes"))
    assert "Nothing changed since your last visit" in ann.get("/changes").text


def test_a_user_who_was_here_a_moment_ago_is_led_to_what_changed_for_longer(ann: Client, changed: World) -> None:
    changed.pass_time(minutes=1)
    ann.sign_in(ANN)
    page = ann.get("/changes?role=ect")
    assert rows(page) == []
    page = ann.get(page.link("Last 28 days"))
    assert rows(page) == ALL


def test_a_visit_for_another_organisation_is_none_of_this_one(changed: World) -> None:
    bea = Client(changed)
    bea.sign_in(BEA)
    page = bea.get("/ects/changes")
    assert page.one("h2", id="found").text == "3 changes in the last 28 days"


@pytest.mark.parametrize(
    ("since", "number"), [("2024-06-03", 3), ("2024-06-04", 0), ("2024-01-16", 3), ("2024-01-15", 5), ("2000-01-01", 5)]
)
def test_a_date_counts_from_its_first_moment(ann: Client, since: str, number: int) -> None:
    page = ann.get(f"/changes?since={since}")
    assert len(rows(page)) == number
    assert page.one("input", id="since").attributes["value"] == since


def test_the_date_is_told_in_words_and_stays_through_filters_and_kinds(ann: Client) -> None:
    page = ann.get("/changes?since=2024-06-03&role=ect&query=a")
    assert page.one("h2", id="found").text == "3 changes since 3 June 2024"
    assert in_words(page) == ["Search: a", "Role: Early career teacher"]
    for link in ("Remove search: a", "Clear all", "New (1)", "Download all 3 changes as CSV"):
        assert "since=2024-06-03" in page.link(link)
    assert rows(ann.get(page.link("New (1)"))) == [ALL[1]]
    assert rows(ann.get("/changes?since=2024-06-03&kind=moved_away")) == [ALL[2]]


def test_changes_stand_under_the_days_on_which_they_were_told_the_newest_first(ann: Client, changed: World) -> None:
    changed.load(
        [a_record(21, "Mia More"), evolve(ONE, training_status=TrainingStatus.DEFERRED, updated_at=changed.now)]
    )
    changed.pass_time(minutes=1)
    days = {
        "7 June 2024": ["=1+1", "Mia More"],
        "3 June 2024": ["Ada <b>Bold</b>", "Nia New", "Siobhán O’Neill"],
    }
    page = ann.get("/changes?since=2024-06-01")
    assert list(by_day(page).items()) == list(days.items())
    header, *lines = csv.reader(io.StringIO(ann.http.get("/changes.csv?since=2024-06-01").content.decode("utf-8-sig")))
    told = [(line[header.index("changed_on")], line[header.index("full_name")].lstrip("'")) for line in lines]
    assert told == [
        (day, name) for day, names in zip(("2024-06-07", "2024-06-03"), days.values(), strict=True) for name in names
    ]
    assert list(by_day(ann.get("/changes?since=2024-06-01&per_page=20&query=a"))) == ["7 June 2024", "3 June 2024"]


def test_ready_choices_of_a_time_keep_what_else_was_asked(ann: Client) -> None:
    page = ann.get("/changes?role=ect&kind=new&since=2024-05-31")
    (times,) = page.all("nav", **{"aria-label": "Times"})
    assert [link.text for link in times.all("a")] == ["Since Friday 31 May", "Last 7 days", "Last 28 days"]
    assert [link.text for link in times.all("a") if "aria-current" in link.attributes] == [
        "Since Friday 31 May",
        "Last 7 days",
    ]
    for text, since in (("Since Friday 31 May", "2024-05-31"), ("Last 28 days", "2024-05-10")):
        link = page.link(text)
        assert f"since={since}" in link
        assert "role=ect" in link
        assert "kind=new" in link


def test_filters_ask_of_rows_as_they_are_now(ann: Client) -> None:
    page = ann.get("/changes?status=participant_deferred")
    assert rows(page) == [ALL[0]]
    assert options(page, "role") == {"ect": "Early career teacher", "mentor": "Mentor"}


def test_a_participant_leads_back_to_the_changes_as_they_were(ann: Client) -> None:
    page = ann.get("/changes?since=2024-06-03&status=participant_deferred&kind=status_changed")
    shown = rows(page)
    page = ann.get(page.link(shown[0][0]))
    assert rows(ann.get(page.link("Back to what changed"))) == shown


def test_a_participant_who_left_the_scope_is_neither_named_nor_counted(ann: Client, changed: World) -> None:
    changed.load([evolve(ONE, lead_provider_id=OTHER_LEAD.id, updated_at=changed.now)])
    page = ann.get("/changes?since=2024-06-03")
    assert "=1+1" not in page.text
    assert "=1+1" not in ann.http.get("/changes.csv?since=2024-06-03").text


def test_participants_whom_an_agreement_newly_covers_are_told_apart_from_new_ones(ann: Client, changed: World) -> None:
    changed.load([a_record(30, "Olga Other", lead_provider_id=OTHER_LEAD.id)])
    changed.pass_time(days=2)
    ann.sign_in(ANN)
    changed.pass_time(days=1)
    added = Agreement(
        id="ag-2",
        lead_provider_id=OTHER_LEAD.id,
        delivery_partner_id=NORTH.id,
        starts_on=changed.now.date(),
        covers_unconfirmed=False,
    )
    changed.load([a_record(31, "Nick New")], References(agreements=[added]), wider=True)
    ann.sign_in(ANN)
    first_day = f"?since={added.starts_on.isoformat()}"
    for since in ("", first_day):
        page = ann.get(f"/changes{since}")
        assert rows(page) == [
            ["Nick New", "New", "Not shown before", "Training or eligible for training"],
            ["Olga Other", "Now covered by an agreement", "Not shown before", "Training or eligible for training"],
        ]
        assert kinds(page)[:3] == ["All (2)", "New (1)", "Now covered by an agreement (1)"]
        assert [row[0] for row in rows(ann.get(page.link("Now covered by an agreement (1)")))] == ["Olga Other"]
    lines = ann.http.get(f"/changes.csv{first_day}").content.decode("utf-8-sig").splitlines()
    assert lines[2].startswith("Now covered by an agreement,,,Olga Other,")
    assert by_day(page)["Newly shown to you, with a status from before then"] == ["Olga Other"]
    changed.pass_time(days=1)
    ann.sign_in(ANN)
    assert rows(ann.get(f"/changes?since={changed.now.date().isoformat()}")) == []


@pytest.mark.parametrize(
    "wider",
    [
        pytest.param({"last_academic_year": None}, id="more years"),
        pytest.param({"covers_unconfirmed": True}, id="unconfirmed"),
        pytest.param({"starts_on": date(2022, 9, 1)}, id="from a day that has passed"),
    ],
)
def test_whom_an_agreement_covers_once_its_terms_are_wider_is_told_by_what_was_known_before(
    world: World, client: Client, wider: dict[str, Any]
) -> None:
    narrow = Agreement(
        id="ag-2",
        lead_provider_id=OTHER_LEAD.id,
        delivery_partner_id=SOUTH.id,
        starts_on=date(2030, 9, 1) if "starts_on" in wider else date(2021, 9, 1),
        last_academic_year=None if "starts_on" in wider else 2022,
        covers_unconfirmed=False,
    )
    ours = [agreement for agreement in REFERENCES.agreements or () if agreement.delivery_partner_id != SOUTH.id]
    year, lead = (2022, None) if "covers_unconfirmed" in wider else (2023, OTHER_LEAD.id)
    olga = a_record(
        30,
        "Olga Other",
        delivery_partner_id=SOUTH.id,
        lead_provider_id=lead,
        academic_year=year,
        appropriate_body_id=None,
    )
    seen = evolve(olga, record_id=RecordId("r-31"), participant_id=ParticipantId("p-31"), lead_provider_id=LEAD.id)
    held = Agreement(
        id="ag-dp-south",
        lead_provider_id=LEAD.id,
        delivery_partner_id=SOUTH.id,
        starts_on=date(2021, 9, 1),
        covers_unconfirmed=False,
    )
    world.load([olga, seen], References(agreements=[*ours, held, narrow]), wider=True)
    client.sign_in(CAT)
    client.choose("delivery_partner", SOUTH.id)
    world.pass_time(days=1)
    world.load([], References(agreements=[evolve(narrow, **wider)]), wider=True)
    client.sign_in(CAT)
    client.choose("delivery_partner", SOUTH.id)
    assert [row[:2] for row in rows(client.get("/changes"))] == [["Olga Other", "Now covered by an agreement"]]


def test_of_a_participant_who_is_not_shown_any_more_only_the_name_and_the_old_status_are_told(
    ann: Client, changed: World
) -> None:
    changed.load([evolve(ONE, delivery_partner_id=SOUTH.id, updated_at=changed.now)])
    page = ann.get("/changes?since=2024-06-03&kind=left_view")
    assert rows(page) == [["=1+1", "No longer shown", "Training or eligible for training", ""]]
    assert kinds(page)[-1] == "No longer shown (1)"
    assert by_day(page) == {"No longer shown": ["=1+1"]}
    _, row = page.one("tbody").all("tr")
    assert not row.all("a")
    assert {cell.text for cell in row.all("td")[2:]} == {""}
    ann.get("/participants/p-4", 404)
    content = ann.http.get("/changes.csv?since=2024-06-03&kind=left_view").content.decode("utf-8-sig")
    assert content.splitlines()[1:] == ["No longer shown,,Training or eligible for training,'=1+1,,,,,,,,"]


def test_who_saw_a_participant_names_a_user_who_was_told_that_they_left(ann: Client, changed: World) -> None:
    changed.load([evolve(ONE, delivery_partner_id=SOUTH.id, updated_at=changed.now)])
    changed.pass_time(minutes=1)
    ann.get("/changes?since=2024-06-03&kind=left_view")
    seen = changed.services().trace.seen(ONE.participant_id, start=changed.now)
    assert [each.first.how for each in seen.possibly] == [SightingKind.CHANGES]


def test_the_csv_has_the_rows_of_the_page_with_what_changed(ann: Client) -> None:
    response = ann.http.get("/changes.csv?since=2024-06-03")
    assert (
        response.headers["content-disposition"]
        == 'attachment; filename="st-cuthberts-north-hub-changes-2024-06-07.csv"'
    )
    header, *lines = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    assert header[:4] == ["change", "changed_on", "previous_status", "full_name"]
    assert len(header) == 12
    assert {line[1] for line in lines} == {"2024-06-03"}
    assert [[line[3], line[0], line[2], line[-1]] for line in lines] == [
        [name, change, "" if before == "Not shown before" else before, now] for name, change, before, now in ALL
    ]


def test_a_body_sees_its_own_words(changed: World) -> None:
    bea = Client(changed)
    bea.sign_in(BEA)
    page = bea.get("/ects/changes?since=2024-06-03")
    assert rows(page) == [
        ["Ada <b>Bold</b>", "Status changed", "Induction confirmed", "Participant deferred"],
        ["Nia New", "New", "Not shown before", "Induction confirmed"],
        ["Siobhán O’Neill", "Moved away", "No induction", "Not linked to you"],
    ]
    content = bea.http.get("/ects/changes.csv?since=2024-06-03").content.decode("utf-8-sig")
    assert content.splitlines()[0] == (
        "change,changed_on,previous_status,full_name,trn,school_urn,status,induction_type,induction_tutor"
    )
    for hidden in ("Beacon", "person1@school.example", "Oak"):
        assert hidden not in content + page.text


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("since=yesterday", "since"),
        ("since=2024-02-30", "since"),
        ("since=2024-06-08", "since"),
        ("since=0001-01-01", "since"),
        ("since=0001-01-01T00:00:00%2B14:00", "since"),
        ("since=2024-06-03T10:00", "since"),
        ("kind=banana", ""),
        ("status=x", "status"),
    ],
)
@pytest.mark.parametrize("path", ["/changes", "/changes.csv"])
def test_what_is_not_understood_gives_no_changes(
    ann: Client, changed: World, path: str, words: str, field: str
) -> None:
    page = ann.get(f"{path}?query=a&{words}", 422)
    assert page.one("title").text.startswith("Error: ")
    if field:
        assert page.one("div", role="alert").one("a").attributes["href"] == f"#{field}"
    assert page.one("input", id="query").attributes["value"] == "a"
    if field == "since":
        assert page.one("input", id="since").attributes["type"] == "text"
        assert page.one("input", id="since").attributes["value"] == unquote(words.partition("=")[2])
    assert not page.all("table")
    assert not changed.audit(AuditKind.CHANGES_VIEWED)
    assert not changed.audit(AuditKind.DOWNLOADED)


def test_pages_of_changes_follow_each_other(ann: Client, changed: World) -> None:
    changed.load([a_record(number, f"Pat {number}") for number in range(1000, 1060)])
    page = ann.get("/changes?since=2024-06-03&kind=new&query=pat")
    second = ann.get(page.all("a", rel="next")[0].attributes["href"])
    assert [row[0] for row in (*rows(page), *rows(second))] == [f"Pat {number}" for number in range(1000, 1060)]
    ann.get("/changes?since=2024-06-03&kind=new&query=pat&page=3", 404)


def test_a_look_and_a_download_are_on_record_and_the_receipt_names_whom_it_told_of(ann: Client, changed: World) -> None:
    ann.get("/changes?since=2024-06-03&query=a&kind=new")
    (seen,) = changed.audit(AuditKind.CHANGES_VIEWED)
    assert seen.details["kind"] == "new"
    assert seen.details["since"] == "2024-06-03T00:00:00+01:00"
    assert (seen.details["searched"], seen.details["rows"]) == (True, 1)
    _ = ann.http.get("/changes.csv?since=2024-06-03").content
    (asked,) = changed.audit(AuditKind.DOWNLOADED)
    (sent,) = changed.audit(AuditKind.FILE_SENT)
    assert (asked.details["format"], asked.details["rows"], sent.details["rows"]) == ("changes", 3, 3)
    with changed.storage.reading() as work:
        receipt = work.receipts.of_file(str(sent.details["sha256"]))[0]
    assert receipt.participant_ids == ("p-1", "p-20", "p-2")


def test_the_history_of_a_participant_tells_what_was_shown_and_when(ann: Client) -> None:
    lines = [
        item.text for item in ann.get("/participants/p-1").one("ol", **{"class": "govuk-list app-history"}).all("ul")
    ]
    assert lines == [
        f"Status: from {ALL[0][2]} to Participant deferred {PAUSED}",
        "First shown, with the status Training or eligible for training",
    ]
    zoe = ann.get("/participants/p-3").text
    assert "3 June 2024 Full name: from Zoë Ünal to Zoë Kaya" in zoe
