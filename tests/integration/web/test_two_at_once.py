"""Of two users who send the same kind of form at once, one is told yes, and the other 409 (rules.md).

Every address that takes a form has its row here: what is sent twice, from two browsers that both saw the page as it was
before either was sent, or why twice does no harm. The interleavings of a database are walked in
``tests/contracts/test_change_races.py`` and ``test_session_races.py``.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Final

import pytest
from attrs import field, frozen
from starlette.routing import Route

from checkdata.adapters.memory import MemoryMailer
from checkdata.domain.notices import NoticeKind
from checkdata.domain.people.organisations import Organisation, PolicyTeam, Role, SupportTeam
from checkdata.domain.services.access.issue_keys import NewKey
from checkdata.domain.services.nominations.nominate import MailedNomination
from checkdata.domain.sign_in.api_keys import LONGEST_LIFE
from checkdata.domain.values import EmailAddress, NominationId
from checkdata.entrypoints.web.pages.lead_provider_answers import CONFIRMS
from tests.integration.web.client import Client
from tests.integration.web.html import Element
from tests.integration.web.world import (
    ANN,
    BEA,
    BODY,
    CAT,
    LEAD,
    NORTH,
    PAM,
    SAM,
    SOUTH,
    World,
    acting,
    with_feed_and_access,
)
from tests.recent_events import recent

TOM: Final = EmailAddress("tom@dfe.example")
"""Another support user."""

SAL: Final = EmailAddress("sal@dfe.example")
"""A third one."""

PAT: Final = EmailAddress("pat@dfe.example")
"""Another policy user."""

BOB: Final = EmailAddress("bob@pennine.example")
"""Bea's colleague."""

NEW: Final = EmailAddress("new@north.example")

HARMLESS: Final[Mapping[str, str]] = {
    "/sign-in": "asks for mail, as often as its limits allow; both are told to look for it",
    "/sign-in/check-your-email": "a code uses its link up once, and the other is told what every wrong code is",
    "/sign-out": "the session is over either way, and both are told so",
    "/help/request": "the same question of one user is mailed once, and others as often as the limit allows",
    "/stay-signed-in": "tells how long a session lasts; of one that is over nothing",
    "/confirm/{token}": "a link is opened once, and the other is told 410 as by every dead link; another is sent once",
    "/confirm": "the answer is taken once, and the other is told 410 as by every dead link",
    "/sign-in/{token}": "a link signs in once, and the other is told 410 as by every dead link",
    "/choose-role": "one session follows, and the other browser tab is as if signed out",
    "/choose-organisation": "one session follows, and the other browser tab is as if signed out",
    "/participants": "searches, and keeps nothing",
    "/changes": "searches, and keeps nothing",
    "/ects": "searches, and keeps nothing",
    "/ects/changes": "searches, and keeps nothing",
    "/changes/emails": "chooses for the user who asks, and each browser sees what holds",
    "/ects/changes/emails": "chooses for the user who asks, and each browser sees what holds",
    "/notes/stop/{token}": "the notes are stopped either way, and both are told so",
    **{
        f"{area}/reconcile{step}": "compares a list that is not kept"
        for area in ("", "/ects")
        for step in ("", "/columns", "/result", "/result.csv", "/result.xlsx")
    },
    "/support/participants": "asks, and each who asks is recorded",
    "/support/explain": "asks, and each who asks is recorded",
    "/support/audit/seen": "asks, and each who asks is recorded",
    "/support/audit/statement": "asks, and each who asks is recorded",
    "/support/audit/wrongly-seen": "asks, and each who asks is recorded",
}
"""Addresses whose form may be sent by two at once, and why."""


@frozen(kw_only=True)
class Twice:
    """A form that two people send: who they are, where its page is (with what comes before), and what they type."""

    who: tuple[EmailAddress, EmailAddress] = (SAM, TOM)
    page: Callable[[World], str]
    typed: tuple[Mapping[str, str], Mapping[str, str]] = field(default=({"reason": "So"}, {"reason": "Because"}))
    action: str | None = None
    """The form of the page, by where it goes, "" for the page itself; None where that is the page's own address."""
    through: Mapping[str, str] | None = None
    """What is typed into a form before, whose answer is the page with the form."""
    sends: str = ""
    """The button pressed, where there are several forms."""
    yes: int = 303
    """The status of the answer to the first."""


