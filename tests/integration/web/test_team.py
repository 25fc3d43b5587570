"""Users see their team, say who has left, and that the others still work there (rules.md, *Your team*)."""

from collections.abc import Callable

from checkdata.domain.people.users import User
from checkdata.domain.values import EmailAddress
from tests.integration.web.client import Client, location
from tests.integration.web.html import Element
from tests.integration.web.world import ANN, CAT, NORTH, SAM, World


def cells(page: Element, name: str) -> list[str]:
    [row] = [row for row in page.all("tbody")[0].all("tr") if name in row.one("th").text]
    return [cell.text for cell in row.all("td")]


def user(world: World) -> User:
    [found] = world.manage_access.search(str(CAT))
    return found.user


def test_a_team_is_shown_with_its_access_and_the_month_of_its_last_use(ann: Client, world: World) -> None:
    page = ann.get(ann.get("/participants").link("Your team"))
    assert "North Hub, delivery partner" in page.text
    assert cells(page, "(you)")[1] == "June 2024"
    assert cells(page, user(world).name)[1] == "Never"


def test_a_colleague_who_left_is_signed_out_and_has_no_access(
    ann: Client, world: World, new_client: Callable[[], Client]
) -> None:
    nia = world.add(EmailAddress("nia@north.example"), "Nia Orr", NORTH)
    new = new_client()
    new.sign_in(nia.email)
    new.get("/participants")
    page = ann.get(ann.get("/team").link(f"This colleague has left: {nia.name}"))
    assert "They will lose access straight away" in page.text
    page = ann.get(location(ann.submit(page, "", reason="Moved <away>")))
    assert "They have lost their access" in page.one("div", role="alert").text
    assert "No access" in cells(page, nia.name)[2]
    [found] = world.manage_access.search(str(nia.email))
    assert found.user.suspended
    assert new.http.get("/participants", follow_redirects=False).status_code == 303
    ann.get(f"/team/{nia.id}/left", 404)
    sam = new_client()
    sam.sign_in(SAM)
    assert "Has left, as a colleague said. Moved <away>" in sam.get(f"/support/users/{nia.id}").text


def test_a_stranger_and_oneself_have_no_page_to_leave_by(ann: Client, world: World) -> None:
    for email in (ANN, SAM):
        [found] = world.manage_access.search(str(email))
        ann.get(f"/team/{found.user.id}/left", 404)
    ann.get("/team/nobody/left", 404)


def test_once_a_quarter_colleagues_are_confirmed(world: World, new_client: Callable[[], Client]) -> None:
    world.pass_time(days=92)
    ann = new_client()
    ann.sign_in(ANN)
    page = ann.get("/team")
    assert "Do your colleagues still work here?" in page.text
    assert cells(page, user(world).name)[2] == "Not confirmed yet"
    page = ann.get(location(ann.submit(page, "/team")))
    assert "We will ask you again in three months" in page.one("div", role="alert").text
    assert "Do your colleagues" not in page.text
    assert cells(page, user(world).name)[2].startswith("Confirmed on")
