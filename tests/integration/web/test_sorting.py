"""Headings sort a list by plain links; the address says how, and pages, downloads and searches keep to it."""

from urllib.parse import parse_qs, urlsplit

import pytest

from checkdata.domain.audit.events import AuditKind
from tests.integration.web.client import Client, fields_of
from tests.integration.web.html import Element
from tests.integration.web.test_listing import many, names
from tests.integration.web.world import BEA, World

BY_NAME = ["=1+1", "Ada <b>Bold</b>", "Siobhán O’Neill", "Zoë Ünal"]


def sorted_by(page: Element) -> dict[str, str]:
    """The headings that say they are sorted, and how."""
    headings = page.one("thead").all("th")
    return {heading.text: heading.attributes["aria-sort"] for heading in headings if "aria-sort" in heading.attributes}


def downloaded(client: Client, path: str) -> list[str]:
    return [line.split(",")[0] for line in client.http.get(path).content.decode("utf-8-sig").splitlines()[1:]]


def test_a_list_begins_by_name_and_says_so(ann: Client) -> None:
    page = ann.get("/participants")
    assert names(page) == BY_NAME
    assert sorted_by(page) == {"Full name": "ascending"}


def test_a_heading_sorts_and_once_more_turns_the_order_round(ann: Client) -> None:
    page = ann.get("/participants?role=ect&per_page=20")
    page = ann.get(page.link("Academic year"))
    assert names(page) == ["Siobhán O’Neill", "=1+1", "Ada <b>Bold</b>"]
    assert sorted_by(page) == {"Academic year": "ascending"}
    link = page.link("Academic year")
    words = parse_qs(urlsplit(link).query)
    assert {name: words[name] for name in ("sort", "direction", "role", "per_page")} == {
        "sort": ["academic_year"],
        "direction": ["descending"],
        "role": ["ect"],
        "per_page": ["20"],
    }
    page = ann.get(link)
    assert names(page) == ["=1+1", "Ada <b>Bold</b>", "Siobhán O’Neill"]
    assert sorted_by(page) == {"Academic year": "descending"}
    assert "direction" not in page.link("Academic year")


@pytest.mark.parametrize(
    ("heading", "first"),
    [("Full name", "Zoë Ünal"), ("School", "=1+1"), ("Status", "Siobhán O’Neill"), ("Since", "=1+1")],
)
def test_each_of_the_five_orders_has_its_link(ann: Client, heading: str, first: str) -> None:
    assert names(ann.get(ann.get("/participants").link(heading)))[0] == first


@pytest.mark.parametrize("sort", ["name", "school", "academic_year", "status", "since"])
@pytest.mark.parametrize("direction", ["ascending", "descending"])
def test_a_download_is_sorted_as_its_page(ann: Client, sort: str, direction: str) -> None:
    words = f"query=o&sort={sort}&direction={direction}"
    page = ann.get(f"/participants?{words}")
    assert downloaded(ann, f"/participants.csv?{words}") == [name.replace("=1+1", "'=1+1") for name in names(page)]
    assert page.link("Download all 4 participants as CSV").count("sort=") == (sort != "name")


def test_the_order_stays_through_pages_searches_and_filters(ann: Client, world: World) -> None:
    many(world, 60)
    page = ann.get("/participants?direction=descending&role=ect")
    second = ann.get(page.all("a", rel="next")[0].attributes["href"])
    shown = [name.replace("=1+1", "'=1+1") for name in (*names(page), *names(second))]
    assert shown == downloaded(ann, "/participants.csv?direction=descending&role=ect")
    assert fields_of(page.one("form", role="search"))["direction"] == "descending"
    assert "direction=descending" in page.link("Remove role: Early career teacher")
    assert "direction=descending" in page.link("Clear all")


@pytest.mark.parametrize("words", ["sort=trn", "sort=email", "sort=NAME", "direction=up", "sort=name&direction=1"])
@pytest.mark.parametrize("path", ["/participants", "/participants.csv"])
def test_an_order_that_is_none_is_not_understood(ann: Client, world: World, path: str, words: str) -> None:
    page = ann.get(f"{path}?{words}", 422)
    assert "from the list" in page.one("div", role="alert").one("li").text
    assert not page.all("table")
    assert not world.audit(AuditKind.DOWNLOADED)


def test_the_record_tells_in_which_order_a_page_was(ann: Client, world: World) -> None:
    ann.get("/participants?sort=since&direction=descending")
    (event,) = world.audit(AuditKind.LIST_VIEWED)
    assert (event.details["sort"], event.details["direction"]) == ("since", "descending")


def test_a_body_sorts_by_what_it_sees(client: Client) -> None:
    client.sign_in(BEA)
    page = client.get("/ects")
    sortable = [heading.text for heading in page.one("thead").all("th") if heading.all("a")]
    assert sortable == ["Full name", "URN", "Status", "Since"]
    assert names(client.get(page.link("Status"))) == ["Siobhán O’Neill", "=1+1", "Ada <b>Bold</b>"]
