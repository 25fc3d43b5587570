import re
from datetime import date
from typing import Any

import pytest
from attrs import evolve

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.training.facts import InductionStatus, TrainingStatus
from checkdata.domain.training.statuses import Status
from tests.integration.web.client import Client, page_of
from tests.integration.web.html import Element
from tests.integration.web.world import NORTHS_RULES, NOW, RECORDS, World, a_record

HEADINGS = [
    "Full name",
    "Email address",
    "TRN",
    "Role",
    "Lead provider",
    "School",
    "School unique reference number",
    "Academic year",
    "Status",
]
HEADINGS_OF_A_LIST = [*HEADINGS[:6], "URN", *HEADINGS[7:], "Since"]
WHOLE_WORDS = {
    "ECT": "Early career teacher",
    "Contacted": "Contacted for information",
    "DfE checking": "DfE checking eligibility",
    "Not eligible": "Not eligible for funded training",
    "Training or eligible": "Training or eligible for training",
    "Deferred": "Participant deferred",
    "No longer trained": "No longer being trained",
    "Completed": "Induction completed",
}
"""What a list says in short."""


def rows(page: Element) -> list[Element]:
    return list(page.one("tbody").all("tr"))


def names(page: Element) -> list[str]:
    return [row.one("th").text for row in rows(page)]


def values(row: Element) -> list[str]:
    """The values of a row in whole words, without hints."""
    *others, status, _ = row.all("td")
    texts = [row.one("th").text, *(cell.own_text() for cell in others), status.one("strong").text]
    return [WHOLE_WORDS.get(text, text) for text in texts]


def row_of(page: Element, name: str) -> Element:
    (found,) = [row for row in rows(page) if row.one("th").text == name]
    return found


def many(world: World, number: int) -> None:
    world.load([a_record(i, f"Pat {i:04d}") for i in range(1000, 1000 + number)])


def test_the_nine_things_stand_in_their_order(ann: Client) -> None:
    page = ann.get("/participants")
    assert [heading.text for heading in page.one("thead").all("th")] == HEADINGS_OF_A_LIST
    assert values(row_of(page, "Ada <b>Bold</b>")) == [
        "Ada <b>Bold</b>",
        "person1@school.example",
        "0000001",
        "Early career teacher",
        "Beacon Teaching",
        "Oak <Primary>",
        "100001",
        "2023",
        "Training or eligible for training",
    ]


def test_only_what_is_in_scope_is_there_in_the_order_of_the_folded_name(ann: Client) -> None:
    assert names(ann.get("/participants")) == ["=1+1", "Ada <b>Bold</b>", "Siobhán O’Neill", "Zoë Ünal"]


def test_nothing_else_about_a_participant_leaves(ann: Client) -> None:
    text = ann.http.get("/participants").text
    for hidden in ("1999", "5 April", "0000002", "r-1", "tutor@school.example", "Pennine"):
        assert hidden not in text


def test_blank_values_have_their_hints(ann: Client) -> None:
    page = ann.get("/participants")
    assert row_of(page, "Siobhán O’Neill").all("td")[1].text == "Not validated yet"
    assert row_of(page, "=1+1").all("td")[0].text == "Not given"
    lead = row_of(page, "Zoë Ünal").all("td")[3].text
    assert lead == "None confirmed, or school-led"
    below = "no DfE-funded training provider is confirmed, or the school delivers accredited materials itself"
    assert below in ann.get("/participants").one("main").text


def test_the_page_tells_narrow_screens_what_each_column_is_called_once(ann: Client) -> None:
    page = ann.get("/participants")
    told = re.findall(r'nth-last-child\((\d+)\)\{--heading:"([^"]*)"\}', page.one("style").text)
    assert [heading for _, heading in sorted(told, key=lambda at: -int(at[0]))] == HEADINGS_OF_A_LIST
    assert [len(row.all("td")) for row in rows(page)] == [len(HEADINGS)] * 4


def test_the_name_of_a_row_is_its_heading(ann: Client) -> None:
    assert rows(ann.get("/participants"))[0].one("th").attributes["scope"] == "row"


def test_the_table_is_in_a_labelled_frame_that_can_be_focused(ann: Client) -> None:
    page = ann.get("/participants")
    frame = page.one("div", role="region", tabindex="0")
    assert page.one("h2", id=frame.attributes["aria-labelledby"]).text == "4 participants found"


def test_the_status_has_its_colour_and_since_when(ann: Client) -> None:
    page = ann.get("/participants")
    status, since = row_of(page, "Siobhán O’Neill").all("td")[-2:]
    assert status.one("strong").attributes["class"] == "govuk-tag govuk-tag--yellow"
    assert (status.text, since.text) == ("DfE checkingNext: the school", "15 Jan 2024or earlier")


