"""Support finds, removes, suspends and reinstates users (service rule 4)."""

import pytest

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.messages import AccessRemoved
from checkdata.domain.people.users import User
from checkdata.domain.values import EmailAddress
from tests.integration.web.client import Client, location
from tests.integration.web.html import Element
from tests.integration.web.world import ANN, BODY, CAT, NORTH, SAM, SOUTH, World


@pytest.fixture
def sam(client: Client) -> Client:
    """Sam of support, signed in."""
    assert client.sign_in(SAM) == "/support?acting=support:"
    return client


def user(world: World, email: EmailAddress) -> User:
    (found,) = world.manage_access.search(str(email))
    return found.user


def people(page: Element) -> list[str]:
    return [row.one("th").text for row in page.one("tbody").all("tr")] if page.all("tbody") else []


def queued(world: World) -> list[object]:
    with world.storage.reading() as work:
        mails = [mail.entry for user in work.users.search("") for mail in reversed(work.outbox.last_to(user.email, 99))]
    return [entry.message for entry in mails if entry.queued_at == world.now]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Ann Lee", "Bea Cole", "Cat Doe", "Dee Fox", "Sam Ray"]),
        ("ann", ["Ann Lee"]),
        ("BOTH.example", ["Cat Doe"]),
        ("cuthbert's", ["Ann Lee", "Cat Doe"]),
        ("%", []),
        ("nobody", []),
    ],
)
def test_users_are_found_by_name_address_or_organisation(sam: Client, query: str, found: list[str]) -> None:
    page = sam.get(f"/support/users?query={query.replace('%', '%25')}")
    assert people(page) == found
    assert page.one("input", id="query").attributes["value"] == query
    assert page.one("h2", id="found").text == f"{len(found)} {'user' if len(found) == 1 else 'users'} found"
    assert bool(found) != ("No users match" in page.text)


def test_the_list_shows_access_and_who_is_suspended(sam: Client, world: World) -> None:
    world.manage_access.suspend(CAT, reason="Away")
    page = sam.get("/support/users?query=cat")
    assert "Suspended" in page.one("tbody").text
    for name in (NORTH.name, "South Hub", BODY.name):
        assert name in page.one("tbody").text


def test_a_user_to_whom_mail_bounced_is_marked_in_the_list_and_on_their_page(sam: Client, world: World) -> None:
    world.link(ANN)
    with world.storage.writing() as work:
        work.outbox.bounced(work.outbox.last_to(ANN, 1)[0].entry.reference, world.now)
        work.commit()
    rows = sam.get("/support/users").one("tbody").all("tr")
    assert [row.one("th").text for row in rows if "Emails bounce" in row.text] == ["Ann Lee"]
    page = sam.get(f"/support/users/{user(world, ANN).id}")
    assert [sentence.text for sentence in page.one("main").all("strong")][:2] == [
        "Cannot sign in: email to them bounced on 3 June 2024",
        "Sees 4 participants of St Cuthbert’s & North Hub, delivery partner",
    ]


def test_a_long_list_has_pages(sam: Client, world: World) -> None:
    for number in range(60):
        world.add(EmailAddress(f"user{number:02d}@many.example"), f"User {number:02d}", BODY)
    page = sam.get("/support/users?query=many")
    assert people(page)[0] == "User 00"
    assert people(sam.get(page.all("a", rel="next")[0].attributes["href"]))[-1] == "User 59"
    sam.get("/support/users?page=3", 404)
    sam.get("/support/users?page=x", 404)


def test_where_support_gave_access_directly_it_records_a_nomination_now(sam: Client) -> None:
    place = location(sam.http.get("/support/users/add"))
    assert place == "/support/nominations/add?acting=support:"
    assert sam.get(place).one("h1").text == "Record a nomination"
    sam.post("/support/users/add", {}, 405)
    assert sam.get("/support/users").link("record their nomination") == place


def test_access_is_removed_once_it_is_confirmed_with_a_reason(sam: Client, world: World) -> None:
    page = sam.get(f"/support/users/{user(world, ANN).id}")
    page = sam.get(page.link("Remove access (St Cuthbert’s & North Hub, delivery partner)"))
    assert page.one("h1").text == f"Remove this access for {NORTH.name}, delivery partner?"
    assert not world.audit(AuditKind.GRANT_ENDED)
    page = sam.submitted(page, "", 422)
    assert page.link("Enter a reason. We will keep it with your name and the time") == "#reason"
    assert not world.audit(AuditKind.GRANT_ENDED)
    done = sam.get(location(sam.submit(page, "", reason="Left")))
    assert "Access removed" in done.text
    assert "Ann Lee has no access at the moment" in done.text
    assert f"{NORTH.name}, delivery partner, until 3 June 2024" in done.text
    (event,) = world.audit(AuditKind.GRANT_ENDED)
    assert event.details["reason"] == "Left"
    assert [type(message) for message in queued(world) if isinstance(message, AccessRemoved)] == [AccessRemoved]


def test_only_one_of_several_is_removed(sam: Client, world: World) -> None:
    page = sam.get(f"/support/users/{user(world, CAT).id}")
    page = sam.get(page.link("Remove access (Pennine Induction, appropriate body)"))
    sam.submit(page, "", reason="Left")
    (cat,) = world.manage_access.search(str(CAT))
    assert {grant.organisation for grant in cat.active(world.now.date())} == {NORTH, SOUTH}


def test_a_user_is_suspended_and_reinstated(sam: Client, world: World) -> None:
    page = sam.get(f"/support/users/{user(world, ANN).id}")
    page = sam.get(page.link("Suspend user"))
    page = sam.get(location(sam.submit(page, "", reason="Away")))
    assert "User suspended" in page.text
    assert user(world, ANN).suspended
    page = sam.get(page.link("Reinstate user"))
    page = sam.get(location(sam.submit(page, "", reason="Back")))
    assert "User reinstated" in page.text
    assert not user(world, ANN).suspended
    assert len(world.audit(AuditKind.USER_SUSPENDED)) == len(world.audit(AuditKind.USER_REINSTATED)) == 1


def test_what_was_done_meanwhile_is_told(sam: Client, world: World) -> None:
    page = sam.get(f"/support/users/{user(world, ANN).id}/suspend")
    world.manage_access.suspend(ANN, reason="Away")
    page = sam.submitted(page, "", 409, reason="Away")
    assert "This user has changed since you looked at it" in page.one("div", role="alert").text


def test_ones_own_access_is_for_others_to_change(sam: Client, world: World) -> None:
    own = user(world, SAM).id
    page = sam.get(f"/support/users/{own}")
    assert "This is you" in page.text
    assert not [link for link in page.all("a") if "/suspend" in link.attributes["href"]]
    sam.submit(sam.get(f"/support/users/{own}/suspend"), "", 422, reason="Away")


@pytest.mark.parametrize("path", ["", "/remove?role=delivery_partner&organisation=dp-north", "/suspend", "/reinstate"])
def test_a_user_who_does_not_exist_has_no_pages(sam: Client, path: str) -> None:
    sam.get(f"/support/users/nobody{path}", 404)


@pytest.mark.parametrize("words", ["", "role=delivery_partner&organisation=dp-south", "role=x&organisation=dp-north"])
def test_access_that_a_user_does_not_have_has_no_page(sam: Client, world: World, words: str) -> None:
    sam.get(f"/support/users/{user(world, ANN).id}/remove?{words}", 404)
