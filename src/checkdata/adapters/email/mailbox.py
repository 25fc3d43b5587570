"""A folder that keeps mails as ``.eml`` files instead of sending them: for development and the demo."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from attrs import frozen

from checkdata.adapters.email.rendering import MailRenderer
from checkdata.domain import ports
from checkdata.domain.errors import DeliveryFailed
from checkdata.domain.messages import Message
from checkdata.domain.values import EmailAddress

OWNER_ONLY: Final = 0o700
"""Anyone who reads the folder can sign in as any user with mail in it."""


@frozen(kw_only=True)
class KeptMail:
    """One mail of the folder, read back; ``name`` is its file's, ``body`` its plain text."""

    name: str
    to: str
    subject: str
    sent_at: datetime
    body: str


class MailboxMailer:
    """Keeps each mail as a file of its own in *folder*, which is made if need be; whole, or not at all."""

    def __init__(self, folder: Path, letters: MailRenderer) -> None:
        self._folder = folder
        self._letters = letters

    def send(self, to: EmailAddress, message: Message, reference: str, /) -> None:
        """Keep one mail; `DeliveryFailed` where the folder can't be written."""
        mail = self._letters.write(to, message, reference)
        try:
            self._folder.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
            _write_whole(self._folder / _file_name(self._letters.clock()), mail.as_bytes(policy=default))
        except OSError as error:
            msg = f"The mailbox folder {self._folder} can't be written: {error.strerror}."
            raise DeliveryFailed(msg) from error


class Mailbox:
    """Reads what a `MailboxMailer` kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def letters(self, limit: int = 100) -> Sequence[KeptMail]:
        """The newest mails, newest first; none where the folder is not there yet."""
        newest = sorted(self._folder.glob("*.eml"), key=lambda path: path.name, reverse=True)[:limit]
        return [_read(path) for path in newest]


def _file_name(at: datetime) -> str:
    """A unique name that sorts by the time the mail was written."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(4)}.eml"


def _write_whole(path: Path, content: bytes) -> None:
    with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as partial:
        partial.write(content)
    Path(partial.name).rename(path)


def _read(path: Path) -> KeptMail:
    mail = message_from_bytes(path.read_bytes(), EmailMessage, policy=default)
    return KeptMail(
        name=path.name,
        to=str(mail["To"]),
        subject=str(mail["Subject"]),
        sent_at=parsedate_to_datetime(mail["Date"]),
        body=str(mail.get_content()),
    )


_conforms: type[ports.Mailer] = MailboxMailer
