"""Composes sending and reading mail; loaded only for that, because a worker that answers pages does not need it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from checkdata.adapters.email import (
    MailboxMailer,
    MailRenderer,
    Security,
    SmtpMailer,
    SmtpServer,
    Wording,
    read_bounce,
    read_receipt,
)
from checkdata.domain.errors import DeliveryFailed
from checkdata.domain.keys import Keys
from checkdata.domain.messages import ChangesCounted
from checkdata.domain.people.organisations import organisation_of
from checkdata.domain.ports import Clock
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.settings import declared
from checkdata.entrypoints.settings.environment import Settings
from checkdata.entrypoints.settings.mail_account import MailboxFolder, NotifyTemplates, SmtpAccount
from checkdata.entrypoints.settings.setting import WrongSetting
from checkdata.entrypoints.web.presentation.addresses import CHANGES, STOP_NOTES, address
from checkdata.entrypoints.web.security.stop_links import stop_token

if TYPE_CHECKING:
    from checkdata.adapters.email.notify import NotifyMailer

__all__ = ["changes_place", "faults_of_mail", "mailer_of", "notify_mailer", "read_bounce", "read_receipt", "stop_place"]


def changes_place(counted: ChangesCounted) -> str:
    """Where a note of changes leads: what changed since its day, for the organisation that it is about."""
    organisation = organisation_of(counted.role, counted.organisation_id, counted.organisation)
    return address(CHANGES[counted.role], organisation, {"since": counted.since})


def stop_place(keys: Keys, counted: ChangesCounted) -> str:
    """Where one click stops these notes."""
    return f"{STOP_NOTES}/{stop_token(keys, counted.user_id, counted.role, counted.organisation_id)}"


def mailer_of(settings: Settings, clock: Clock) -> "MailboxMailer | SmtpMailer | NotifyMailer":
    """The mailer that the settings name: Notify, an SMTP server, or a folder in development."""
    match settings.required_email:
        case MailboxFolder(folder=folder) as mailbox:
            return MailboxMailer(folder, _letters(settings, mailbox.sender, clock))
        case SmtpAccount() as account:
            return SmtpMailer(_server(account), _letters(settings, account.sender, clock))
        case NotifyTemplates() as templates:
            return notify_mailer(settings, templates)


def faults_of_mail(settings: Settings, clock: Clock) -> Sequence[str]:
    """What keeps the mail service from taking our mail, a sentence each; none for a folder."""
    mailer = mailer_of(settings, clock)
    if isinstance(mailer, MailboxMailer):
        return []
    try:
        return mailer.faults()
    except DeliveryFailed as error:
        return [str(error)]


def notify_mailer(settings: Settings, templates: NotifyTemplates) -> "NotifyMailer":
    """The mailer of these templates; `WrongSetting` where there is no key, or the extra is not installed."""
    try:
        from checkdata.adapters.email.notify import (  # noqa: PLC0415 - an extra of its own
            NOTIFY_URL,
            NotifyAccount,
            NotifyMailer,
            Pace,
        )
    except ModuleNotFoundError:
        raise WrongSetting(declared.EMAIL.name, "is notify:…, which needs: pip install 'checkdata[notify]'") from None
    account = NotifyAccount(
        key=settings.required_notify_key,
        template=templates.template,
        templates=templates.templates,
        url=settings.notify_url or NOTIFY_URL,
    )
    return NotifyMailer(account, _wording(settings), Pace())


def _letters(settings: Settings, sender: EmailAddress, clock: Clock) -> MailRenderer:
    return MailRenderer(sender=sender, wording=_wording(settings), clock=clock)


def _wording(settings: Settings) -> Wording:
    return Wording(
        start_page=f"{settings.base}/", support_email=settings.support_email, by_mail=settings.dfe_sign_in is None
    )


def _server(account: SmtpAccount) -> SmtpServer:
    by_starttls = Security.IF_OFFERED if account.on_this_machine else Security.STARTTLS
    return SmtpServer(
        host=account.host,
        port=account.port,
        security=Security.TLS if account.smtps else by_starttls,
        user=account.user,
        password=account.password,
    )
