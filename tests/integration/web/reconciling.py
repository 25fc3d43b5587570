"""What a person does to compare a list: chooses a file, checks the columns, goes from page to page."""

from typing import Final

from httpx2 import Response

from tests.integration.web.client import Client, fields_of, page_of
from tests.integration.web.html import Element

LIST: Final = (
    "Name,TRN,E-mail,School,Role\n"
    "Ada <b>Bold</b>,0000001,person1@school.example,Oak <Primary>,ECT\n"
    'Siobhan ONeill,,PERSON2@school.example,"St Cuthbert’s",ECT\n'
    "Zoe Ynal,,,St Mary's,Mentor\n"
    "Nobody Known,7654321,nobody@elsewhere.example,Elsewhere,ECT\n"
)
"""One the same, one different, one only theirs with a close name, one only theirs."""

NAMES_AND_TRNS: Final = ("Ada", "0000001", "person1", "Nobody Known", "7654321", "Oak")
"""What is in it, or found by it, and must be nowhere else."""


def upload(client: Client, file: bytes | str, status: int = 200, path: str = "/reconcile", **changes: str) -> Element:
    """Choose a file and send it."""
    return page_of(send(client, file, status, path, **changes), client.world)


def send(client: Client, file: bytes | str, status: int = 200, path: str = "/reconcile", **changes: str) -> Response:
    """The bare answer to a file."""
    form = fields_of(client.get(path).one("form", action=path))
    form.pop("file")
    content = file.encode() if isinstance(file, str) else file
    response = client.http.post(path, data=form | changes, files={"file": ("list.csv", content)})
    assert response.status_code == status, response.status_code
    return response


def compare(client: Client, columns: Element, status: int = 200, **changes: str) -> Element:
    """Press Compare on the page of the columns."""
    return page_of(client.post(action_of(columns), chosen(columns) | changes, status), client.world)


def go_on(client: Client, result: Element, status: int = 200, **pressed: str) -> Element:
    """Press a button of the page of the comparison that stays on it."""
    return page_of(client.post(action_of(result), chosen(result) | pressed, status), client.world)


def reconciled(client: Client, file: bytes | str, path: str = "/reconcile") -> Element:
    """The first page of a comparison by the columns that were guessed."""
    return compare(client, upload(client, file, path=path))


def action_of(page: Element) -> str:
    """Where the form of a page leads to: a delivery partner's or an appropriate body's result."""
    return next(
        action for form in page.all("form") if (action := form.attributes.get("action", "")).endswith("/result")
    )


def chosen(page: Element) -> dict[str, str]:
    """What the form of a page sends, its selects among it."""
    form = page.one("form", action=action_of(page))
    selects = {
        select.attributes["name"]: next(
            (option.attributes["value"] for option in select.all("option") if "selected" in option.attributes), ""
        )
        for select in form.all("select")
    }
    return fields_of(form) | selects


def counts(result: Element) -> dict[str, int]:
    """How many rows each group has."""
    groups = (button for button in result.all("button") if button.attributes.get("name") == "show")
    return {
        group.attributes["value"]: int(group.one("span", **{"class": "app-group__number"}).text.replace(",", ""))
        for group in groups
    }


def cells(result: Element) -> list[list[str]]:
    """The table of a page of the comparison."""
    rows = result.one("tbody").all("tr")
    return [[cell.text for cell in row.children if isinstance(cell, Element)] for row in rows]
