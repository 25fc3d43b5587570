"""Composes sending and reading mail; loaded only for that, because a worker that answers pages does not need it."""

from checkdata.adapters.email import MailboxMailer, MailRenderer, Security, SmtpMailer, SmtpServer, read_bounce
from checkdata.domain.keys import Keys
from checkdata.domain.messages import ChangesCounted
from checkdata.domain.people.organisations import organisation_of
from checkdata.domain.ports import Clock, Mailer
from checkdata.entrypoints.settings.environment import Settings
from checkdata.entrypoints.settings.mail_account import MailboxFolder, SmtpAccount
from checkdata.entrypoints.web.presentation.addresses import CHANGES, STOP_NOTES, address
from checkdata.entrypoints.web.security.stop_links import stop_token

__all__ = ["changes_place", "mailer_of", "read_bounce", "stop_place"]


def changes_place(counted: ChangesCounted) -> str:
    """Where a note of changes leads: what changed since its day, for the organisation that it is about."""
    organisation = organisation_of(counted.role, counted.organisation_id, counted.organisation)
    return address(CHANGES[counted.role], organisation, {"since": counted.since})


def stop_place(keys: Keys, counted: ChangesCounted) -> str:
    """Where one click stops these notes."""
    return f"{STOP_NOTES}/{stop_token(keys, counted.user_id, counted.role, counted.organisation_id)}"


def mailer_of(settings: Settings, clock: Clock) -> Mailer:
    """The mailer that the settings name: an SMTP server, or a folder in development."""
    letters = MailRenderer(
        sender=settings.required_email.sender,
        start_page=f"{settings.base}/",
        clock=clock,
        support_email=settings.support_email,
    )
    match settings.required_email:
        case MailboxFolder(folder=folder):
            return MailboxMailer(folder, letters)
        case SmtpAccount() as account:
            return SmtpMailer(_server(account), letters)


def _server(account: SmtpAccount) -> SmtpServer:
    by_starttls = Security.IF_OFFERED if account.on_this_machine else Security.STARTTLS
    return SmtpServer(
        host=account.host,
        port=account.port,
        security=Security.TLS if account.smtps else by_starttls,
        user=account.user,
        password=account.password,
    )
