import threading
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from attrs import evolve

from checkdata.adapters.email import Mailbox, MailboxMailer, MailRenderer, Wording
from checkdata.domain.errors import DeliveryFailed
from checkdata.domain.messages import AccessGranted, HowAccessIsGiven, SignInLinkMessage
from checkdata.domain.people.organisations import Role
from checkdata.domain.values import EmailAddress

START = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
JO = EmailAddress.of("jo@example.org")
LINK = SignInLinkMessage(url=f"http://127.0.0.1:8000/sign-in/{'x' * 75}", lives=timedelta(minutes=1))


def letters(step: timedelta = timedelta(milliseconds=1)) -> MailRenderer:
    ticks = count()
    return MailRenderer(
        sender=EmailAddress.of("no-reply@example.org"),
        wording=Wording(start_page="http://127.0.0.1:8000/"),
        clock=lambda: START + next(ticks) * step,
    )


def test_a_mail_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    MailboxMailer(tmp_path, letters()).send(
        JO, AccessGranted(name="Zoë", role=Role.APPROPRIATE_BODY, organisation="Łódź Hub"), "r1"
    )
    [letter] = Mailbox(tmp_path).letters()
    assert letter.to == "jo@example.org"
    assert letter.subject == "You can now sign in to Check data for delivery partners"
    assert letter.sent_at == START
    assert "Hello Zoë\n" in letter.body
    assert "as an appropriate body user for Łódź Hub.\n" in letter.body


def test_a_link_lies_in_its_file_in_one_piece(tmp_path: Path) -> None:
    MailboxMailer(tmp_path, letters()).send(JO, LINK, "r1")
    [path] = tmp_path.glob("*.eml")
    assert LINK.url.encode() in path.read_bytes().splitlines()
    assert "within 1 minute of" in Mailbox(tmp_path).letters()[0].body


def test_the_newest_come_first_within_one_second_too(tmp_path: Path) -> None:
    mailer = MailboxMailer(tmp_path, letters())
    addresses = [EmailAddress.of(f"user{number}@example.org") for number in range(5)]
    for address in addresses:
        mailer.send(address, HowAccessIsGiven(), "r1")
    assert [letter.to for letter in Mailbox(tmp_path).letters(3)] == [
        "user4@example.org",
        "user3@example.org",
        "user2@example.org",
    ]


def test_mails_of_the_same_moment_are_all_kept(tmp_path: Path) -> None:
    mailer = MailboxMailer(tmp_path, letters(step=timedelta()))
    for _ in range(10):
        mailer.send(JO, HowAccessIsGiven(), "r1")
    assert len(Mailbox(tmp_path).letters()) == 10


def test_a_mailbox_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    assert Mailbox(tmp_path / "mailbox").letters() == []


def test_only_its_owner_may_use_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "mailbox"
    MailboxMailer(folder, letters()).send(JO, LINK, "r1")
    [path] = folder.glob("*.eml")
    assert (folder.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o700, 0o600)


def test_a_reader_never_meets_half_a_mail(tmp_path: Path) -> None:
    mailer = MailboxMailer(tmp_path, letters())
    done = threading.Event()

    def send_many() -> None:
        for _ in range(50):
            mailer.send(JO, LINK, "r1")
        done.set()

    writer = threading.Thread(target=send_many)
    writer.start()
    bodies = set()
    while not done.is_set():
        bodies |= {letter.body for letter in Mailbox(tmp_path).letters(5)}
    writer.join()
    assert len(bodies | {letter.body for letter in Mailbox(tmp_path).letters()}) == 1
    assert not list(tmp_path.glob("*.part"))


def test_a_folder_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    taken = tmp_path / "mailbox"
    taken.write_text("")
    with pytest.raises(DeliveryFailed, match=f"The mailbox folder {taken} can't be written"):
        MailboxMailer(taken, letters()).send(JO, LINK, "r1")


def test_people_are_told_whom_to_write_to_where_there_is_such_an_address(tmp_path: Path) -> None:
    wording = Wording(start_page="http://127.0.0.1:8000/", support_email="help@example.org")
    MailboxMailer(tmp_path, evolve(letters(), wording=wording)).send(JO, HowAccessIsGiven(), "r1")
    assert "support at help@example.org.\n" in Mailbox(tmp_path).letters()[0].body
