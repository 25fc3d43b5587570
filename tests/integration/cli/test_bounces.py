"""Mail that comes back is noted from files, or from the mail server's own hand."""

import io
import sys
from contextlib import closing
from pathlib import Path

import pytest

from checkdata.domain.mail_records import MailState
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.composition.service import Composition
from checkdata.entrypoints.settings.environment import read_settings
from tests.integration.cli.command import Command
from tests.integration.email.bounces import a_bounce

JO = "jo@hub.example"


@pytest.fixture
def notice(checkdata: Command) -> bytes:
    """What comes back of the one mail that was sent."""
    checkdata.done("users", "add", "--email", JO, "--name", "Jo", "--role", "support", "--reason", "Why")
    checkdata.done("send")
    [mail] = (checkdata.folder / "data" / "checkdata" / "mailbox").glob("*.eml")
    return a_bounce(mail.read_bytes())


def states(command: Command) -> list[MailState]:
    with closing(Composition(read_settings(command.variables))) as composed:
        return [mail.state for mail in composed.help_users.mails(EmailAddress(JO))]


def test_a_notice_that_the_mail_server_hands_over_is_noted(
    checkdata: Command, notice: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert states(checkdata) == [MailState.SENT]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(notice)))
    ended = checkdata.done("bounced")
    assert ended.out == "1 noted, 0 of mails that are not known here, 0 no notice of a bounce.\n"
    assert states(checkdata) == [MailState.BOUNCED]


def test_of_many_mails_those_that_are_ours_are_noted_and_the_rest_is_counted(
    checkdata: Command, notice: bytes, tmp_path: Path
) -> None:
    theirs = notice.replace(b"Message-ID: <", b"Message-ID: <9")
    mails = {"ours": notice, "theirs": theirs, "away": b"Subject: Away\n\n"}
    for name, mail in mails.items():
        (tmp_path / name).write_bytes(mail)
    ended = checkdata.done("bounced", *(tmp_path / name for name in mails), code=1)
    assert ended.out == "1 noted, 1 of mails that are not known here, 1 no notice of a bounce.\n"
    assert JO not in ended.said
    assert states(checkdata) == [MailState.BOUNCED]


def test_a_file_that_is_not_there_is_refused(checkdata: Command, tmp_path: Path) -> None:
    assert "can't be read" in checkdata.done("bounced", tmp_path / "none", code=2).err
