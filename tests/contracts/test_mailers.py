"""Our mailers keep the contract of their port: in memory, in a folder, over SMTP and through Notify."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from checkdata.adapters.email import Mailbox, MailboxMailer, MailRenderer, Security, SmtpMailer, SmtpServer, Wording
from checkdata.adapters.email.notify import NotifyAccount, NotifyMailer, Pace
from checkdata.adapters.memory import MemoryMailer
from checkdata.domain.messages import Message
from checkdata.domain.values import EmailAddress
from checkdata.testing import MailerContract, Post
from checkdata.testing._suites.mailer import MESSAGES
from tests.integration.email.notify_server import KEY, TEMPLATE, notify_server
from tests.integration.email.smtp_server import UNDELIVERABLE, smtp_server
from tests.strategies import NOON

UNREACHABLE = EmailAddress.of(UNDELIVERABLE)
LETTERS = MailRenderer(
    sender=EmailAddress.of("no-reply@x.example"), wording=Wording(start_page="https://x.example/"), clock=lambda: NOON
)


@pytest.fixture
def memory_post() -> Post:
    mailer = MemoryMailer(unreachable={UNREACHABLE})
    return Post(mailer, lambda: [str(to) for to, _ in mailer.sent], mailer, UNREACHABLE)


@pytest.fixture
def folder_post(tmp_path: Path) -> Post:
    folder, taken = tmp_path / "mailbox", tmp_path / "taken"
    taken.write_text("not a folder")
    mailbox = Mailbox(folder)
    return Post(
        MailboxMailer(folder, LETTERS),
        lambda: [letter.to for letter in mailbox.letters()],
        MailboxMailer(taken, LETTERS),
        UNREACHABLE,
    )


@pytest.fixture
def smtp_post() -> Iterator[Post]:
    with smtp_server() as server:
        place = SmtpServer(host=server.host, port=server.port, security=Security.IF_OFFERED)
        mailer = SmtpMailer(place, LETTERS)
        yield Post(mailer, lambda: [to for delivery in server.deliveries for to in delivery.to], mailer, UNREACHABLE)


@pytest.fixture
def notify_post() -> Iterator[Post]:
    with notify_server() as notify:
        account = NotifyAccount(key=KEY, template=TEMPLATE, url=notify.url)
        mailer = NotifyMailer(account, LETTERS.wording, Pace(pause=lambda _: None))
        yield Post(mailer, lambda: [sent["email_address"] for sent in notify.sent], mailer, UNREACHABLE)


@pytest.fixture(params=["memory", "folder", "smtp", "notify"])
def post(request: pytest.FixtureRequest) -> Post:
    made: Post = request.getfixturevalue(f"{request.param}_post")
    return made


class TestMailers(MailerContract):
    pass


def test_the_contract_knows_every_message_that_there_is() -> None:
    assert {type(message) for message in MESSAGES} == set(get_args(Message))
