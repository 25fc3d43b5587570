"""Two workers with warm connections: what is done at once leaves no session and no access that should not be.

The interleavings are walked one by one in ``tests/contracts``; here chance walks them, in the processes of a service.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from html import unescape
from threading import Barrier
from typing import Final

import httpx2
import pytest

from checkdata.domain.access.decision import Acting
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused, StorageConflict
from checkdata.domain.nominations.steps import Answer
from checkdata.domain.people.organisations import Agreement, PolicyTeam, Role, SupportTeam
from checkdata.domain.people.users import User
from checkdata.domain.services.access.manage_access import NewAccess
from checkdata.domain.services.access.manage_agreements import NewAgreement
from checkdata.domain.services.nominations.nominate import MailedNomination
from checkdata.domain.sign_in.sessions import Session
from checkdata.domain.values import EmailAddress, LeadProviderId, london_date
from checkdata.entrypoints.composition.service import Composition
from checkdata.entrypoints.settings.environment import read_settings
from tests.integration.cli.web_client import ask_for_link, token_of
from tests.integration.faults.large_feed import LARGE, LEAD_PROVIDERS, SMALL
from tests.integration.faults.service import CAT, PAM, PIP, SAM, SUE, Served, Service
from tests.recent_events import recent

ROUNDS: Final = 4
CHOOSERS: Final = 8
FIELD: Final = re.compile(r'<input type="hidden" name="([^"]+)"[^>]*value="([^"]*)"')

Ask = Callable[[], httpx2.Response]


@pytest.fixture
def served(service: Service) -> Iterator[Served]:
    """The service by two workers on PostgreSQL; on SQLite too."""
    with service.served("--workers", "2") as served:
        yield served


@contextmanager
def open_service(service: Service) -> Iterator[Composition]:
    with closing(Composition(read_settings(service.variables))) as composed:
        yield composed


def user_at(composed: Composition, email: str) -> User:
    return composed.manage_access.search(email)[0].user


def sessions_of(service: Service, user: User) -> Sequence[Session]:
    with open_service(service) as composed:
        return composed.help_users.activity(user).sessions


def fields(page: httpx2.Response) -> dict[str, str]:
    """What the hidden fields of a page with one form of its own say."""
    assert page.status_code == 200, page.text
    return {name: unescape(value) for name, value in FIELD.findall(page.text)}


def at_once(*asks: Ask) -> list[httpx2.Response]:
    """What is answered to those who ask at one moment."""
    together = Barrier(len(asks))

    def run(ask: Ask) -> httpx2.Response:
        together.wait()
        return ask()

    with ThreadPoolExecutor(len(asks)) as threads:
        return list(threads.map(run, asks))


def statuses(answers: Sequence[httpx2.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def same_session(browser: httpx2.Client, served: Served) -> httpx2.Client:
    """Another tab, with connections of its own and the cookies as they are now."""
    return httpx2.Client(base_url=served.address, timeout=60, headers={"Cookie": served.cookies(browser)})


def choosing(tab: httpx2.Client, token: str, partner: str) -> Ask:
    form = {"csrf_token": token, "role": "delivery_partner", "organisation": partner}
    return lambda: tab.post("/choose-organisation", data=form)


def ends(service: Service, how: str, tab: httpx2.Client, token: str) -> Ask:
    """What ends the session of Cat, by a page or by an operator."""
    if how == "sign out":
        return lambda: tab.post("/sign-out", data={"csrf_token": token})

    def by_operator() -> httpx2.Response:
        with open_service(service) as composed:
            email = user_at(composed, "cat").email
            match how:
                case "end sessions":
                    composed.help_users.end_sessions(email, reason="Lost laptop")
                case "suspend":
                    composed.manage_access.suspend(email, reason="Investigation")
                case _:
                    new = EmailAddress("cat@moved.example") if str(email) == CAT else EmailAddress(CAT)
                    composed.help_users.change_address(email, new, reason="Married")
        return httpx2.Response(303)

    return by_operator


def rested(service: Service) -> User:
    """Cat as they are, reinstated where they were suspended."""
    with open_service(service) as composed:
        user = user_at(composed, "cat")
        if user.suspended:
            composed.manage_access.reinstate(user.email, reason="Over")
        return user


def new_address_of(service: Service, user: User) -> str:
    """The id of the new address that waits for a second support user."""
    with open_service(service) as composed:
        proposal = composed.help_users.activity(user).new_address
    assert proposal is not None
    return proposal.id


@pytest.mark.parametrize("how", ["sign out", "end sessions", "suspend", "change address"])
def test_no_choice_of_a_role_outruns_what_ends_the_session(service: Service, served: Served, how: str) -> None:
    for _ in range(ROUNDS):
        cat = rested(service)
        with served.signed_in(str(cat.email)) as browser, ExitStack() as tabs:
            token = token_of(browser.get("/choose-organisation").text)
            warm = [tabs.enter_context(same_session(browser, served)) for _ in range(CHOOSERS + 1)]
            at_once(*(lambda tab=tab: tab.get("/healthcheck") for tab in warm))
            choices = [choosing(tab, token, (LARGE, SMALL)[number % 2]) for number, tab in enumerate(warm[1:])]
            answers = at_once(ends(service, how, warm[0], token), *choices)
        assert set(statuses(answers)) == {303}
        assert sessions_of(service, cat) == []


def test_of_many_choices_in_one_session_one_session_follows(service: Service, served: Served) -> None:
    for _ in range(ROUNDS):
        cat = rested(service)
        with served.signed_in(str(cat.email)) as browser, ExitStack() as tabs:
            token = token_of(browser.get("/choose-organisation").text)
            warm = [tabs.enter_context(same_session(browser, served)) for _ in range(CHOOSERS)]
            answers = at_once(*(choosing(tab, token, (LARGE, SMALL)[n % 2]) for n, tab in enumerate(warm)))
        places = Counter(answer.headers["location"].partition("?")[0] for answer in answers)
        assert places == Counter({"/overview": 1, "/sign-in": CHOOSERS - 1})
        assert len(sessions_of(service, cat)) == 1
        with open_service(service) as composed:
            composed.help_users.end_sessions(cat.email, reason="Over")


def test_of_two_links_of_a_user_that_are_used_at_once_one_signs_in_and_one_is_dead(
    service: Service, served: Served
) -> None:
    cat = rested(service)
    for _ in range(ROUNDS):
        with ExitStack() as browsers:
            clients = [browsers.enter_context(served.client()) for _ in range(2)]
            asks = [using_link(served, client, str(cat.email)) for client in clients]
            answers = at_once(*asks)
        assert statuses(answers) == Counter({303: 1, 410: 1})


def using_link(served: Served, client: httpx2.Client, email: str) -> Ask:
    before = set(served.mailbox.glob("*.eml"))
    ask_for_link(client, email)
    path = httpx2.URL(served.link_to(email, before)).path
    token = token_of(client.get(path).text)
    return lambda: client.post(path, data={"csrf_token": token})


@contextmanager
def two(served: Served, *emails: str) -> Iterator[tuple[httpx2.Client, httpx2.Client]]:
    with served.signed_in(emails[0]) as first, served.signed_in(emails[1]) as second:
        yield first, second


def sent_twice(
    browsers: tuple[httpx2.Client, httpx2.Client], place: str, *typed: Mapping[str, str], others: str = ""
) -> list[httpx2.Response]:
    """Both look at a page, and send its form at one moment; the second at another page of the same where told."""
    places = (place, others or place)
    forms = [fields(browser.get(where)) for browser, where in zip(browsers, places, strict=True)]
    asks = [
        lambda browser=browser, where=where, form=form, words=words: browser.post(where, data=form | dict(words))
        for browser, where, form, words in zip(browsers, places, forms, typed, strict=True)
    ]
    return at_once(*asks)


NOMINATION: Final = {
    "role": "delivery_partner",
    "organisation": LARGE,
    "nominated_by": "ann@large.example",
    "reference": "Mail 1",
    "reason": "",
}


def received(browser: httpx2.Client, email: str) -> str:
    form = fields(browser.get("/support/nominations/add")) | NOMINATION | {"name": "New Lee", "email": email}
    answer = browser.post("/support/nominations/add", data=form)
    assert answer.status_code == 303, answer.text
    return httpx2.URL(answer.headers["location"]).path.rpartition("/")[2]


def test_of_two_who_take_the_next_step_one_does_and_one_is_told(service: Service, served: Served) -> None:
    with two(served, SUE, SAM) as support, two(served, PAM, PIP) as policy:
        for number in range(ROUNDS):
            nomination = received(support[0], f"new{number}@large.example")
            page = f"/support/nominations/{nomination}"
            why = {"reason": "So"}
            assert statuses(sent_twice(support, f"{page}/escalate", why, why)) == Counter({303: 1, 409: 1})
            page = f"/policy/nominations/{nomination}"
            self_asked = [{"lead_provider": lead, "how": "self", "reason": ""} for lead in LEAD_PROVIDERS]
            assert statuses(sent_twice(policy, f"{page}/ask", *self_asked)) == Counter({303: 1, 409: 1})
            today = london_date(datetime.now(UTC))
            answered = {
                "answer": "confirmed", "contact": "Bo", "reference": "Mail 2", "reason": "",
                "date-day": str(today.day), "date-month": str(today.month), "date-year": str(today.year),
            }  # fmt: skip
            [other] = {*LEAD_PROVIDERS} - {asked_of(service, nomination)}
            asked_again = {"lead_provider": other, "how": "self", "reason": ""}
            answers = sent_twice(policy, f"{page}/answer", answered, asked_again, others=f"{page}/ask")
            assert statuses(answers) == Counter({303: 1, 409: 1})
            stored_answer_is_whose_it_was(service, nomination, other)


def asked_of(service: Service, nomination: str) -> str:
    with open_service(service) as composed:
        return str(last_step(composed, nomination)[1])


def stored_answer_is_whose_it_was(service: Service, nomination: str, other: str) -> None:
    with open_service(service) as composed:
        state, lead = last_step(composed, nomination)
    assert (state == "asked") == (lead == other)


def last_step(composed: Composition, nomination: str) -> tuple[str, str | None]:
    with composed.storage.reading() as work:
        [found] = [each for each in work.nominations.open() if each.id == nomination]
    return found.steps[-1].state.value, found.steps[-1].lead_provider_id


def test_of_two_who_change_a_user_one_does_and_one_is_told(service: Service, served: Served) -> None:
    cat = rested(service)
    here, why = f"/support/users/{cat.id}", {"reason": "So"}
    with two(served, SUE, SAM) as support:
        for number in range(ROUNDS):
            moves = [{"email": f"cat@{name}{number}.example", "reason": "So"} for name in ("a", "b")]
            assert statuses(sent_twice(support, f"{here}/address", *moves)) == Counter({303: 1, 409: 1})
            confirm = f"/support/proposals/{new_address_of(service, cat)}/confirm"
            confirmed = statuses(sent_twice(support, confirm, {"reason": ""}, {"reason": ""}))
            assert (confirmed[303], confirmed[409] + confirmed[422]) == (1, 1), "not by the user who proposed it"
            answers = sent_twice(support, f"{here}/suspend", why, why, others=f"{here}/reinstate")
            assert statuses(answers) == Counter({303: 1, 409: 1})
            rested(service)
    with open_service(service) as composed, composed.storage.reading() as work:
        kinds = Counter(event.kind for event in work.audit.about(cat.id))
    assert kinds[AuditKind.ADDRESS_CHANGED] == ROUNDS
    assert kinds[AuditKind.USER_SUSPENDED] == ROUNDS


def acting(composed: Composition, email: str, team: SupportTeam | PolicyTeam) -> Acting:
    return Acting(user_at(composed, email).id, team)


def confirmed(service: Service, email: str) -> str:
    """A nomination of a person who is no user for the small partner, which its lead provider confirmed."""
    with open_service(service) as composed:
        support, policy = acting(composed, SUE, SupportTeam()), acting(composed, PAM, PolicyTeam())
        nominating, lead = composed.nominate, LeadProviderId(LEAD_PROVIDERS[1])
        mailed = MailedNomination(
            email=EmailAddress(email),
            name="New Lee",
            role=Role.DELIVERY_PARTNER,
            organisation_id=SMALL,
            nominated_by=EmailAddress(CAT),
            reference="Mail 1",
        )
        received = nominating.receive(mailed, by=support).id
        nominating.escalate(received, by=support)
        nominating.ask(received, lead, by=policy, by_link=False)
        answer = Answer(contact="Bo", given_on=london_date(nominating.clock()), reference="Mail 2")
        return nominating.record_answer(received, answer, confirms=True, by=policy).id


def agreed_again(service: Service) -> Agreement:
    """The only agreement in force of the small partner with the lead provider that is asked."""
    with open_service(service) as composed:
        agreeing = composed.manage_agreements
        today, lead = london_date(agreeing.clock()), LeadProviderId(LEAD_PROVIDERS[1])
        for found in agreeing.all():
            agreement = found.agreement
            if (agreement.lead_provider_id, agreement.delivery_partner_id) == (lead, SMALL) and found.in_force:
                agreeing.end(agreement.id, reason="Over")
        new = NewAgreement(lead_provider_id=lead, delivery_partner_id=SMALL, starts_on=today, reason="Signed")
        return agreeing.add(new)


def test_no_access_is_given_after_the_end_of_the_agreement_that_confirmed_it(service: Service, served: Served) -> None:
    with two(served, SUE, SAM) as (granting, ending):
        for number in range(2 * ROUNDS):
            agreement, nomination = agreed_again(service), confirmed(service, f"new{number}@small.example")
            grant, end = f"/support/nominations/{nomination}/grant", f"/support/agreements/{agreement.id}/end"
            form = fields(granting.get(grant)) | {"reason": ""}
            effect = fields(ending.post(end, data=fields(ending.get(end)) | {"reason": "Over"})) | {"reason": "Over"}
            granted, ended = at_once(
                partial(granting.post, grant, data=form),
                partial(ending.post, end, data=effect),
            )
            assert ended.status_code == 303
            assert granted.status_code in (303, 422)
            with open_service(service) as composed, composed.storage.reading() as work:
                last = list(reversed(recent(work, 20)))
            given = [
                number
                for number, event in enumerate(last)
                if event.kind is AuditKind.GRANT_ADDED and event.details.get("nomination_id") == nomination
            ]
            end_at = max(number for number, event in enumerate(last) if event.kind is AuditKind.AGREEMENT_ENDED)
            assert len(given) == (granted.status_code == 303)
            assert all(number < end_at for number in given)


def test_a_grant_never_names_a_user_whose_address_became_the_one_confirmed(service: Service, served: Served) -> None:
    agreed_again(service)
    with served.signed_in(SUE) as support:
        for number in range(2 * ROUNDS):
            new = f"new{number}@small.example"
            nomination, other = confirmed(service, new), another_user(service, f"other{number}@large.example")
            grant = f"/support/nominations/{nomination}/grant"
            form = fields(support.get(grant)) | {"reason": ""}
            given = partial(support.post, grant, data=form)
            counted = statuses(at_once(given, partial(moved_by_operator, service, other, new)))
            assert counted[303] == 1
            assert counted[409] + counted[422] == 1
            with open_service(service) as composed, composed.storage.reading() as work:
                assert [grant.organisation.id for grant in work.users.grants_of(other.id)] == [LARGE]


def moved_by_operator(service: Service, user: User, new: str) -> httpx2.Response:
    """What a page would answer to an operator who changes an address."""
    try:
        with open_service(service) as composed:
            composed.help_users.change_address(user.email, EmailAddress(new), reason="Married")
    except (ChangeRefused, StorageConflict):
        return httpx2.Response(409)
    return httpx2.Response(303)


def another_user(service: Service, email: str) -> User:
    access = NewAccess(
        email=EmailAddress(email),
        name="New Lee",
        role=Role.DELIVERY_PARTNER,
        organisation_id=LARGE,
        confirmed_by=LEAD_PROVIDERS[0],
        reason="Ticket 12",
    )
    with open_service(service) as composed:
        return composed.manage_access.add(access)
