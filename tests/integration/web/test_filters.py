from datetime import date

import pytest
from attrs import evolve

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.people.organisations import Agreement
from checkdata.domain.training.statuses import ACTIVE, Status
from tests.integration.web.client import Client
from tests.integration.web.html import Element
from tests.integration.web.test_listing import names
from tests.integration.web.world import NORTH, NOW, OTHER_LEAD, RECORDS, REFERENCES, World


def options(page: Element, name: str) -> dict[str, str]:
    """The text of each value of a filter."""
    labels = {label.attributes["for"]: label.text for label in page.all("label")}
    return {
        box.attributes["value"]: labels[box.attributes["id"]] for box in page.all("input", type="checkbox", name=name)
    }


def ticked(page: Element) -> list[str]:
    """The values of filters that are chosen."""
    return [box.attributes["value"] for box in page.all("input", type="checkbox") if "checked" in box.attributes]


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
    assert options(page, "role") == {"ect": "Early career teacher (3)", "mentor": "Mentor (1)"}
    assert options(page, "academic_year") == {"2023": "2023 (3)", "2022": "2022 (1)"}
    assert list(options(page, "status")) == [*(status.value for status in Status)]
    assert options(page, "status")["dfe_checking_eligibility"] == "DfE checking eligibility (1)"


def test_counts_are_of_what_the_other_filters_leave(ann: Client) -> None:
    page = ann.get("/participants?role=mentor")
    assert options(page, "academic_year") == {"2023": "2023 (1)", "2022": "2022 (0)"}
    assert options(page, "role") == {"ect": "Early career teacher (3)", "mentor": "Mentor (1)"}


@pytest.mark.parametrize("searched", ["query=ada", "query=a", "query=0000001+0000004", "query=nobody"])
@pytest.mark.parametrize("filtered", ["", "&role=ect", "&academic_year=2022&next=school", "&status=checking_qts"])
def test_each_choice_tells_how_many_would_be_found_by_the_search_and_it(
    ann: Client, searched: str, filtered: str
) -> None:
    page = ann.get(f"/participants?{searched}{filtered}")
    for name in ("role", "academic_year", "status", "next"):
        others = "".join(f"&{word}" for word in filtered.split("&") if word and not word.startswith(f"{name}="))
        for value, text in options(page, name).items():
            found = ann.get(f"/participants?{searched}{others}&{name}={value}").one("h2", id="found").text
            assert text.endswith(f" ({found.split()[0]})")


def test_a_search_offers_all_that_may_be_chosen_without_it(ann: Client) -> None:
    assert options(ann.get("/participants?query=ada"), "academic_year") == {"2023": "2023 (1)", "2022": "2022 (0)"}


def test_where_a_filter_is_not_understood_a_search_shows_no_counts_that_know_nothing_of_it(ann: Client) -> None:
    assert options(ann.get("/participants?query=ada&next=banana", 422), "role")["ect"] == "Early career teacher"
    assert options(ann.get("/participants?next=banana", 422), "role")["ect"] == "Early career teacher (3)"


def test_what_was_asked_for_stays_in_the_form(ann: Client) -> None:
    page = ann.get("/participants?query=O%27Neill+%3Cb%3E&role=ect&academic_year=2022&status=checking_qts")
    assert page.one("input", id="query").attributes["value"] == "O'Neill <b>"
    assert ticked(page) == ["ect", "2022", "checking_qts"]


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


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("role=ect&role=mentor", 4),
        ("academic_year=2022&academic_year=2023", 4),
        ("status=training_or_eligible_for_training&status=dfe_checking_eligibility&role=mentor", 1),
        ("status=dfe_checking_eligibility&status=dfe_checking_eligibility", 1),
        ("next=school&next=&next=lead_provider", 1),
        ("next=school&next=nobody&query=ada", 1),
    ],
)
@pytest.mark.parametrize("path", ["/participants", "/participants.csv", "/downloads", "/participants.xlsx"])
def test_rows_with_any_of_the_values_of_a_filter_are_found(ann: Client, path: str, words: str, found: int) -> None:
    number = f"{found} participant{'' if found == 1 else 's'}"
    if path.endswith(("csv", "xlsx")):
        assert ann.http.get(f"{path}?{words}").status_code == 200
        assert len(ann.http.get(f"/participants.csv?{words}").content.splitlines()) == found + 1
    else:
        assert number in ann.get(f"{path}?{words}").text


