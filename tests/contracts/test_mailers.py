"""Our mailers keep the contract of their port: in memory, in a folder, and over SMTP."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from checkdata.adapters.email import Mailbox, MailboxMailer, MailRenderer, Security, SmtpMailer, SmtpServer
from checkdata.adapters.memory import MemoryMailer
from checkdata.domain.messages import Message
from checkdata.domain.values import EmailAddress
from checkdata.testing import MailerContract, Post
from checkdata.testing._suites.mailer import MESSAGES
from tests.integration.email.smtp_server import UNDELIVERABLE, smtp_server
from tests.strategies import NOON

UNREACHABLE = EmailAddress.of(UNDELIVERABLE)
LETTERS = MailRenderer(
    sender=EmailAddress.of("no-reply@x.example"), start_page="https://x.example/", clock=lambda: NOON
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


@pytest.fixture(params=["memory", "folder", "smtp"])
def post(request: pytest.FixtureRequest) -> Post:
    made: Post = request.getfixturevalue(f"{request.param}_post")
    return made


class TestMailers(MailerContract):
    pass


def test_the_contract_knows_every_message_that_there_is() -> None:
    assert {type(message) for message in MESSAGES} == set(get_args(Message))
