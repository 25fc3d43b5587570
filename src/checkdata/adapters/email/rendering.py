"""Makes each mail for a mail server, or for the folder of the demo."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from attrs import frozen

from checkdata.adapters.email.wording import SERVICE_NAME, Wording
from checkdata.domain.messages import ChangesCountedMessage, Message
from checkdata.domain.ports import Clock
from checkdata.domain.values import EmailAddress

_UNFOLDED: Final = SMTP.clone(max_line_length=998)
"""A longer line is written as encoded words, which mail programs do not read in ``List-Unsubscribe`` (RFC 2369)."""


@frozen(kw_only=True)
class MailRenderer:
    """Makes a mail of a message.

    ``sender`` stands in From; it comes from settings, never from a request (security.md 10).
    """

    sender: EmailAddress
    wording: Wording
    clock: Clock

    def write(self, to: EmailAddress, message: Message, reference: str) -> EmailMessage:
        """The mail with its headers; the same *reference* always gives the same Message-ID.

        A line break in a header is a `ValueError`, so that none can be smuggled in.
        """
        subject, body = self.wording.subject_and_body(message)
        mail = EmailMessage(policy=SMTP)
        mail["From"] = Address(SERVICE_NAME, addr_spec=self.sender.value)
        mail["To"] = Address(addr_spec=to.value)
        mail["Subject"] = subject
        mail["Date"] = format_datetime(self.clock())
        mail["Message-ID"] = f"<{reference}@{self.sender.value.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        if isinstance(message, ChangesCountedMessage):
            mail["List-Unsubscribe"] = f"<{message.stop_url}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
        # Lines stay whole where they can, because a link that the encoding wraps gets broken.
        mail.set_content(body, cte="7bit" if body.isascii() else "quoted-printable")
        if isinstance(message, ChangesCountedMessage):
            mail.policy = _UNFOLDED
        return mail
