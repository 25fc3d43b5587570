"""Nothing that comes from outside becomes part of a page (security.md 36)."""

from urllib.parse import quote

from attrs import evolve

from checkdata.domain.nomination_messages import ConfirmationLinkMessage
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner, LeadProvider, Role, School
from checkdata.domain.services.access.manage_access import NewAccess
from checkdata.entrypoints.web.settings import DemoUser
from tests.integration.web.client import Client, location
from tests.integration.web.html import Element
from tests.integration.web.world import (
    BODY,
    CAT,
    ELM,
    LEAD,
    NORTH,
    OAK,
    PAM,
    RECORDS,
    REFERENCES,
    SAM,
    SOUTH,
    World,
)

EVIL = """</title></textarea>"'><img src=x onerror=alert(1)><script>alert(1)</script>{{ 7 * 7 }}"""


def evil_world() -> World:
    """A service in which everything that has a name has that one."""
    references = evolve(
        REFERENCES,
        lead_providers=[LeadProvider(LEAD.id, EVIL, LEAD.contact_email)],
        delivery_partners=[DeliveryPartner(NORTH.id, EVIL), DeliveryPartner(SOUTH.id, EVIL)],
        appropriate_bodies=[AppropriateBody(BODY.id, EVIL)],
        schools=[School(OAK.urn, EVIL), School(ELM.urn, EVIL)],
        agreements=[agreement for agreement in REFERENCES.agreements or () if agreement.id != "ag-dp-ended"],
    )
    person = evolve(RECORDS[0], full_name=EVIL, email=f"{EVIL.replace(' ', '')}@x.example", induction_tutor_email=EVIL)
    world = World(demo_users=[DemoUser(email=EVIL, name=EVIL, role=EVIL, organisation=EVIL, shows=EVIL)])
    world.load([person], references)
    for role, organisation in ((Role.DELIVERY_PARTNER, NORTH), (Role.DELIVERY_PARTNER, SOUTH)):
        give(world, role, organisation.id)
    give(world, Role.APPROPRIATE_BODY, BODY.id)
    world.manage_access.add(NewAccess(email=SAM, name=EVIL, role=Role.SUPPORT, reason=EVIL))
    return world


def give(world: World, role: Role, organisation: str) -> None:
    confirmed_by = LEAD.id if role is Role.DELIVERY_PARTNER else ""
    world.manage_access.add(
        NewAccess(email=CAT, name=EVIL, role=role, organisation_id=organisation, confirmed_by=confirmed_by, reason=EVIL)
    )


def assert_harmless(page: Element) -> None:
    assert not page.all("img")
    assert all("nonce" in script.attributes or "src" in script.attributes for script in page.all("script"))
    assert "49" not in page.one("main").text
    assert "onerror=alert(1)" in page.one("main").text + str(
        [field.attributes.get("value") for field in page.all("input")]
    )


def test_in_a_partners_pages() -> None:
    client = Client(evil_world())
    assert_harmless(client.get("/"))
    client.sign_in(CAT)
    assert_harmless(client.get("/choose-role"))
    assert_harmless(client.get("/choose-organisation?role=delivery_partner"))
    client.choose("delivery_partner", NORTH.id)
    for path in (
        "/participants",
        f"/participants?query={quote(EVIL)}",
        f"/participants?query={quote(EVIL)}&role=ect&page=&per_page=20",
    ):
        assert_harmless(client.get(path))
    assert_harmless(client.get(f"/participants?status={quote(EVIL)}&query={quote(EVIL)}", 422))
    assert_harmless(client.get(f"/participants?query={quote(EVIL * 3)}", 422))
    client.choose("appropriate_body")
    assert_harmless(client.get("/ects"))
    assert_harmless(client.get(f"/participants?acting=delivery_partner:{NORTH.id}", 409))


def test_in_supports_pages() -> None:
    client = Client(evil_world())
    client.sign_in(SAM)
    page = client.get("/support/users")
    assert_harmless(page)
    assert_harmless(client.get(f"/support/users?query={quote(EVIL)}"))
    (cat,) = client.world.manage_access.search(str(CAT))
    place = f"/support/users/{cat.user.id}"
    assert_harmless(client.get(place))
    remove = client.get(f"{place}/remove?role=appropriate_body&organisation={BODY.id}")
    assert_harmless(remove)
    assert_harmless(client.submitted(remove, "", 422, reason=EVIL * 20))


def test_in_the_pages_of_nominations() -> None:
    world = evil_world()
    world.manage_access.add(NewAccess(email=PAM, name=EVIL, role=Role.POLICY, reason=EVIL))
    cat, sam, pam, contact = (Client(world) for _ in range(4))
    cat.sign_in(CAT)
    cat.choose("delivery_partner", NORTH.id)
    sam.sign_in(SAM)
    pam.sign_in(PAM)
    fields = dict.fromkeys(("name", "email", "role", "organisation", "nominated_by", "reference", "reason"), EVIL)
    assert_harmless(sam.submitted(sam.get("/support/nominations/add"), "/support/nominations/add", 422, **fields))
    assert_harmless(cat.submitted(cat.get("/nominate"), "/nominate", 422, name=EVIL, email=EVIL))
    cat.submit(cat.get("/nominate"), "/nominate", name=EVIL, email="new@north.example", reason=EVIL)
    assert_harmless(cat.get("/team"))
    assert_harmless(sam.get("/support/nominations"))
    (queued,) = world.nomination_queue.open()
    here = f"nominations/{queued.nomination.id}"
    sam.submit(sam.get(f"/support/{here}/escalate"), "", reason=EVIL)
    assert_harmless(sam.get(f"/support/{here}"))
    assert_harmless(pam.get("/policy/nominations"))
    asking = pam.get(f"/policy/{here}/ask")
    assert_harmless(asking)
    pam.submit(asking, "", lead_provider=LEAD.id, how="link")
    wrong = {"answer": EVIL, "contact": EVIL, "reference": EVIL, "date-day": EVIL, "reason": EVIL}
    assert_harmless(pam.submitted(pam.get(f"/policy/{here}/answer"), "", 422, **wrong))
    (link,) = [message.url for _, message in world.mails_sent() if isinstance(message, ConfirmationLinkMessage)]
    question = contact.get(location(contact.submit(contact.get(link), "")))
    assert_harmless(question)
    assert_harmless(contact.submitted(question, "/confirm", 422, answer=EVIL, reason=EVIL))
    contact.submit(question, "/confirm", answer="declined", reason=EVIL)
    assert_harmless(pam.get(f"/policy/{here}"))


def test_in_the_sign_in_form() -> None:
    client = Client(evil_world())
    assert_harmless(client.submitted(client.get("/sign-in"), "/sign-in", 422, email=EVIL))
