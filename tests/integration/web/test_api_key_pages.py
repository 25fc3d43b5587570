"""Support issues API keys, and only the user under whose access one is gets its secret (rules.md, *API keys*)."""

from datetime import timedelta

import pytest

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.messages import KeyChanged
from checkdata.domain.services.access.issue_keys import NewKey
from checkdata.domain.sign_in.api_keys import CallingService, Question
from tests.integration.web.client import Client, fields_of, location
from tests.integration.web.test_two_at_once import issued_key, the_user
from tests.integration.web.world import ANN, BEA, BODY, CAT, NORTH, SAM, World, acting

FORM = f"issue-key?role=delivery_partner&organisation={NORTH.id}"


@pytest.fixture
def sam(client: Client) -> Client:
    """Sam of support, signed in."""
    client.sign_in(SAM)
    return client


def test_a_key_goes_from_support_to_its_user_who_alone_is_shown_the_secret(sam: Client, world: World) -> None:
    page = sam.get(the_user(world))
    places = [link.attributes.get("href", "").replace("&acting=support:", "") for link in page.all("a")]
    assert f"{the_user(world)}/{FORM}" in places
    form = sam.get(f"{the_user(world)}/{FORM}")
    answer = sam.submit(form, "", name="Nightly copy", reason="Ticket 12")
    told = sam.get(location(answer))
    assert "only they are shown its secret" in told.text
    [(to, mail)] = [(to, mail) for to, mail in world.mails_sent() if isinstance(mail, KeyChanged)]
    assert (to, mail.key) == (ANN, "Nightly copy")
    listed = sam.get("/support/keys").text
    assert "Not collected yet" in listed
    ann = Client(world)
    ann.sign_in(ANN)
    own = ann.get("/keys")
    [action] = [a for form in own.all("form") if (a := form.attributes.get("action", "")).endswith("/collect")]
    shown = ann.submit(own, action, 200)
    secret = shown.text.partition('id="secret"')[2].partition(">")[2].partition("<")[0]
    assert world.services().use_keys.visit(secret) is not None
    assert shown.headers["cache-control"] == "no-store"
    assert "content-encoding" not in shown.headers
    for browser, place in ((ann, "/keys"), (sam, "/support/keys"), (sam, the_user(world)), (sam, "/support/audit")):
        assert secret not in browser.get(place).text
    assert "Works" in ann.get("/keys").text


def test_the_form_says_what_is_wrong_at_each_field(sam: Client, world: World) -> None:
    form = sam.get(f"{the_user(world)}/{FORM}")
    faults = sam.submitted(form, "", 422, **{"expires-day": "31", "expires-month": "2"})
    for field, fault in (("name", "Enter the name"), ("expires", "must be a real date"), ("reason", "Enter a reason")):
        assert fault in faults.one("p", id=f"{field}-error").text
    late = {"expires-day": "4", "expires-month": "6", "expires-year": "2025"}
    refused = sam.submitted(form, "", 422, name="Nightly", reason="So", **late)
    assert "by 3 June 2025" in refused.one("p", id="expires-error").text


def test_there_is_no_form_for_access_that_has_no_keys(sam: Client, world: World) -> None:
    for words in ("role=support&organisation=", "role=delivery_partner&organisation=dp-south"):
        sam.get(f"{the_user(world)}/issue-key?{words}", 404)
    sam.get(f"{the_user(world, SAM)}/issue-key?role=support&organisation=", 404)