def test_each_value_is_taken_away_by_itself_and_links_have_one_order(ann: Client) -> None:
    page = ann.get("/participants?status=participant_deferred&query=a&status=checking_qts&role=mentor&role=ect")
    assert in_words(page) == [
        "Search: a",
        "Role: Early career teacher",
        "Role: Mentor",
        "Status: Checking QTS",
        "Status: Participant deferred",
    ]
    assert ticked(page) == ["ect", "mentor", "checking_qts", "participant_deferred"]
    assert page.one("summary").text == "Filters (4 on)"
    left = page.link("Remove status: Checking QTS")
    assert left.startswith("/participants?query=a&role=ect&role=mentor&status=participant_deferred&")
    assert in_words(ann.get(left))[3:] == ["Status: Participant deferred"]


def test_what_is_ticked_is_asked_for_also_where_the_form_is_posted(ann: Client) -> None:
    page = ann.get("/participants")
    token = page.one("form", action="/participants").all("input")[0].attributes["value"]
    form = {"content-type": "application/x-www-form-urlencoded"}
    sent = ann.http.post("/participants", content=f"csrf_token={token}&query=&role=mentor&role=ect", headers=form)
    assert sent.headers["location"].startswith("/participants?role=ect&role=mentor&")


def test_the_record_of_a_view_has_all_values(ann: Client, world: World) -> None:
    ann.get("/participants?status=participant_deferred&status=checking_qts")
    [seen] = world.audit(AuditKind.LIST_VIEWED)
    assert seen.details["status"] == "checking_qts participant_deferred"


def test_one_link_leads_to_the_active_participants(ann: Client) -> None:
    page = ann.get(
        ann.get("/participants?query=a&status=training_or_eligible_for_training").link("Active participants")
    )
    assert ticked(page) == [status.value for status in ACTIVE]
    assert in_words(page)[0] == "Search: a"
    assert not [link for link in page.all("a") if link.text == "Active participants"]


def test_a_lead_provider_is_a_filter_by_its_name_where_there_are_several(ann: Client, world: World) -> None:
    assert not options(ann.get("/participants"), "lead_provider")
    ann.get(f"/participants?lead_provider={OTHER_LEAD.id}", 422)
    other = evolve(RECORDS[0], lead_provider_id=OTHER_LEAD.id, updated_at=NOW)
    agreement = Agreement(
        id="ag-2", lead_provider_id=OTHER_LEAD.id, delivery_partner_id=NORTH.id, starts_on=date(2021, 9, 1)
    )
    references = evolve(REFERENCES, agreements=[*(REFERENCES.agreements or ()), agreement])
    for records in (RECORDS, [other, *RECORDS[1:]]):
        world.load(records, references)
    page = ann.get("/participants")
    assert set(options(page, "lead_provider").values()) >= {"Larkfield (1)"}
    for path in ("/participants", "/changes", "/downloads"):
        assert "Lead provider: Larkfield" in ann.get(f"{path}?lead_provider={OTHER_LEAD.id}").text
    assert names(ann.get(f"/participants?lead_provider={OTHER_LEAD.id}")) == ["Ada <b>Bold</b>"]
    assert ticked(ann.get(f"/participants?lead_provider={OTHER_LEAD.id}&query=ada")) == [OTHER_LEAD.id]
    page = ann.get("/participants?lead_provider=lp-secret", 422)
    assert "Select a lead provider from the list" in page.text


def test_nothing_found_says_what_the_agreements_cover(ann: Client, world: World) -> None:
    ends = Agreement(
        id="ag-2",
        lead_provider_id=OTHER_LEAD.id,
        delivery_partner_id=NORTH.id,
        starts_on=date(2021, 9, 1),
        ends_on=date(2024, 8, 31),
        first_academic_year=2021,
        last_academic_year=2022,
        covers_unconfirmed=False,
    )
    world.load(RECORDS, evolve(REFERENCES, agreements=[*(REFERENCES.agreements or ()), ends]))
    page = ann.get("/participants?query=nobody")
    assert "What you may see here" in [heading.text for heading in page.all("h2")]
    beacon, larkfield = (item.text for item in page.all("li") if "The agreement" in item.text)
    assert beacon.startswith("Beacon Teaching: all academic years, and participants of these years without a confirmed")
    assert beacon.endswith(". The agreement has no end date.")
    assert larkfield == "Larkfield: academic years 2021 to 2022. The agreement ends on 31 August 2024."
    assert "What you may see here" not in ann.get("/participants").text


@pytest.mark.parametrize("word", ["query=a", "page=1", "per_page=20", "sort=name", "direction=ascending", "acting=a"])
def test_any_other_word_that_is_repeated_is_refused(ann: Client, word: str) -> None:
    ann.get(f"/participants?{word}&{word}", 400)


def test_a_year_in_which_no_participant_began_stays_in_the_form(ann: Client) -> None:
    page = ann.get("/participants?academic_year=2050")
    assert ticked(page) == ["2050"]
    assert options(page, "academic_year")["2050"] == "2050 (0)"


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
    assert ticked(page) == ["ect", "2022"]