def test_a_status_that_changed_is_since_a_day(ann: Client, world: World) -> None:
    world.load([evolve(RECORDS[0], training_status=TrainingStatus.DEFERRED, updated_at=NOW)])
    status, since = row_of(ann.get("/participants"), "Ada <b>Bold</b>").all("td")[-2:]
    assert (status.text, since.text) == ("DeferredNext: the lead provider", "3 Jun 2024")


def test_a_completed_induction_has_its_date(ann: Client, world: World) -> None:
    completed: dict[str, Any] = {
        "induction_status": InductionStatus.COMPLETED,
        "induction_completed_on": date(2024, 4, 30),
    }
    world.load([evolve(RECORDS[0], updated_at=NOW, **completed)])
    status, since = row_of(ann.get("/participants"), "Ada <b>Bold</b>").all("td")[-2:]
    assert (status.text, since.text) == ("Completedon 30 April 2024", "3 Jun 2024")
    page = ann.get("/participants/p-1")
    assert "They have completed their induction. It was completed on 30 April 2024." in page.text


def test_a_list_leads_to_what_each_status_means(ann: Client) -> None:
    key = ann.get(ann.get("/participants").one("main").link("What the statuses mean")).one("main").one("dl")
    shorts, wholes = [tag.text for tag in key.all("strong")], [entry.own_text() for entry in key.all("dt")]
    assert [whole or short for whole, short in zip(wholes, shorts, strict=True)] == [status.label for status in Status]
    assert [WHOLE_WORDS.get(short, short) for short in shorts] == [status.label for status in Status]
    assert "Their training has ended. They may still be a mentor." in key.text


def test_the_page_says_whose_data_it_is_as_of_when_and_whom_to_ask(ann: Client) -> None:
    page = ann.get("/participants")
    assert "St Cuthbert’s & North Hub" in page.one("main").text
    assert "Data as of 15 January 2024 at 12:00pm" in page.text
    assert "You cannot change anything about a participant here. Ask your lead provider" in page.text


def test_pages_follow_each_other_without_a_gap(ann: Client, world: World) -> None:
    many(world, 120)
    found: list[str] = []
    page = ann.get("/participants?query=pat")
    while True:
        found += names(page)
        onward = page.all("a", rel="next")
        if not onward:
            break
        page = ann.get(onward[0].attributes["href"])
    assert found == [f"Pat {i:04d}" for i in range(1000, 1120)]
    assert page.one("h2", id="found").text == "120 participants found, showing 101 to 120"
    assert "page 3 of 3" in page.one("title").text


@pytest.mark.parametrize(("asked", "shown"), [("", 50), *((f"?per_page={size}", size) for size in (20, 50, 100))])
def test_a_page_has_as_many_rows_as_asked_for(ann: Client, world: World, asked: str, shown: int) -> None:
    many(world, 120)
    assert len(rows(ann.get(f"/participants{asked}"))) == shown


def test_the_number_of_rows_stays_through_pages_searches_and_filters(ann: Client, world: World) -> None:
    many(world, 120)
    page = ann.get("/participants?per_page=20&role=ect")
    assert "per_page=20" in page.all("a", rel="next")[0].attributes["href"]
    assert page.one("form", role="search").one("input", name="per_page").attributes["value"] == "20"
    assert "per_page=20" in page.link("Clear all")
    assert "per_page=50" in page.link("50 rows on a page")


@pytest.mark.parametrize("number", ["2", "0", "-1", "abc", "1.5", "٣", "9" * 5000])
def test_a_page_past_the_end_does_not_exist(ann: Client, number: str) -> None:
    ann.get(f"/participants?page={number}", 404)


def test_a_page_of_fifty_rows_is_small_enough_to_come_at_once(ann: Client, world: World) -> None:
    world.load([a_record(i, f"Maria Teresa de los Ángeles Fernández-Villaverde {i}") for i in range(1000, 1120)])
    path = "/participants?query=fernandez&role=ect&status=training_or_eligible_for_training&sort=since&page=2"
    response = ann.http.get(path)
    assert len(rows(page_of(response, world))) == 50
    assert len(response.content) <= 50_000


@pytest.mark.parametrize("size", ["0", "51", "-20", "abc", "1000000"])
def test_another_number_of_rows_is_not_understood(ann: Client, size: str) -> None:
    page = ann.get(f"/participants?per_page={size}", 422)
    assert page.one("div", role="alert").one("li").text == "Show 20, 50 or 100 on a page"
    assert not page.all("table")


def test_a_view_is_on_record_without_what_was_searched_for(ann: Client, world: World) -> None:
    ann.get("/participants?query=ada&role=ect")
    (event,) = world.audit(AuditKind.LIST_VIEWED)
    assert (event.organisation_id, event.details) == (
        "dp-north",
        {
            "role": "ect",
            "searched": True,
            "agreements": "ag-dp-north",
            "rules": NORTHS_RULES,
            "page": 1,
            "size": 50,
            "rows": 1,
            "found": 1,
        },
    )
