"""What is drawn by hand to be quick is, word for word, what the plain way draws."""

import re
from collections.abc import Mapping
from html import escape

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from checkdata.domain.access.decision import Acting
from checkdata.domain.listing.columns import ParticipantColumn, columns_for
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner, Organisation, Role
from checkdata.domain.typed_text import displayed
from checkdata.domain.values import UserId
from checkdata.entrypoints.web.presentation.listing_areas import OrganisationArea
from checkdata.entrypoints.web.presentation.listing_table import HINTS, rows_as_html
from checkdata.entrypoints.web.presentation.pagination import pagination
from checkdata.entrypoints.web.templating import templates
from tests.contracts.listings import ROWS

IMPORT_BOTH = (
    '{% import "lists.html" as lists with context %}'
    '{% from "govuk_frontend_jinja/components/pagination/macro.html" import govukPagination %}'
    '{% from "govuk_frontend_jinja/components/input/macro.html" import govukInput %}'
)
SINCE = re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4}(<small>or earlier</small>)?$")
OURS = [DeliveryPartner("north", "North"), AppropriateBody("borough", "Borough")]


def tokens(html: str) -> list[str]:
    """Tags with their attributes in any order of classes, and words."""
    found = re.findall(r"<[^>]+>|[^<\s]+", html)
    return [re.sub(r"\s+", " ", part) for part in found]


def drawn(source: str, context: Mapping[str, object]) -> list[str]:
    return tokens(templates().from_string(IMPORT_BOTH + source).render({"errors": {}, **context}))


@pytest.mark.parametrize("where", [(1, 2), (2, 2), (1, 9), (5, 9), (9, 9), (2, 3), (300, 600)])
def test_links_to_pages_are_those_of_the_design_system(where: tuple[int, int]) -> None:
    pages = pagination(*where, lambda number: f"/participants?query=a&page={number}")
    by_hand = drawn("{{ lists.page_links(pages) }}", {"pages": pages})
    assert by_hand == drawn("{{ govukPagination(pages) }}", {"pages": pages})
    assert by_hand


@pytest.mark.parametrize("value", ["", 'o\'neill <b> & "co"'])
@pytest.mark.parametrize("errors", [{}, {"query": "Search must be <200> characters"}])
def test_the_field_of_a_search_is_that_of_the_design_system(value: str, errors: Mapping[str, str]) -> None:
    options = {
        "id": "query",
        "name": "query",
        "type": "search",
        "label": {"text": "Search"},
        "hint": {"text": "Any word"},
        "value": value,
        "formGroup": {"classes": "app-search__text"},
        **({"errorMessage": {"text": errors["query"]}} if errors else {}),
    }
    context = {"errors": errors, "options": options, "value": value}
    by_hand = drawn("{{ lists.search_input('Search', 'Any word', value) }}", context)
    theirs = drawn("{{ govukInput(options) }}", context)
    assert sorted(" ".join(by_hand).split()) == sorted(" ".join(theirs).replace(' value=""', ' value=""').split())


@pytest.mark.parametrize("organisation", OURS)
@given(data=st.data())
def test_each_cell_of_the_table_is_its_own_text_escaped(organisation: Organisation, data: st.DataObject) -> None:
    texts = st.text(max_size=8) | st.sampled_from(["", "a@b", "<i>", "%s", "\x1f", "&amp;", "'\""])
    rows = [
        evolve(row, full_name=data.draw(texts), email=data.draw(texts), school=data.draw(texts), trn=data.draw(texts))
        for row in data.draw(st.lists(st.sampled_from(ROWS), max_size=4))
    ]
    html = rows_as_html(rows, OrganisationArea.of(Acting(UserId("u"), organisation)), {})
    cells = re.findall(r"<t[dh][^>]*>(?:<a [^>]*>)?(.*?)(?:</a>)?(?=<td>|\n<tr>|\Z)", html, re.DOTALL)
    cells = [cell for cell in cells if not SINCE.match(cell)]
    name, *columns = columns_for(organisation.role)
    expected = [
        cell
        for row in rows
        for cell in (escape(displayed(name.cell(row))), *(shown(column, row, organisation) for column in columns))
    ]
    statuses = [number for number, column in enumerate((name, *columns)) if column.name == "status"]
    width = len(columns) + 1
    assert [cell for n, cell in enumerate(cells) if n % width not in statuses] == [
        cell for n, cell in enumerate(expected) if n % width not in statuses
    ]


def shown(column: ParticipantColumn, row: ListedParticipant, organisation: Organisation) -> str:
    text = plain(column.name, column.cell(row))
    below = organisation.role is Role.APPROPRIATE_BODY and column.name == "school_urn" and row.school
    return f"{text}<small>{escape(displayed(row.school))}</small>" if below else text


def plain(name: str, text: str) -> str:
    if not text:
        hint = "None confirmed, or school-led" if name == "lead_provider" else HINTS.get(name)
        return f"<small>{hint}</small>" if hint else ""
    if name == "role":
        return {"Early career teacher": "ECT"}.get(text, text)
    return escape(displayed(text)).replace("@", "<wbr>@")
