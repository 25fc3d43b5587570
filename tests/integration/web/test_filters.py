import pytest

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.training.statuses import Status
from tests.integration.web.client import Client
from tests.integration.web.html import Element
from tests.integration.web.test_listing import names
from tests.integration.web.world import World


def options(page: Element, name: str) -> dict[str, str]:
    return {option.attributes["value"]: option.text for option in page.one("select", id=name).all("option")}


def in_words(page: Element) -> list[str]:
    lists = page.all("ul", **{"aria-label": "Search and filters that are on"})
    return [item.all("span")[0].text for item in lists[0].all("li")[:-1]] if lists else []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("query=oneill", ["Siobhán O’Neill"]),
        ("query=zoe", ["Zoë Ünal"]),
        ("query=st+mary", ["Zoë Ünal"]),
        ("query=00/00004", ["=1+1"]),
        ("query=0000001+0000004", ["=1+1", "Ada <b>Bold</b>"]),
        ("query=0000002", []),
        ("query=%25", []),
        ("query=_", []),
        ("query=sid", []),
        ("role=mentor", ["Zoë Ünal"]),
        ("academic_year=2022", ["Siobhán O’Neill"]),
        ("status=dfe_checking_eligibility", ["Siobhán O’Neill"]),
        ("next=school", ["Siobhán O’Neill"]),
        ("next=lead_provider", []),
        ("next=school&query=zoe", []),
        ("role=ect&academic_year=2023&query=ada", ["Ada <b>Bold</b>"]),
        (
            "query=&role=&academic_year=&status=&page=&per_page=",
            ["=1+1", "Ada <b>Bold</b>", "Siobhán O’Neill", "Zoë Ünal"],
        ),
    ],
)
def test_search_and_filters_narrow_together(ann: Client, words: str, found: list[str]) -> None:
    page = ann.get(f"/participants?{words}")
    assert (names(page) if page.all("tbody") else []) == found
    number = f"{len(found)} participant{'' if len(found) == 1 else 's'} found"
    assert page.one("h2", id="found").text == number


def test_options_tell_how_many_there_are(ann: Client) -> None:
    page = ann.get("/participants")
    assert options(page, "role") == {"": "All", "ect": "Early career teacher (3)", "mentor": "Mentor (1)"}
    assert options(page, "academic_year") == {"": "All", "2023": "2023 (3)", "2022": "2022 (1)"}
    assert list(options(page, "status")) == ["", *(status.value for status in Status)]
    assert options(page, "status")["dfe_checking_eligibility"] == "DfE checking eligibility (1)"


def test_counts_are_of_what_the_other_filters_leave(ann: Client) -> None:
    page = ann.get("/participants?role=mentor")
    assert options(page, "academic_year") == {"": "All", "2023": "2023 (1)", "2022": "2022 (0)"}
    assert options(page, "role") == {"": "All", "ect": "Early career teacher (3)", "mentor": "Mentor (1)"}


def test_a_search_shows_no_counts_that_know_nothing_of_it(ann: Client) -> None:
    assert options(ann.get("/participants?query=ada"), "role")["ect"] == "Early career teacher"


def test_what_was_asked_for_stays_in_the_form(ann: Client) -> None:
    page = ann.get("/participants?query=O%27Neill+%3Cb%3E&role=ect&academic_year=2022&status=checking_qts")
    assert page.one("input", id="query").attributes["value"] == "O'Neill <b>"
    chosen = [option.attributes["value"] for option in page.all("option") if "selected" in option.attributes]
    assert chosen == ["ect", "2022", "checking_qts", ""]


def test_filters_are_told_in_words_each_with_a_link_that_takes_it_away(ann: Client) -> None:
    page = ann.get("/participants?query=a&role=ect&academic_year=2023&status=training_or_eligible_for_training")
    assert in_words(page) == [
        "Search: a",
        "Role: Early career teacher",
        "Academic year: 2023",
        "Status: Training or eligible for training",
    ]
    page = ann.get(page.link("Remove search: a"))
    page = ann.get(page.link("Remove status: Training or eligible for training"))
    assert in_words(page) == ["Role: Early career teacher", "Academic year: 2023"]
    assert not in_words(ann.get(page.link("Clear all")))


def test_a_year_in_which_no_participant_began_stays_in_the_form(ann: Client) -> None:
    page = ann.get("/participants?academic_year=2050")
    assert [o.text for o in page.one("select", id="academic_year").all("option") if "selected" in o.attributes] == [
        "2050 (0)"
    ]


def test_nothing_found_says_what_to_do(ann: Client) -> None:
    page = ann.get("/participants?query=nobody&role=ect")
    assert "No participants match your search and filters" in page.text
    assert len(names(ann.get(page.link("clear the search and all filters")))) == 4
    assert not page.all("table")


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("role=banana", "role"),
        ("academic_year=23", "academic_year"),
        ("academic_year=2023%27", "academic_year"),
        ("status=Checking+QTS", "status"),
        ("query=%2D%2D", "query"),
        (f"query={'x' * 201}", "query"),
        (f"query={'%F0%9F%98%80' * 201}", "query"),
    ],
)
@pytest.mark.parametrize("path", ["/participants", "/participants.csv"])
def test_what_is_not_understood_gives_no_rows(ann: Client, world: World, path: str, words: str, field: str) -> None:
    page = ann.get(f"{path}?{words}", 422)
    assert page.one("title").text.startswith("Error: ")
    assert page.one("div", role="alert").one("a").attributes["href"] == f"#{field}"
    assert page.one("p", id=f"{field}-error").text.startswith("Error: ")
    assert "Ada" not in page.text
    assert not world.audit(AuditKind.LIST_VIEWED)
    assert not world.audit(AuditKind.DOWNLOADED)


def test_it_keeps_what_was_typed(ann: Client) -> None:
    page = ann.get(f"/participants?query={'x' * 201}&role=ect&academic_year=2022", 422)
    assert page.one("input", id="query").attributes["value"] == "x" * 201
    assert page.link("Search must be 200 characters or fewer") == "#query"
    chosen = [option.attributes["value"] for option in page.all("option") if "selected" in option.attributes]
    assert chosen == ["ect", "2022", "", ""]
