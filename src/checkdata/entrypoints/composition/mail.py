"""Composes sending and reading mail; loaded only for that, because a worker that answers pages does not need it."""

from collections.abc import Sequence

from checkdata.adapters.email import Mailbox, MailboxMailer, MailRenderer, Security, SmtpMailer, SmtpServer, read_bounce
from checkdata.domain.ports import Clock, Mailer
from checkdata.entrypoints.settings.environment import Settings
from checkdata.entrypoints.settings.mail_account import MailboxFolder, SmtpAccount
from checkdata.entrypoints.web.settings import MailboxMail

__all__ = ["mailer_of", "mails_of", "read_bounce"]


def mailer_of(settings: Settings, clock: Clock) -> Mailer:
    """The mailer that the settings name: an SMTP server, or a folder in development."""
    letters = MailRenderer(
        sender=settings.email.sender,
        start_page=f"{settings.base}/",
        clock=clock,
        support_email=settings.support_email,
    )
    match settings.email:
        case MailboxFolder(folder=folder):
            return MailboxMailer(folder, letters)
        case SmtpAccount() as account:
            return SmtpMailer(_server(account), letters)


def mails_of(settings: Settings) -> Sequence[MailboxMail]:
    """The mails in the mailbox folder; none where mail goes to a server."""
    email = settings.email
    letters = Mailbox(email.folder).letters() if isinstance(email, MailboxFolder) else ()
    return [MailboxMail(to=mail.to, subject=mail.subject, text=mail.body, at=mail.sent_at) for mail in letters]


def _server(account: SmtpAccount) -> SmtpServer:
    by_starttls = Security.IF_OFFERED if account.on_this_machine else Security.STARTTLS
    return SmtpServer(
        host=account.host,
        port=account.port,
        security=Security.TLS if account.smtps else by_starttls,
        user=account.user,
        password=account.password,
    )
