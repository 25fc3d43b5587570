"""How mail is sent: into a folder, by an SMTP server, or by GOV.UK Notify."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, get_args
from urllib.parse import SplitResult, parse_qs, unquote

from attrs import field, frozen

from checkdata.domain.errors import InvalidValue
from checkdata.domain.messages import Message
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.settings.base_address import LOOPBACK
from checkdata.entrypoints.settings.formats import address_parts, checked_email_address

SMTP_FORM: Final = "smtp://user:password@host:port?from=name@example.org"

NOTIFY_FORM: Final = "notify:TEMPLATE_ID"

MAIL_ACCOUNT_FORMS: Final = (
    f"`mailbox:DIR`, `{SMTP_FORM}` (STARTTLS; port 587 unless given), `smtps://…` (TLS from the first byte; 465) or "
    f"`{NOTIFY_FORM}`, after which other templates may stand by what they are for, as `,sign_in_link=TEMPLATE_ID`"
)
"""The values that `mail_account` reads, for docs/settings.md."""

_SMTP_PORTS: Final = {"smtp": 587, "smtps": 465}
_MAILBOX_SENDER: Final = EmailAddress.of("no-reply@checkdata.invalid")


@frozen
class MailboxFolder:
    """Mail is kept in a folder, for development and the demo (security.md 44)."""

    folder: Path
    sender: EmailAddress = _MAILBOX_SENDER


@frozen(kw_only=True)
class SmtpAccount:
    """Mail goes through an SMTP server: ``smtps`` speaks TLS from the first byte, else STARTTLS does.

    ``user`` is "" where the server asks for no sign-in.
    """

    host: str
    port: int
    smtps: bool
    sender: EmailAddress
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def on_this_machine(self) -> bool:
        """Whether the conversation cannot be overheard, so that a server without TLS is enough."""
        return self.host in LOOPBACK


@frozen(kw_only=True)
class NotifyTemplates:
    """Mail goes through GOV.UK Notify; ``template`` is for each mail that has none of its own in ``templates``."""

    template: str
    templates: Mapping[str, str] = field(factory=dict)


MailAccount = MailboxFolder | SmtpAccount | NotifyTemplates

_UUID: Final = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
MAILS: Final = frozenset(each.template for each in get_args(Message))
"""The kinds of mail that may have a template of their own at Notify."""


def notify_key(value: str) -> str:
    """An API key of GOV.UK Notify: its name, the id of the service and the secret."""
    if not re.fullmatch(f".*-{_UUID}-{_UUID}", value):
        raise InvalidValue("is not an API key of GOV.UK Notify: copy all of it, from its name to its end")
    return value


def mail_account(value: str) -> MailAccount:
    """The folder or the server that *value* names; `InvalidValue` where it names none."""
    kind, _, rest = value.partition(":")
    if kind == "mailbox" and rest:
        return MailboxFolder(Path(rest).expanduser())
    if kind in _SMTP_PORTS:
        return _smtp(address_parts(value))
    if kind == "notify":
        return _notify(rest)
    raise InvalidValue(f"must be mailbox:FOLDER, {NOTIFY_FORM} or {SMTP_FORM}, with smtps:// for TLS at once")


def _notify(text: str) -> NotifyTemplates:
    template, *others = (word.strip() for word in text.split(","))
    named = {kind: template_id for kind, _, template_id in (word.partition("=") for word in others)}
    for template_id in (template, *named.values()):
        if not re.fullmatch(_UUID, template_id):
            raise InvalidValue(f"must have ids of templates, as {NOTIFY_FORM},sign_in_link=TEMPLATE_ID")
    if len(named) < len(others):
        raise InvalidValue("has two templates for one kind of mail: take one of them out")
    if unknown := sorted(named.keys() - MAILS):
        raise InvalidValue(f"has templates for {', '.join(unknown)}; there can be one for {', '.join(sorted(MAILS))}")
    return NotifyTemplates(template=template, templates=named)


def _smtp(parts: SplitResult) -> SmtpAccount:
    words = parse_qs(parts.query, keep_blank_values=True)
    if not parts.hostname or parts.path.strip("/") or parts.fragment or set(words) != {"from"}:
        raise InvalidValue(f"must look like {SMTP_FORM}")
    if (parts.username is None) != (parts.password is None):
        raise InvalidValue(f"must have both a user and a password, or neither: {SMTP_FORM}")
    return SmtpAccount(
        host=parts.hostname,
        port=parts.port or _SMTP_PORTS[parts.scheme],
        smtps=parts.scheme == "smtps",
        sender=checked_email_address("from", words["from"][-1]),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )
