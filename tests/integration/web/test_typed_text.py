"""Every form whose text is kept refuses characters that cannot be seen, at its field; what was kept before is shown."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pytest
from attrs import evolve
from starlette.routing import Route

from checkdata.domain.nominations.steps import NominationState
from checkdata.domain.people.organisations import PolicyTeam, SupportTeam
from checkdata.domain.services.nominations.nominate import MailedNomination
from checkdata.domain.values import EmailAddress, NominationId
from tests.integration.web.client import Client
from tests.integration.web.html import Element
from tests.integration.web.test_answer_by_link import asked_by_link, newest_link, opened
from tests.integration.web.test_two_at_once import issued_key, recalled_file
from tests.integration.web.world import ANN, BEA, BODY, LEAD, NORTH, PAM, SAM, World, acting, with_feed_and_access

UNSEEN: Final = ("\x02", "\u202e", "\u200b", "\x1b[2J")
"""What ends a slot of a page, turns text around, has no width, and steers a terminal."""

REFUSED: Final = "must not have characters that cannot be seen"
GRANT: Final = "role=delivery_partner&organisation=dp-north"

TEXTS: Final = {
    "/confirm": ("reason",),
    "/help/request": ("question",),
    "/nominate": ("name", "reason"),
    "/nominate/{nomination_id}/withdraw": ("reason",),
    "/team/{user_id}/left": ("reason",),
    "/ects/nominate": ("name", "reason"),
    "/ects/nominate/{nomination_id}/withdraw": ("reason",),
    "/ects/team/{user_id}/left": ("reason",),
    "/policy/nominations/{nomination_id}/answer": ("contact", "reference", "reason"),
    "/policy/nominations/{nomination_id}/ask": ("reason",),
    "/policy/nominations/{nomination_id}/name": ("name", "reason"),
    "/policy/nominations/{nomination_id}/withdraw": ("reason",),
    "/support/access-review/{grant_id}/keep": ("reason",),
    "/support/access-review/{grant_id}/remove": ("reason",),
    "/support/agreements/add": ("reason",),
    "/support/agreements/{agreement_id}/end": ("reason",),
    "/support/nominations/add": ("name", "reference", "reason"),
    "/support/nominations/{nomination_id}/escalate": ("reference", "reason"),
    "/support/nominations/{nomination_id}/name": ("name", "reason"),
    "/support/nominations/{nomination_id}/grant": ("reason",),
    "/support/nominations/{nomination_id}/withdraw": ("reason",),
    "/keys/{key_id}/revoke": ("reason",),
    "/ects/keys/{key_id}/revoke": ("reason",),
    "/support/keys/{key_id}/revoke": ("reason",),
    "/support/users/{user_id}/issue-key": ("name", "reason"),
    "/support/notice": ("text",),
    "/support/proposals/{proposal_id}/confirm": ("reason",),
    "/support/proposals/{proposal_id}/refuse": ("reason",),
    "/support/proposals/{proposal_id}/withdraw": ("reason",),
    "/support/recalls/{file_id}/deleted": ("reason",),
    "/support/users/{user_id}/address": ("reason",),
    "/support/users/{user_id}/nominate-address": ("reference", "reason"),
    "/support/users/{user_id}/remove-address": ("reason",),
    "/support/users/{user_id}/end-sessions": ("reason",),
    "/support/users/{user_id}/reinstate": ("reason",),
    "/support/users/{user_id}/remove": ("reason",),
    "/support/users/{user_id}/suspend": ("reason",),
}
"""The fields of each form whose text is kept as it was typed."""

NOTHING_KEPT: Final = {
    "/sign-in",  # addresses hold only ASCII (`EmailAddress`)
    "/sign-in/check-your-email",  # six digits
    "/sign-in/{token}",
    "/sign-out",
    "/stay-signed-in",
    "/choose-role",
    "/choose-organisation",
    "/files-to-delete",
    "/changes/emails",
    "/ects/changes/emails",
    "/notes/stop/{token}",
    "/keys/{key_id}/collect",
    "/ects/keys/{key_id}/collect",
    "/team",
    "/ects/team",
    "/confirm/{token}",
    "/participants",
    "/changes",
    "/ects",
    "/ects/changes",
    *(
        f"{area}/reconcile{step}"
        for area in ("", "/ects")
        for step in ("", "/columns", "/result", "/result.csv", "/result.xlsx")
    ),
    "/support/users/undelivered",
    "/support/notice/end",
    "/support/users/{user_id}/send-again",
    "/support/participants",
    "/support/explain",
    "/support/audit/seen",
    "/support/audit/statement",
    "/support/audit/wrongly-seen",
}


def test_every_form_is_known_here(world: World) -> None:
    posted = {
        route.path for route in world.app().routes if isinstance(route, Route) and "POST" in (route.methods or ())
    }
    assert posted == TEXTS.keys() | NOTHING_KEPT


def nominated(world: World, state: NominationState) -> NominationId:
    """A nomination that has come so far."""
    sam, pam = acting(world, SAM, SupportTeam()), acting(world, PAM, PolicyTeam())
    mailed = MailedNomination(
        email=EmailAddress.of("new@north.example"),
        name="New User",
        role=NORTH.role,
        organisation_id=NORTH.id,
        nominated_by=ANN,
        reference="Mail 1",
    )
    received = world.nominate.receive(mailed, by=sam).id
    if state is not NominationState.RECEIVED:
        world.nominate.escalate(received, by=sam)
        world.nominate.ask(received, LEAD.id, by=pam, by_link=False)
    return received


def place_of(path: str, world: World) -> str:  # noqa: PLR0911 - a way to make each
    """An address of the form that has it to show: the world is made so that it can be sent."""
    with world.storage.reading() as work:
        user = work.users.with_email(ANN)
        assert user is not None
        (grant,) = work.users.grants_of(user.id)
    if path.endswith("/remove-address"):
        world.help_users.add_address(ANN, EmailAddress.of("ann@trust.example"), reason="Two jobs")
    ours, colleague = (BEA, BODY) if path.startswith("/ects") else (ANN, NORTH), EmailAddress.of("new@north.example")
    if path.endswith("/left"):
        return path.format(user_id=world.add(colleague, "New User", ours[1]).id)
    if "key_id" in path:
        return path.format(key_id=issued_key(world, *ours))
    if "/nominate/" in path:
        world.nominate.nominate(colleague, "New User", by=acting(world, *ours))
        with world.storage.reading() as work:
            (nomination,) = work.nominations.open()
        return path.format(nomination_id=nomination.id)
    if "proposal_id" in path:
        new, by = EmailAddress.of("ann@north.org.example"), acting(world, SAM, SupportTeam()).user_id
        return path.format(proposal_id=world.help_users.propose_address(ANN, new, reason="Moved", by=by).id)
    if "file_id" in path:
        return recalled_file(world)
    if "nomination_id" in path:
        early = path.endswith("/escalate")
        return path.format(nomination_id=nominated(world, NominationState.RECEIVED if early else NominationState.ASKED))
    place = path.format(user_id=user.id, grant_id=grant.id, agreement_id="ag-dp-north")
    return f"{place}?{GRANT}" if path.endswith(("{user_id}/remove", "/issue-key")) else place


def who_fills_in(path: str) -> EmailAddress:
    return {"help": ANN, "nominate": ANN, "team": ANN, "keys": ANN, "ects": BEA, "policy": PAM}.get(
        path.split("/")[1], SAM
    )


def form_page(path: str, world: World) -> tuple[Client, Element]:
    """The page of a form, in the browser of a user who may send it."""
    browser = Client(world)
    if path == "/confirm":
        asked_by_link(world)
        return browser, opened(browser, newest_link(world))
    world.add(PAM, "Pam Orr", PolicyTeam())
    place = place_of(path, world)
    world.now += timedelta(days=100) if "access-review" in path else timedelta()
    browser.sign_in(who_fills_in(path))
    return browser, browser.get(place)


@pytest.mark.parametrize(("path", "field"), [(path, field) for path, fields in TEXTS.items() for field in fields])
def test_text_with_characters_that_cannot_be_seen_is_refused_at_its_field(path: str, field: str) -> None:
    world = with_feed_and_access(World())
    browser, page = form_page(path, world)
    (action,) = [form.attributes.get("action", "") for form in page.all("form") if has_field(form, field)]
    for unseen in UNSEEN:
        answered = browser.submitted(page, action, 422, answer="confirmed", **{field: f"Ticket {unseen} 12"})
        assert REFUSED in answered.one("p", id=f"{field}-error").text


def has_field(form: Element, field: str) -> bool:
    return any(element.attributes.get("name") == field for kind in ("input", "textarea") for element in form.all(kind))


@pytest.fixture
def stored(world: World) -> Callable[[str], None]:
    """Gives Ann a name as it could be stored before there was a rule."""

    def rename(name: str) -> None:
        with world.storage.writing() as work:
            user = work.users.with_email(ANN)
            assert user is not None
            work.users.replace(evolve(user, name=name))
            work.commit()

    return rename


@pytest.mark.parametrize("unseen", ["\x02", "\x02name\x03", "\x03", "\u202e", "\x00\x1b\x1f"])
def test_a_name_that_was_stored_before_is_shown_and_its_user_has_every_page(
    unseen: str, world: World, stored: Callable[[str], None]
) -> None:
    stored(f"Ann{unseen}Lee")
    ann, sam = Client(world), Client(world)
    ann.sign_in(ANN)
    sam.sign_in(SAM)
    for place in ("/participants", "/changes", "/downloads", "/reconcile", "/nominate", "/team", "/help/statuses"):
        assert not set(unseen) & set("\x00\x02\x03\x1b\x1f\u202e") & set(ann.get(place).text)
    page = sam.get("/support/users")
    assert "Ann\N{REPLACEMENT CHARACTER}" in page.text
    assert "\u202e" not in page.text
