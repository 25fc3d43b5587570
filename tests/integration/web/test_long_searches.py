"""A list of TRNs that is too long for an address is posted, and sealed in every address that follows (rule 12)."""

import json
from urllib.parse import parse_qs, quote_plus, urlsplit

import pytest

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.listing.searches import LONGEST_SEARCH, MOST_NUMBERS
from tests.integration.web.client import Client, location
from tests.integration.web.html import Element
from tests.integration.web.test_filters import in_words, ticked
from tests.integration.web.test_listing import names
from tests.integration.web.world import ANN, CAT, World

ALL = [f"{number:07d}" for number in range(1, MOST_NUMBERS + 1)]
LIST = "\r\n".join(ALL)
FOUND = ["=1+1", "Ada <b>Bold</b>"]
"""The participants of the north whose TRN is shown, but for Zoë of another school."""


def posted(client: Client, path: str = "/participants", **typed: str) -> str:
    """Where a search leads that was posted."""
    return location(client.submit(client.get(path), path, 303, **typed))


def links(page: Element) -> list[str]:
    return [link.attributes["href"] for link in page.all("a") if "list=" in link.attributes["href"]]


@pytest.mark.parametrize("path", ["/participants", "/changes"])
def test_a_posted_list_of_1000_trns_leads_to_an_address_that_finds_each_and_names_none(ann: Client, path: str) -> None:
    place = posted(ann, path, query=LIST, since="2024-01-01")
    assert not [trn for trn in ALL if trn in place]
    assert len(place) < 4000
    page = ann.get(place)
    assert "Search: 1,000 TRNs" in in_words(page)
    found = [name.text for name in page.one("tbody").all("th", scope="row")]
    assert sorted(found) == sorted([*FOUND, "Zoë Ünal"])


def test_a_list_that_was_posted_is_sorted_paged_cleared_and_downloaded_like_any_search(ann: Client) -> None:
    page = ann.get(posted(ann, query=LIST, per_page="20"))
    down = ann.get(page.link("Full name"))
    assert names(down) == names(page)[::-1]
    assert len(ann.get(down.link("100 rows on a page")).one("tbody").all("tr")) == 3
    csv = ann.http.get(page.link("Download all 3 participants as CSV")).text
    assert [line.split(",")[2] for line in csv.splitlines()[1:]] == ["0000004", "0000001", "0000003"]
    offered = ann.get(page.link("Other downloads"))
    assert "Search: 1,000 TRNs" in offered.text
    assert ann.http.get(offered.link("Download Excel workbook (3 participants)")).content.startswith(b"PK")
    own = ann.get(next(link for link in links(page) if "/participants/p-" in link))
    assert names(ann.get(own.link("Back to participants"))) == names(page)
    assert len(names(ann.get(page.link("Remove search: 1,000 TRNs")))) == 4


def test_a_list_keeps_the_filters_and_words_beside_it_and_each_number_as_it_was_typed(ann: Client) -> None:
    numbers = " ".join(ALL[:900])
    page = ann.get(posted(ann, query=f"Zoë-Ann 100002 {numbers}", role="mentor"))
    typed = page.one("input", id="query").attributes["value"].split(" ")
    assert typed == ["Zoë-Ann", "100002", *ALL[:900]]
    assert in_words(page) == ["Search: 901 TRNs", "Role: Mentor"]
    assert names(ann.get(posted(ann, query=f"ada {numbers}"))) == ["Ada <b>Bold</b>"]
    others = numbers.replace("0000003 ", "")
    assert names(ann.get(posted(ann, query=others))) == FOUND
    assert names(ann.get(posted(ann, query=f"{others} 100002"))) == [*FOUND, "Zoë Ünal"]


def test_a_short_search_that_is_posted_goes_into_the_address_as_it_was_typed(ann: Client) -> None:
    place = posted(ann, query="ada", role="ect", academic_year="")
    assert parse_qs(urlsplit(place).query) == {
        "query": ["ada"],
        "role": ["ect"],
        "acting": ["delivery_partner:dp-north"],
    }
    place = posted(ann, "/changes", query="ada", since="2024-01-02", kind="")
    assert parse_qs(urlsplit(place).query)["since"] == ["2024-01-02"]