def noticed(world: World) -> str:
    ends_at = world.now + timedelta(days=2)
    world.services().service_notices.set(NoticeKind.BANNER, "Data are late", ends_at=ends_at)
    return "/support/notice"


def the_user(world: World, email: EmailAddress = ANN) -> str:
    [found] = world.manage_access.search(str(email))
    return f"/support/users/{found.user.id}"


def proposed(world: World) -> str:
    new, by = EmailAddress("ann@north.org.example"), acting(world, SAM, SupportTeam()).user_id
    return f"/support/proposals/{world.help_users.propose_address(ANN, new, reason='Moved', by=by).id}"


def issued_key(world: World, email: EmailAddress, organisation: Organisation) -> str:
    """The id of a key that waits for its user."""
    new = NewKey(name="Nightly", expires_on=world.now.date() + LONGEST_LIFE, reason="Ticket 12")
    of, by = acting(world, email, organisation), acting(world, SAM, SupportTeam()).user_id
    return world.issue_keys.issue(of.user_id, organisation, new, by=by).id


def own_key(world: World, *, email: EmailAddress, organisation: Organisation, step: str) -> str:
    key_id, area = issued_key(world, email, organisation), "/ects" if organisation == BODY else ""
    return f"{area}/keys" if step == "collect" else f"{area}/keys/{key_id}/revoke"


def received(world: World) -> NominationId:
    mailed = MailedNomination(
        email=NEW,
        name="New Lee",
        role=Role.DELIVERY_PARTNER,
        organisation_id=NORTH.id,
        nominated_by=ANN,
        reference="Mail 1",
    )
    return world.nominate.receive(mailed, by=acting(world, SAM, SupportTeam())).id


def escalated(world: World) -> NominationId:
    return world.nominate.escalate(received(world), by=acting(world, SAM, SupportTeam())).id


def asked(world: World) -> NominationId:
    return world.nominate.ask(escalated(world), LEAD.id, by=acting(world, PAM, PolicyTeam()), by_link=False).id


def confirmed(world: World) -> NominationId:
    from checkdata.domain.nominations.steps import Answer  # noqa: PLC0415 - needed only here

    answer = Answer(contact="Bo", given_on=world.now.date(), reference="Mail 2")
    by = acting(world, PAM, PolicyTeam())
    return world.nominate.record_answer(asked(world), answer, confirms=True, by=by).id


def by_colleague(world: World) -> str:
    found = world.nominate.nominate(NEW, "New Lee", by=acting(world, ANN, NORTH))
    return f"/nominate/{found.id}/withdraw"


def by_bodys_colleague(world: World) -> str:
    found = world.nominate.nominate(NEW, "New Lee", by=acting(world, BEA, BODY))
    return f"/ects/nominate/{found.id}/withdraw"


def with_another(world: World, organisation: Organisation) -> str:
    """The id of a third colleague."""
    return world.add(NEW, "New Lee", organisation).id


def after_a_quarter(world: World, page: str) -> str:
    world.pass_time(days=92)
    return page


def to_review(world: World, what: str) -> str:
    [found] = world.manage_access.search(str(ANN))
    [grant] = found.grants
    world.pass_time(days=90)
    return f"/support/access-review/{grant.id}/{what}"


def suspended(world: World) -> str:
    world.manage_access.suspend(ANN, reason="Away")
    return f"{the_user(world)}/reinstate"


def signed_in(world: World) -> str:
    Client(world).sign_in(ANN)
    return f"{the_user(world)}/end-sessions"


def with_second(world: World) -> str:
    world.help_users.add_address(ANN, EmailAddress("ann@trust.example"), reason="Two jobs")
    return f"{the_user(world)}/remove-address"


def mailed(world: World) -> str:
    world.mails_sent()
    return the_user(world)


