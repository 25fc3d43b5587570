"""Mail: made from templates, then handed to an SMTP server or GOV.UK Notify, or kept in a folder for development."""

from checkdata.adapters.email.bounces import read_bounce
from checkdata.adapters.email.mailbox import KeptMail, Mailbox, MailboxMailer
from checkdata.adapters.email.notify_receipts import read_receipt
from checkdata.adapters.email.rendering import MailRenderer
from checkdata.adapters.email.smtp import Security, SmtpMailer, SmtpServer
from checkdata.adapters.email.wording import Wording

__all__ = [
    "KeptMail",
    "MailRenderer",
    "Mailbox",
    "MailboxMailer",
    "Security",
    "SmtpMailer",
    "SmtpServer",
    "Wording",
    "read_bounce",
    "read_receipt",
]