def test_a_long_search_in_an_address_is_answered_and_every_link_on_its_page_is_sealed(ann: Client) -> None:
    numbers = ALL[:100]
    page = ann.get(f"/participants?query={quote_plus(' '.join(numbers))}")
    assert len(names(page)) == 3
    assert links(page)
    shown = [link.attributes["href"] for link in page.all("a")]
    assert not [link for link in shown for trn in numbers if f"={trn}" in link or f"+{trn}" in link]


def test_the_address_of_a_list_opens_for_its_user_in_every_session_and_for_no_other(world: World) -> None:
    ann, cat = Client(world), Client(world)
    ann.sign_in(ANN)
    place = posted(ann, query=LIST)
    again = Client(world)
    again.sign_in(ANN)
    assert len(names(again.get(place))) == 3
    cat.sign_in(CAT)
    cat.choose("delivery_partner", "dp-north")
    page = cat.get(place, 422)
    assert "This link to a list of TRNs does not work for you" in page.text
    assert not page.all("tbody")


@pytest.mark.parametrize("broken", ["list=x", "list=gAAAAA", "list={sealed}x", "list={sealed}&query=ada"])
@pytest.mark.parametrize("path", ["/participants", "/participants.csv", "/changes"])
def test_a_list_that_cannot_be_opened_finds_nobody(ann: Client, broken: str, path: str) -> None:
    sealed = parse_qs(urlsplit(posted(ann, query=LIST)).query)["list"][0]
    page = ann.get(f"{path}?{broken.format(sealed=sealed)}", 422)
    assert page.one("p", id="query-error").text
    assert not page.all("tbody")


@pytest.mark.parametrize("typed", ["x" * 201, f"{LIST} 1234567", "-"])
@pytest.mark.parametrize("path", ["/participants", "/changes"])
def test_a_posted_search_that_is_not_understood_gives_no_rows_and_keeps_what_was_typed(
    ann: Client, path: str, typed: str
) -> None:
    page = ann.submitted(ann.get(path), path, 422, query=typed, role="ect")
    assert page.one("p", id="query-error").text.startswith("Error: Search") or typed == "-"
    assert page.one("input", id="query").attributes["value"].split() == typed.split()
    assert "ect" in ticked(page)
    assert not page.all("tbody")


def test_a_search_is_posted_under_the_rules_of_every_form(ann: Client) -> None:
    page = ann.get("/participants")
    ann.submit(page, "/participants", 403, query="ada", csrf_token="another")  # noqa: S106 - of a form
    ann.submit(page, "/participants", 404, query="ada", acting="delivery_partner:dp-south")
    token = page.one("form", action="/participants").all("input")[0].attributes["value"]
    repeated = f"csrf_token={token}&query=a&query=b"
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert ann.http.post("/participants", content=repeated, headers=form).status_code == 400
    ann.post("/participants", {"csrf_token": token, "query": "1" * 70_000}, 413)


def test_a_list_is_recorded_as_a_search_and_never_by_what_was_searched_for(
    ann: Client, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    ann.get(posted(ann, query=LIST))
    seen = world.audit(AuditKind.LIST_VIEWED)
    assert seen[-1].details["searched"] is True
    assert "list" not in seen[-1].details
    told = json.dumps([[event.details for event in seen], [str(vars(record)) for record in caplog.records]])
    assert not [trn for trn in ALL if trn in told]


def test_posting_a_search_shows_and_records_nothing(ann: Client, world: World) -> None:
    ann.get("/participants")
    before = len(world.audit(AuditKind.LIST_VIEWED))
    ann.submit(ann.get("/participants"), "/participants", 303, query="ada")
    assert len(world.audit(AuditKind.LIST_VIEWED)) == before + 1


def test_an_address_holds_no_text_that_is_longer_than_before(ann: Client) -> None:
    for length in (LONGEST_SEARCH, LONGEST_SEARCH + 1):
        text = " ".join(ALL)[:length].strip() + "1" * (length - len(" ".join(ALL)[:length].strip()))
        place = posted(ann, query=text)
        assert ("list=" in place) == (length > LONGEST_SEARCH)