def refused_mail(world: World) -> str:
    world.mailer = MemoryMailer(unknown={NEW})
    world.sign_in.request_link(str(NEW), "192.0.2.1")
    world.mails_sent()
    world.mailer = MemoryMailer()
    return "/support/users/undelivered"


def recalled(world: World) -> str:
    """Where Ann confirms that the file is deleted which she took under an agreement that is over."""
    ann = Client(world)
    ann.sign_in(ANN)
    ann.http.get("/participants.csv")
    world.services().manage_agreements.end(f"ag-{NORTH.id}", reason="Over")
    world.services().recall_files.do_due()
    return "/files-to-delete"


def recalled_file(world: World) -> str:
    recalled(world)
    state = world.services().confirm_deletion.state_of(f"ag-{NORTH.id}")
    assert state is not None
    return f"/support/recalls/{state.files[0].file.id}/deleted"


ANSWER: Final = {
    "answer": CONFIRMS,
    "contact": "Bo",
    "date-day": "3",
    "date-month": "6",
    "date-year": "2024",
    "reference": "Mail 3",
}
NOMINATION: Final = {
    "name": "New Lee",
    "email": str(NEW),
    "role": "delivery_partner",
    "organisation": NORTH.id,
    "nominated_by": str(ANN),
    "reference": "Mail 1",
}
AT_ANOTHER_ADDRESS: Final = {
    "email": str(NEW),
    "access": f"delivery_partner:{NORTH.id}",
    "nominated_by": str(CAT),
    "reference": "Mail 1",
}
AGREEMENT: Final = {
    "lead_provider": LEAD.id,
    "delivery_partner": SOUTH.id,
    "starts_on-day": "3",
    "starts_on-month": "6",
    "starts_on-year": "2024",
    "covers_unconfirmed": "yes",
    "reason": "Signed",
}
NOTICE: Final = {"kind": "banner", "text": "Late", "until-day": "4", "until-month": "6", "until-year": "2024"}
NAMES: Final = ({"name": "Nu Lee", "reason": "So"}, {"name": "Nou Lee", "reason": "Because"})
OF_POLICY: Final = (PAM, PAT)
OF_NORTH: Final = (ANN, CAT)
OF_THE_BODY: Final = (BEA, BOB)