def test_another_user_has_no_page_of_a_key_and_gets_no_secret(world: World) -> None:
    key_id = issued_key(world, ANN, NORTH)
    cat, bea = Client(world), Client(world)
    cat.sign_in(CAT)
    cat.choose("delivery_partner", NORTH.id)
    bea.sign_in(BEA)
    bea_key = issued_key(world, BEA, BODY)
    for browser, place, own in ((cat, "/keys", key_id), (bea, "/ects/keys", key_id)):
        assert own not in browser.get(place).text
        browser.get(f"{place}/{own}/revoke", 404)
    page = bea.get("/ects/keys")
    [form] = [fields_of(form) for form in page.all("form") if form.attributes.get("action", "").endswith("/collect")]
    refused = bea.post(f"/ects/keys/{key_id}/collect", form, 422)
    assert "There is no such key." in refused.text
    assert f"/ects/keys/{bea_key}/collect" in [form.attributes.get("action") for form in page.all("form")]


def test_a_secret_is_shown_once_and_a_reload_shows_none(world: World) -> None:
    issued_key(world, ANN, NORTH)
    ann = Client(world)
    ann.sign_in(ANN)
    own = ann.get("/keys")
    [action] = [a for form in own.all("form") if (a := form.attributes.get("action", "")).endswith("/collect")]
    assert "checkdata-" in ann.submit(own, action, 200).text
    again = ann.submitted(own, action, 409)
    assert "was shown before" in again.text
    assert not again.all("code")


def test_support_revokes_and_the_log_tells_all_of_it_in_sentences(sam: Client, world: World) -> None:
    key_id = issued_key(world, ANN, NORTH)
    world.issue_keys.collect(key_id, by=acting(world, ANN, NORTH))
    page = sam.get(f"/support/keys/{key_id}/revoke")
    told = sam.get(location(sam.submit(page, "", reason="Found in a log")))
    assert "The next request with it is refused" in told.text
    assert "Revoked: Found in a log" in told.text
    log = sam.get("/support/audit").text
    for sentence in (
        "Sam Ray issued the API key “Nightly” (checkdata-",
        "of Ann Lee, which expires on 3 June 2025: Ticket 12",
        "Ann Lee collected the API key “Nightly”",
        "Sam Ray revoked the API key “Nightly”",
    ):
        assert sentence in log
    assert world.audit(AuditKind.KEY_REVOKED)[0].details["reason"] == "Found in a log"
    sam.get("/support/keys/unknown/revoke", 404)


def test_the_key_of_a_calling_service_is_listed_and_revoked_by_support_too(sam: Client, world: World) -> None:
    new = NewKey(name="Production", expires_on=world.now.date() + timedelta(days=30), reason="Ticket 12")
    service = CallingService("Register trainees", [Question.EVALUATION, Question.SEARCH])
    got = world.issue_keys.issue_to_service(service, new)
    listed = sam.get("/support/keys").text
    assert "Register trainees" in listed
    assert "May ask: evaluation, search" in listed
    sam.submit(sam.get(f"/support/keys/{got.key.id}/revoke"), "", reason="Lost")
    assert world.services().use_keys.calling_service(got.secret) is None
    log = sam.get("/support/audit").text
    assert "issued the API key “Production” (checkdata-" in log
    assert "of Register trainees for evaluation and search, which expires on 3 July 2024: Ticket 12" in log
    issued = world.audit(AuditKind.KEY_ISSUED)[0].details
    assert (issued["may_ask"], issued["expires_on"]) == ("evaluation search", new.expires_on.isoformat())


def test_support_sees_that_a_key_shows_nothing_while_its_user_is_suspended(sam: Client, world: World) -> None:
    world.issue_keys.collect(issued_key(world, ANN, NORTH), by=acting(world, ANN, NORTH))
    assert "Works" in sam.get("/support/keys").text
    world.manage_access.suspend(ANN, reason="Away")
    listed = sam.get("/support/keys").text
    assert "Works" not in listed
    assert "Sees nothing: its user has no access now" in listed


def test_keys_of_a_suspended_user_are_not_issued(sam: Client, world: World) -> None:
    form = sam.get(f"{the_user(world)}/{FORM}")
    world.manage_access.suspend(ANN, reason="Away")
    sam.submitted(form, "", 409, name="Nightly", reason="So")
    assert world.issue_keys.listed() == ([], {})
