"""A search that finds nobody is helped, and tells nothing about people outside the user's scope (service rule 12)."""

import re

import pytest

from checkdata.domain.audit.events import AuditKind
from tests.integration.web.client import Client
from tests.integration.web.world import BEA, NORTHS_RULES, World, a_record

ASK_FIRST = "The school may not have registered them with you, or no agreement covers them: ask the school first."


def close_names(client: Client, search: str) -> list[str]:
    page = client.get(f"/participants?query={search}")
    lists = [item.text for item in page.all("li") if item.all("a") and ", " in item.text]
    return [text.partition(",")[0] for text in lists]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("Siobhan+ONeal", ["Siobhán O’Neill"]),
        ("Shiobhan+ONeill", ["Siobhán O’Neill"]),
        ("Zoe+Ynal", ["Zoë Ünal"]),
        ("Zoe+Unall", ["Zoë Ünal"]),
        ("ONneill", ["Siobhán O’Neill"]),
        ("Nobody+Known", []),
        ("9999999", []),
        ("x@y.example", []),
    ],
)
def test_a_name_that_is_not_found_shows_own_participants_with_close_ones(
    ann: Client, search: str, found: list[str]
) -> None:
    assert close_names(ann, search) == found
    assert ASK_FIRST in ann.get(f"/participants?query={search}").text


def test_a_close_name_leads_to_the_participants_page_and_is_on_record_without_what_was_typed(
    ann: Client, world: World
) -> None:
    page = ann.get("/participants?query=Zoe+Ynal&status=checking_qts")
    empty, close = world.audit(AuditKind.LIST_VIEWED)
    assert empty.details["rows"] == 0
    assert close.details == {
        "searched": True,
        "agreements": "ag-dp-north",
        "rules": NORTHS_RULES,
        "page": 1,
        "size": 1,
        "rows": 1,
    }
    link = next(link for link in page.all("a") if link.text == "Zoë Ünal")
    assert ann.get(link.attributes["href"]).one("h1").text == "Zoë Ünal"


def test_no_more_than_five_are_shown(ann: Client, world: World) -> None:
    world.load([a_record(number, f"Patricia Smith{'abcdefghijkl'[number - 1000]}") for number in range(1000, 1012)])
    assert 1 <= len(close_names(ann, "Patrizia+Smithz")) <= 5


def test_what_is_found_needs_no_help(ann: Client, world: World) -> None:
    assert ASK_FIRST not in ann.get("/participants?query=Ada").text
    assert ASK_FIRST not in ann.get("/participants?role=mentor&status=checking_qts").text
    assert len(world.audit(AuditKind.LIST_VIEWED)) == 2


def test_the_numbers_of_a_list_that_are_not_found_are_named(ann: Client) -> None:
    page = ann.get("/participants?query=0000001+7654321+0000004+23456")
    assert "2 participants found" in page.text
    assert "2 numbers not found" in page.text
    assert page.one("p", **{"class": "govuk-body app-missing"}).text == "7654321, 0023456"
    assert ASK_FIRST in page.text
    assert "not found" not in ann.get("/participants?query=0000001+0000004").text


def test_a_list_that_is_on_several_pages_is_looked_through_whole(ann: Client, world: World) -> None:
    world.load([a_record(number, f"Pat {number}") for number in range(1000, 1120)])
    numbers = "+".join(f"{number:07}" for number in range(1000, 1120))
    page = ann.get(f"/participants?query={numbers}+7654321&per_page=20")
    assert page.one("p", **{"class": "govuk-body app-missing"}).text == "7654321"


def test_a_schools_urn_on_a_list_is_found_where_the_school_is(ann: Client) -> None:
    assert "not found" not in ann.get("/participants?query=100001+0000001").text


def without_what_was_typed(client: Client, search: str) -> str:
    html = client.http.get(f"/participants?query={search}").text
    html = re.sub(r'nonce="[^"]*"|nonce-[\w-]+|value="[^"]{40,}"', "", html)
    return html.replace(search, "TYPED").replace(search.replace("+", " "), "TYPED")


@pytest.mark.parametrize(
    ("elsewhere", "nobody"),
    [("0000005", "0000009"), ("Sid+South", "Kid+Mouth"), ("person5@school.example", "person9@school.example")],
)
def test_a_person_of_another_partner_and_one_who_does_not_exist_get_the_same_bytes(
    ann: Client, elsewhere: str, nobody: str
) -> None:
    assert without_what_was_typed(ann, elsewhere) == without_what_was_typed(ann, nobody)
    assert "Sid South" not in without_what_was_typed(ann, "Sid+Sout")


def test_lists_with_a_person_of_another_partner_and_with_nobody_get_the_same_bytes(ann: Client) -> None:
    lists = [(trn, f"{trn}+0000001") for trn in ("0000005", "0000009")]
    elsewhere, nobody = (without_what_was_typed(ann, typed).replace(trn, "TRN") for trn, typed in lists)
    assert elsewhere == nobody


def test_a_body_is_helped_among_its_own(client: Client) -> None:
    client.sign_in(BEA)
    page = client.get("/ects?query=Siobhan+ONeal")
    assert ASK_FIRST in page.text
    (link,) = (link for link in page.all("a") if link.text == "Siobhán O’Neill")
    assert client.get(link.attributes["href"]).one("h1").text == "Siobhán O’Neill"