TWICE: Final[Mapping[str, Twice]] = {
    "/files-to-delete": Twice(who=(ANN, ANN), page=recalled, typed=({}, {})),
    "/support/recalls/{file_id}/deleted": Twice(page=recalled_file, action=""),
    "/nominate": Twice(
        who=OF_NORTH,
        page=lambda _: "/nominate",
        typed=({"name": "New Lee", "email": str(NEW)}, {"name": "N. Lee", "email": str(NEW)}),
    ),
    "/nominate/{nomination_id}/withdraw": Twice(who=OF_NORTH, page=by_colleague, action=""),
    "/team": Twice(who=OF_NORTH, page=lambda world: after_a_quarter(world, "/team"), typed=({}, {})),
    "/team/{user_id}/left": Twice(
        who=OF_NORTH, page=lambda world: f"/team/{with_another(world, NORTH)}/left", action=""
    ),
    "/ects/nominate": Twice(
        who=OF_THE_BODY,
        page=lambda _: "/ects/nominate",
        typed=({"name": "New Lee", "email": str(NEW)}, {"name": "N. Lee", "email": str(NEW)}),
    ),
    "/ects/nominate/{nomination_id}/withdraw": Twice(who=OF_THE_BODY, page=by_bodys_colleague, action=""),
    "/ects/team": Twice(who=OF_THE_BODY, page=lambda world: after_a_quarter(world, "/ects/team"), typed=({}, {})),
    "/ects/team/{user_id}/left": Twice(
        who=OF_THE_BODY, page=lambda world: f"/ects/team/{with_another(world, BODY)}/left", action=""
    ),
    "/policy/nominations/{nomination_id}/ask": Twice(
        who=OF_POLICY,
        page=lambda world: f"/policy/nominations/{escalated(world)}/ask",
        action="",
        typed=({"lead_provider": LEAD.id, "how": "link"}, {"lead_provider": LEAD.id, "how": "self"}),
    ),
    "/policy/nominations/{nomination_id}/answer": Twice(
        who=OF_POLICY,
        page=lambda world: f"/policy/nominations/{asked(world)}/answer",
        action="",
        typed=(ANSWER, ANSWER | {"answer": "declined", "reason": "Not ours"}),
    ),
    "/policy/nominations/{nomination_id}/name": Twice(
        who=OF_POLICY, page=lambda world: f"/policy/nominations/{asked(world)}/name", action="", typed=NAMES
    ),
    "/policy/nominations/{nomination_id}/withdraw": Twice(
        who=OF_POLICY, page=lambda world: f"/policy/nominations/{asked(world)}/withdraw", action=""
    ),
    **{
        f"{area}/keys/{{key_id}}/{step}": Twice(
            who=(email, email),
            page=partial(own_key, email=email, organisation=organisation, step=step),
            sends="/collect" if step == "collect" else "",
            action=None if step == "collect" else "",
            yes=200 if step == "collect" else 303,
        )
        for area, email, organisation in (("", ANN, NORTH), ("/ects", BEA, BODY))
        for step in ("collect", "revoke")
    },
    "/support/users/{user_id}/issue-key": Twice(
        page=lambda world: f"{the_user(world)}/issue-key?role=delivery_partner&organisation={NORTH.id}",
        action="",
        typed=({"name": "Nightly", "reason": "So"}, {"name": "Nightly", "reason": "Because"}),
    ),
    "/support/keys/{key_id}/revoke": Twice(
        page=lambda world: f"/support/keys/{issued_key(world, ANN, NORTH)}/revoke", action=""
    ),
    "/support/notice": Twice(page=lambda _: "/support/notice", typed=(NOTICE, NOTICE | {"text": "Other"})),
    "/support/notice/end": Twice(page=noticed, action="/support/notice/end", typed=({}, {})),
    "/support/users/{user_id}/remove": Twice(
        page=lambda world: f"{the_user(world)}/remove?role=delivery_partner&organisation={NORTH.id}", action=""
    ),
    "/support/users/{user_id}/suspend": Twice(page=lambda world: f"{the_user(world)}/suspend", action=""),
    "/support/users/{user_id}/reinstate": Twice(page=suspended, action=""),
    "/support/users/{user_id}/address": Twice(
        page=lambda world: f"{the_user(world)}/address",
        typed=({"email": "ann@a.example", "reason": "So"}, {"email": "ann@b.example", "reason": "So"}),
    ),
    "/support/users/{user_id}/nominate-address": Twice(
        page=lambda world: f"{the_user(world)}/nominate-address", typed=(AT_ANOTHER_ADDRESS, AT_ANOTHER_ADDRESS)
    ),
    "/support/proposals/{proposal_id}/confirm": Twice(
        who=(TOM, SAL), page=lambda world: f"{proposed(world)}/confirm", action=""
    ),
    "/support/proposals/{proposal_id}/refuse": Twice(
        who=(TOM, SAL), page=lambda world: f"{proposed(world)}/refuse", action=""
    ),
    "/support/proposals/{proposal_id}/withdraw": Twice(
        who=(SAM, SAM), page=lambda world: f"{proposed(world)}/withdraw", action=""
    ),
    "/support/users/{user_id}/remove-address": Twice(page=with_second, action=""),
    "/support/users/{user_id}/end-sessions": Twice(page=signed_in, action=""),
    "/support/users/{user_id}/send-again": Twice(page=mailed, sends="/send-again", typed=({}, {})),
    "/support/users/undelivered": Twice(page=refused_mail, typed=({}, {})),
    "/support/agreements/add": Twice(page=lambda _: "/support/agreements/add", through=AGREEMENT, typed=({}, {})),
    "/support/agreements/{agreement_id}/end": Twice(
        page=lambda _: f"/support/agreements/ag-{NORTH.id}/end", through={"reason": "Over"}, typed=({}, {})
    ),
    "/support/access-review/{grant_id}/keep": Twice(page=lambda world: to_review(world, "keep"), action=""),
    "/support/access-review/{grant_id}/remove": Twice(page=lambda world: to_review(world, "remove"), action=""),
    "/support/nominations/add": Twice(
        page=lambda _: "/support/nominations/add", typed=(NOMINATION, NOMINATION | {"reference": "Mail 9"})
    ),
    "/support/nominations/{nomination_id}/escalate": Twice(
        page=lambda world: f"/support/nominations/{received(world)}/escalate", action=""
    ),
    "/support/nominations/{nomination_id}/name": Twice(
        page=lambda world: f"/support/nominations/{received(world)}/name", action="", typed=NAMES
    ),
    "/support/nominations/{nomination_id}/grant": Twice(
        page=lambda world: f"/support/nominations/{confirmed(world)}/grant", action=""
    ),
    "/support/nominations/{nomination_id}/withdraw": Twice(
        page=lambda world: f"/support/nominations/{confirmed(world)}/withdraw", action=""
    ),
}
"""Addresses whose form changes something that can change once."""


