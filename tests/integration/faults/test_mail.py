"""One message, one address, one mail server that is slow: no other user waits for it (faults 3 and 16)."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Final

import pytest
from sqlalchemy import create_engine, text

from checkdata.domain.messages import AccessGranted, AccessRemoved, HowAccessIsGiven, QueuedMessage
from checkdata.domain.people.organisations import Role
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.composition.service import Composition
from checkdata.entrypoints.settings.environment import read_settings
from tests.integration.cli.web_client import LINK, PATIENCE_SECONDS, ask_for_link, follow_link, token_of
from tests.integration.email.smtp_server import SmtpServerInTest, smtp_server
from tests.integration.faults.service import ANN, BEN, Service

HONEST: Final = "honest@x.example"
HOSTILE: Final = ("<p@x.example>", "a:b@x.example", "(c)a@x.example", "=?utf-8?q?x?=@x.example")


@pytest.fixture
def mail_server() -> Iterator[SmtpServerInTest]:
    with smtp_server() as server:
        yield server


@pytest.fixture
def mailing(service: Service, mail_server: SmtpServerInTest) -> Service:
    """The service, whose mail goes to the server; nothing waits."""
    service.more = {"CHECKDATA_EMAIL": f"smtp://localhost:{mail_server.port}?from=no-reply@service.example"}
    return service


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def links_to(server: SmtpServerInTest, address: str) -> list[str]:
    """The Message-IDs of the links that were mailed to a user."""
    mails = mails_to(server, address)
    return [str(mail["Message-ID"]) for mail in mails if "/sign-in/" in mail.get_content()]


def mails_to(server: SmtpServerInTest, address: str) -> list[EmailMessage]:
    """What the server got for a user, who was told of their access when the service was set up."""
    return [delivery.mail for delivery in list(server.deliveries) if delivery.to == [address]]


def queue(service: Service, *mails: tuple[str, QueuedMessage]) -> None:
    with closing(Composition(read_settings(service.variables))) as composed, composed.storage.writing() as work:
        for address, message in mails:
            work.outbox.queue(EmailAddress(address), message, datetime.now(UTC))
        work.commit()


def test_addresses_that_no_mail_can_hold_are_refused_and_honest_mail_comes(
    mailing: Service, mail_server: SmtpServerInTest
) -> None:
    with mailing.served() as served, served.client() as client:
        token = token_of(client.get("/sign-in").text)
        for typed in HOSTILE:
            refused = client.post("/sign-in", data={"email": typed, "csrf_token": token})
            assert refused.status_code == 422
            assert "Enter an email address in the correct format" in refused.text
        ask_for_link(client, BEN)
        wait_for(lambda: bool(links_to(mail_server, BEN)))


def test_mail_to_addresses_that_were_stored_before_keeps_no_other_mail_waiting(
    mailing: Service, mail_server: SmtpServerInTest
) -> None:
    queue(mailing, *((address, HowAccessIsGiven()) for address in (*HOSTILE, HONEST)))
    with mailing.served() as served:
        wait_for(lambda: bool(mails_to(mail_server, HONEST)))
        assert "x.example" not in served.log


def test_a_server_that_holds_the_mail_of_some_keeps_no_other_user_waiting(
    mailing: Service, mail_server: SmtpServerInTest
) -> None:
    slow = {f"slow{number}@x.example" for number in range(5)}
    mail_server.handler.held = slow
    queue(mailing, *((address, HowAccessIsGiven()) for address in sorted(slow)))
    with mailing.served() as served, served.client() as client:
        wait_for(lambda: mail_server.handler.holds == len(slow))
        ask_for_link(client, BEN)
        wait_for(lambda: bool(links_to(mail_server, BEN)))
        assert mail_server.handler.holds == len(slow)
        mail_server.handler.held = set()


def test_mail_of_a_sender_that_was_killed_is_sent_by_another_under_the_same_message_id(
    mailing: Service, mail_server: SmtpServerInTest
) -> None:
    mail_server.handler.held = {ANN}
    with mailing.served() as served:
        wait_for(lambda: mail_server.handler.holds == 1)
        os.killpg(served.process.pid, signal.SIGKILL)
    assert len(mails_to(mail_server, ANN)) == 1
    mail_server.handler.held = set()
    with mailing.served() as served, served.client() as client:
        ask_for_link(client, HONEST)  # what the killed one had in hand waits for the end of its claim
        wait_for(lambda: bool(mails_to(mail_server, HONEST)))
        let_claims_be_over(mailing)
        wait_for(lambda: len(mails_to(mail_server, ANN)) == 2)
    first, again = mails_to(mail_server, ANN)
    assert (first["Message-ID"], first["Subject"]) == (again["Message-ID"], again["Subject"])


def test_of_two_services_on_one_database_each_message_is_sent_once_and_each_persons_in_order(
    mailing: Service, mail_server: SmtpServerInTest
) -> None:
    people = [f"person{number}@x.example" for number in range(20)]
    granted = AccessGranted(name="Ann", role=Role.DELIVERY_PARTNER, organisation="North Hub")
    removed = AccessRemoved(name="Ann", role=Role.DELIVERY_PARTNER, organisation="North Hub")
    with mailing.served(), mailing.served():
        for message in (granted, removed, granted):
            queue(mailing, *((address, message) for address in people))
        wait_for(lambda: sum(len(mails_to(mail_server, address)) for address in people) >= 3 * len(people))
    told = {address: [mail["Subject"] for mail in mails_to(mail_server, address)] for address in people}
    subjects = told[people[0]]
    assert (len(subjects), subjects[0], subjects[0] != subjects[1]) == (3, subjects[2], True)
    assert told == dict.fromkeys(people, subjects)


def let_claims_be_over(service: Service) -> None:
    """As if five minutes had passed."""
    engine = create_engine(service.owner_database_url or service.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE outbox SET due_at = queued_at WHERE state = 'claimed'"))
    engine.dispose()


def test_a_user_whose_link_was_used_after_a_flood_by_others_gets_another_one(
    mailing: Service, mail_server: SmtpServerInTest
) -> None:
    mailing.more["CHECKDATA_LINKS_PER_ADDRESS"] = "5"
    with mailing.served() as served, served.client() as other, served.client() as ben:
        for _ in range(7):
            ask_for_link(other, BEN)
        wait_for(lambda: len(links_to(mail_server, BEN)) == 5)
        found = LINK.search(mails_to(mail_server, BEN)[-1].get_content())
        assert found
        assert follow_link(ben, found[0]).status_code == 200
        ask_for_link(ben, BEN)
        wait_for(lambda: len(links_to(mail_server, BEN)) == 6)
