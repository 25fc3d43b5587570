"""Mail on its way from a request to an inbox: real databases, a real SMTP server, the thread of ``serve``."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import define, evolve
from sqlalchemy import MetaData, select

from checkdata.domain.errors import SignInRefused
from checkdata.domain.mail_records import MailState
from checkdata.domain.messages import Message
from checkdata.domain.people.organisations import Role
from checkdata.domain.services.access.manage_access import NewAccess
from checkdata.domain.services.mail.record_bounces import NoticeKind
from checkdata.domain.services.mail.send_mail import SendMail
from checkdata.domain.services.sign_in.sign_in import SignIn
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.background_threads import HANDS, repeated_sending
from checkdata.entrypoints.composition.service import Composition
from checkdata.entrypoints.repeated_work import run_together
from checkdata.entrypoints.settings.environment import read_settings
from checkdata.entrypoints.settings.mail_account import SmtpAccount
from tests.integration.email.bounces import a_bounce
from tests.integration.email.smtp_server import (
    GREYLISTED,
    UNDELIVERABLE,
    Delivery,
    SmtpServerInTest,
    free_port,
    smtp_server,
)
from tests.storages import in_two_roles

JO = EmailAddress("jo@support.example")
STRANGER = "stranger@else.example"
SENDER = EmailAddress("no-reply@check.example")
PATIENCE_SECONDS = 30


@define
class Post:
    """A service whose clock stands until it is told to pass, and the server that takes its mail."""

    composed: Composition
    server: SmtpServerInTest
    now: datetime = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)

    def __attrs_post_init__(self) -> None:
        self.composed.clock = lambda: self.now

    def pass_time(self, **length: float) -> None:
        self.now += timedelta(**length)

    def add(self, email: EmailAddress = JO) -> None:
        access = NewAccess(email=email, name="Jo Lee", role=Role.SUPPORT, reason="Ticket 12")
        self.composed.manage_access.add(access)

    @property
    def send_mail(self) -> SendMail:
        return evolve(self.composed.send_mail, chance=lambda: 0.0)

    @property
    def sign_in(self) -> SignIn:
        return SignIn(storage=self.composed.storage, tokens=self.composed.tokens, clock=self.composed.clock)

    @property
    def got(self) -> list[Delivery]:
        return self.server.deliveries

    @property
    def subjects(self) -> list[str]:
        return [delivery.mail["Subject"] for delivery in self.got]

    @property
    def newest_lines(self) -> list[str]:
        """The lines of the newest mail."""
        lines: list[str] = self.got[-1].mail.get_content().splitlines()
        return lines

    def newest_token(self) -> str:
        [link] = [line for line in self.newest_lines if "/sign-in/" in line]
        assert link.startswith(f"{self.composed.settings.base}/sign-in/")
        return link.rpartition("/")[2]

    def dump(self) -> str:
        """Every cell of every table."""
        tables = MetaData()
        tables.reflect(self.composed.owners_engine)
        with self.composed.owners_engine.connect() as connection:
            rows = [row for table in tables.sorted_tables for row in connection.execute(select(table))]
        return repr(rows)


@pytest.fixture
def post(migrated_url: str, tmp_path: Path) -> Iterator[Post]:
    with smtp_server() as server:
        settings = read_settings(
            {
                "XDG_DATA_HOME": str(tmp_path),
                **in_two_roles(migrated_url),
                "CHECKDATA_SECRET_KEY": "a key that is only for these tests",
                "CHECKDATA_EMAIL": f"smtp://{server.host}:{server.port}?from=no-reply@service.example",
            }
        )
        with closing(Composition(settings)) as composed:
            yield Post(composed, server)


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_link_that_is_asked_for_is_mailed_by_the_thread_and_signs_in_once(post: Post) -> None:
    post.add()
    with run_together(repeated_sending(post.send_mail, lambda: None)):
        post.sign_in.request_link(" Jo@Support.example", "192.0.2.1")
        wait_for(lambda: len(post.got) == 2)
    assert post.subjects == ["You can now sign in to Check data for delivery partners", "Your link to sign in"]
    assert post.got[1].to == [JO.value]
    token = post.newest_token()
    assert post.sign_in.link_works(token)
    assert post.sign_in.sign_in(token).acting is not None
    with pytest.raises(SignInRefused):
        post.sign_in.sign_in(token)


def test_a_link_lives_as_long_as_its_mail_says(post: Post) -> None:
    post.add()
    post.sign_in.request_link(JO.value, "192.0.2.1")
    post.send_mail.send_due()
    assert "The link works once, and only within 60 minutes of this email being sent." in post.newest_lines
    post.pass_time(minutes=59, seconds=59)
    assert post.sign_in.link_works(post.newest_token())
    post.pass_time(seconds=1)
    assert not post.sign_in.link_works(post.newest_token())


def test_no_table_holds_a_token(post: Post) -> None:
    post.add()
    post.sign_in.request_link(JO.value, "192.0.2.1")
    post.send_mail.send_due()
    link = post.newest_token()
    assert JO.value in post.dump()
    assert link not in post.dump()
    session = post.sign_in.sign_in(link).token
    assert session not in post.dump()
    assert link not in post.dump()


def test_an_unknown_address_is_told_how_access_is_given_once_a_day(post: Post) -> None:
    for _ in range(3):
        post.sign_in.request_link(STRANGER, "192.0.2.1")
        post.send_mail.send_due()
        post.pass_time(hours=7)
    assert post.subjects == ["You asked to sign in"]
    assert post.got[0].to == [STRANGER]
    post.pass_time(hours=3)
    post.sign_in.request_link(STRANGER, "192.0.2.1")
    post.send_mail.send_due()
    assert len(post.got) == 2


class Killed(BaseException):
    """The process ends here."""


class DeadlyMailer:
    """Ends the process when it should hand the mail over."""

    def send(self, _to: EmailAddress, _message: Message, _reference: str, /) -> None:
        raise Killed


def test_a_process_that_dies_between_making_a_link_and_mailing_it_loses_no_mail(post: Post) -> None:
    post.add()
    post.send_mail.send_due()
    post.sign_in.request_link(JO.value, "192.0.2.1")
    with pytest.raises(Killed):
        evolve(post.send_mail, mailer=DeadlyMailer()).send_due()
    assert not post.send_mail.send_due()
    post.pass_time(minutes=5)
    assert post.send_mail.send_due().sent == 1
    assert post.subjects[1:] == ["Your link to sign in"]
    assert post.sign_in.sign_in(post.newest_token()).acting is not None


def test_a_recipient_whom_the_server_refuses_for_now_is_tried_again_and_keeps_no_other_mail_waiting(post: Post) -> None:
    post.add(EmailAddress(GREYLISTED))
    post.add()
    done = post.send_mail.send_due()
    assert (done.sent, done.failed) == (1, 1)
    assert [delivery.to for delivery in post.got] == [[JO.value]]
    [(reason, number)] = done.reasons.items()
    assert (reason.endswith("it refused the recipient."), number) == (True, 1)
    post.pass_time(seconds=29)
    assert not post.send_mail.send_due()
    post.pass_time(seconds=1)
    assert post.send_mail.send_due().failed == 1


def test_a_recipient_whom_the_server_refuses_for_good_is_not_tried_again(post: Post) -> None:
    post.add(EmailAddress(UNDELIVERABLE))
    assert post.send_mail.send_due().failed == 1
    post.pass_time(days=1)
    assert not post.send_mail.send_due()
    [mail] = post.composed.help_users.mails(EmailAddress(UNDELIVERABLE))
    assert (mail.state, mail.due_at) == (MailState.REFUSED, None)


def test_the_log_tells_what_failed_by_reason_and_number_and_no_address(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(3):
        post.add(EmailAddress(f"user{number}@support.example"))
    post.server.handler.busy = True
    with run_together(repeated_sending(post.send_mail, lambda: None)):
        wait_for(lambda: post.server.handler.turned_away == 3)
    told: Counter[str] = Counter()
    for record in caplog.records:
        details = getattr(record, "details", {})
        if "mails" in details:
            told[details["reason"]] += details["mails"]
    [(reason, number)] = told.items()
    assert (reason.endswith("it answered 451."), number) == (True, 3)
    assert "support.example" not in caplog.text + repr(told)


def test_a_mail_that_comes_back_is_noted_and_can_be_sent_again(post: Post) -> None:
    post.add()
    post.send_mail.send_due()
    notice = a_bounce(post.got[0].raw)
    post.pass_time(minutes=3)
    assert post.composed.record_bounces.note([b"From: x\n\nOut of office", notice, notice]) == [
        NoticeKind.NO_BOUNCE,
        NoticeKind.NOTED,
        NoticeKind.NOTED,
    ]
    [mail] = post.composed.help_users.mails(JO)
    assert (mail.state, mail.bounced_at) == (MailState.BOUNCED, post.now)
    post.composed.help_users.send_again(JO, mail.entry.id)
    assert post.send_mail.send_due().sent == 1
    again, _ = post.composed.help_users.mails(JO)
    assert again.state is MailState.SENT


def test_a_mail_that_was_taken_without_a_word_comes_again_under_the_same_message_id(post: Post) -> None:
    post.add()
    post.server.handler.closes = 2
    for seconds in (0, 30, 120):
        post.pass_time(seconds=seconds)
        post.send_mail.send_due()
    assert len(post.got) == 3
    assert len({delivery.mail["Message-ID"] for delivery in post.got}) == 1
    [mail] = post.composed.help_users.mails(JO)
    assert mail.state is MailState.SENT
    post.pass_time(days=1)
    assert not post.send_mail.send_due()


def test_a_server_that_holds_one_mail_holds_no_other(post: Post) -> None:
    post.server.handler.held = {f"slow{number}@support.example" for number in range(HANDS - 1)}
    for address in sorted(post.server.handler.held):
        post.add(EmailAddress(address))
    with run_together(repeated_sending(post.send_mail, lambda: None)):
        wait_for(lambda: post.server.handler.holds == HANDS - 1)
        for number in range(5):
            post.add(EmailAddress(f"user{number}@support.example"))
            wait_for(lambda: post.got[-1].to == [f"user{number}@support.example"])  # noqa: B023 - called at once
        post.server.handler.held.clear()
    wait_for(lambda: len(post.got) == HANDS + 4)


def test_a_server_that_refuses_the_sign_in_leaves_all_mail_to_be_tried_again(post: Post) -> None:
    post.add()
    account = SmtpAccount(
        host="127.0.0.1",
        port=post.server.port,
        smtps=False,
        sender=SENDER,
        user="u",
        password="wrong",  # noqa: S106
    )
    with closing(Composition(evolve(post.composed.settings, email=account), clock=post.composed.clock)) as refused:
        done = evolve(refused.send_mail, chance=lambda: 0.0).send_due()
    assert done.failed == 1
    post.pass_time(seconds=30)
    assert post.send_mail.send_due().sent == 1


def test_mail_waits_for_a_server_that_is_gone(post: Post) -> None:
    post.add()
    nowhere = SmtpAccount(host="127.0.0.1", port=free_port(), smtps=False, sender=SENDER)
    with closing(Composition(evolve(post.composed.settings, email=nowhere), clock=post.composed.clock)) as gone:
        assert evolve(gone.send_mail, chance=lambda: 0.0).send_due().failed == 1
    post.pass_time(seconds=30)
    assert post.send_mail.send_due().sent == 1


def test_the_thread_goes_on_when_the_server_comes_back(post: Post) -> None:
    post.server.handler.busy = True
    post.add()
    with run_together(repeated_sending(post.send_mail, lambda: None)):
        wait_for(lambda: post.server.handler.turned_away == 1)
        post.server.handler.busy = False

        def arrives_some_day() -> bool:
            post.pass_time(seconds=30)
            return len(post.got) == 1

        wait_for(arrives_some_day)


def test_of_many_senders_at_once_each_message_goes_out_once(post: Post) -> None:
    for number in range(40):
        post.add(EmailAddress(f"user{number}@support.example"))
    with run_together(*(repeated_sending(post.send_mail, lambda: None) for _ in range(3))):
        wait_for(lambda: len(post.got) >= 40)
    assert not post.send_mail.send_due()
    assert sorted(delivery.to[0] for delivery in post.got) == sorted(f"user{n}@support.example" for n in range(40))