@pytest.fixture
def world() -> World:
    world = with_feed_and_access(World())
    for email, name, team in (
        (TOM, "Tom", SupportTeam()),
        (SAL, "Sal", SupportTeam()),
        (PAM, "Pam", PolicyTeam()),
        (PAT, "Pat", PolicyTeam()),
        (BOB, "Bob", BODY),
    ):
        world.add(email, name, team)
    return world


def test_every_address_that_takes_a_form_has_its_row_here() -> None:
    routes = [route for route in World().app().routes if isinstance(route, Route)]
    assert {route.path for route in routes if "POST" in (route.methods or ())} == {*TWICE, *HARMLESS}
    assert not TWICE.keys() & HARMLESS


@pytest.mark.parametrize("path", TWICE)
def test_of_two_who_send_a_form_one_is_told_yes_and_one_409(world: World, path: str) -> None:
    twice = TWICE[path]
    place = twice.page(world)
    browsers = [browser_of(world, email) for email in twice.who]
    pages = [seen_page(browser, place, twice) for browser in browsers]
    action = action_of(pages[0], place, twice)
    events = count_events(world)
    browsers[0].submit(pages[0], action, twice.yes, **twice.typed[0])
    changed = count_events(world)
    assert changed > events
    refused = browsers[1].submitted(pages[1], action, 409, **twice.typed[1])
    assert refused.one("h1").text
    assert count_events(world) == changed


def browser_of(world: World, email: EmailAddress) -> Client:
    client = Client(world)
    if client.sign_in(email) == "/choose-role":
        client.choose("delivery_partner", NORTH.id)
    return client


def seen_page(browser: Client, place: str, twice: Twice) -> Element:
    page = browser.get(place)
    path = place.partition("?")[0]
    return page if twice.through is None else browser.submitted(page, path, 200, **twice.through)


def action_of(page: Element, place: str, twice: Twice) -> str:
    if twice.sends:
        return next(a for form in page.all("form") if (a := form.attributes.get("action", "")).endswith(twice.sends))
    return place.partition("?")[0] if twice.action is None else twice.action


def count_events(world: World) -> int:
    with world.storage.reading() as work:
        return len(recent(work, 10_000))


SAY_WHAT_THEY_SHOWED: Final = ("/support/users/undelivered", "/files-to-delete")


@pytest.mark.parametrize("path", [path for path in TWICE if "{" in path or path in SAY_WHAT_THEY_SHOWED])
def test_a_form_that_does_not_say_what_it_showed_changes_nothing(world: World, path: str) -> None:
    twice = TWICE[path]
    place = twice.page(world)
    browser = browser_of(world, twice.who[0])
    page = seen_page(browser, place, twice)
    events = count_events(world)
    browser.submit(page, action_of(page, place, twice), 409, **{**twice.typed[0], "seen": "", "newest": ""})
    assert count_events(world) == events
