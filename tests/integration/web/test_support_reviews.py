"""The access review: unused access, and access confirmed long ago, is kept or removed one by one."""

from collections.abc import Callable

import pytest

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.messages import AccessRemoved
from checkdata.domain.nominations.nomination import Nomination
from tests.integration.web.client import Client, location
from tests.integration.web.html import Element
from tests.integration.web.world import ANN, BODY, NORTH, SAM, World

REVIEW = "/support/access-review"


@pytest.fixture
def sam(client: Client) -> Client:
    """Sam of support, signed in."""
    client.sign_in(SAM)
    return client


def reviewed(page: Element) -> dict[str, str]:
    """What is said of each access to review, by user and organisation."""
    lines = page.one("tbody").all("tr") if page.all("tbody") else []
    cells = [(line.one("th").one("a").text, *(cell.text for cell in line.all("td"))) for line in lines]
    return {f"{name}: {organisation}": " | ".join(rest) for name, organisation, *rest in cells}


def renewals(world: World) -> list[Nomination]:
    with world.storage.reading() as work:
        return list(work.nominations.open())


ANNS = f"Ann Lee: {NORTH.name}delivery partner"


def test_access_not_used_for_90_days_is_listed_and_what_was_used_is_not(
    sam: Client, new_client: Callable[[], Client]
) -> None:
    page = sam.get(REVIEW)
    answers = [f"{answer} the access of Ann Lee for {NORTH.name}, delivery partner" for answer in ("Keep", "Remove")]
    assert reviewed(page)[ANNS] == f"NeverNot used for 90 days | 15 January 2024 | {' '.join(answers)}"
    assert page.one("h2", id="found").text == "6 to review"
    assert not [name for name in reviewed(page) if name.startswith("Sam")]
    new_client().sign_in(ANN)
    assert ANNS not in reviewed(sam.get(REVIEW))


def test_what_was_confirmed_more_than_a_year_ago_is_listed_though_it_is_used(
    sam: Client, world: World, new_client: Callable[[], Client]
) -> None:
    world.pass_time(days=300)
    sam.sign_in(SAM)
    new_client().sign_in(ANN)
    page = sam.get(REVIEW)
    assert "15 January 2024Long ago" in reviewed(page)[ANNS]
    assert "Not used" not in reviewed(page)[ANNS]
    own = next(said for name, said in reviewed(page).items() if name.startswith("Sam Ray"))
    assert own.endswith("An operator has to answer")


def test_where_nothing_is_to_be_reviewed_that_is_said(world: World) -> None:
    for person in world.manage_access.search():
        if person.user.email != SAM:
            world.manage_access.remove(person.user.email, reason="Left")
    client = Client(world)
    client.sign_in(SAM)
    assert "There is nothing to review." in client.get(REVIEW).text


def test_access_is_kept_by_asking_for_confirmation_again(sam: Client, world: World) -> None:
    page = sam.get(sam.get(REVIEW).link(f"Keep the access of Ann Lee for {NORTH.name}, delivery partner"))
    assert page.one("h1").text == f"Keep this access for {NORTH.name}, delivery partner?"
    assert "The lead provider that confirmed them is asked again" in page.text
    assert sam.submitted(page, "", 422).link("Enter a reason. We will keep it with your name and the time") == "#reason"
    assert not renewals(world)
    page = sam.get(location(sam.submit(page, "", reason="Still needed")))
    assert "This access needs to be reconfirmed" in page.one("div", role="alert").text
    assert "Confirmation asked for on 3 June 2024 at 2:55pm" in reviewed(page)[ANNS]
    [renewal] = renewals(world)
    assert (renewal.nominee.email, renewal.steps[0].note) == (ANN, "Still needed")
    assert len(world.audit(AuditKind.NOMINATION_RECEIVED)) == 1
    assert not world.audit(AuditKind.GRANT_ENDED)


def test_policy_is_asked_again_for_an_appropriate_body(sam: Client) -> None:
    page = sam.get(sam.get(REVIEW).link(f"Keep the access of Bea Cole for {BODY.name}, appropriate body"))
    assert "Policy is asked to confirm them again." in page.text
    sam.submit(page, "", reason="Still needed")


def test_the_same_twice_is_told_and_asked_once(sam: Client, world: World) -> None:
    page = sam.get(sam.get(REVIEW).link(f"Keep the access of Ann Lee for {NORTH.name}, delivery partner"))
    sam.submit(page, "", reason="Still needed")
    page = sam.submitted(page, "", 409, reason="Still needed")
    assert page.one("div", role="alert").text
    assert len(renewals(world)) == 1


def test_access_is_removed_and_its_holder_is_mailed(sam: Client, world: World) -> None:
    page = sam.get(sam.get(REVIEW).link(f"Remove the access of Ann Lee for {NORTH.name}, delivery partner"))
    page = sam.get(location(sam.submit(page, "", reason="Nobody uses it")))
    assert "Access removed" in page.one("div", role="alert").text
    assert ANNS not in reviewed(page)
    [event] = world.audit(AuditKind.GRANT_ENDED)
    assert event.details["reason"] == "Nobody uses it"
    world.link(SAM)
    assert [to for to, message in world.mailer.sent if isinstance(message, AccessRemoved)] == [ANN]


def test_what_was_removed_meanwhile_is_told(sam: Client, world: World) -> None:
    page = sam.get(sam.get(REVIEW).link(f"Remove the access of Ann Lee for {NORTH.name}, delivery partner"))
    world.manage_access.remove(ANN, reason="Left")
    page = sam.submitted(page, "", 409, reason="Nobody uses it")
    assert page.one("h1").text == "This has changed since you looked at it"
    assert len(world.audit(AuditKind.GRANT_ENDED)) == 1


@pytest.mark.parametrize("path", ["x/keep", "x/remove"])
def test_access_that_is_not_to_be_reviewed_has_no_page(sam: Client, path: str) -> None:
    sam.get(f"{REVIEW}/{path}", 404)
