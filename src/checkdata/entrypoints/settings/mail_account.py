"""How mail is sent: into a folder, or by an SMTP server."""

from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, parse_qs, unquote

from attrs import field, frozen

from checkdata.domain.errors import InvalidValue
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.settings.base_address import LOOPBACK
from checkdata.entrypoints.settings.formats import address_parts, checked_email_address

SMTP_FORM: Final = "smtp://user:password@host:port?from=name@example.org"

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


def mail_account(value: str) -> MailboxFolder | SmtpAccount:
    """The folder or the server that *value* names; `InvalidValue` where it names none."""
    kind, _, rest = value.partition(":")
    if kind == "mailbox" and rest:
        return MailboxFolder(Path(rest).expanduser())
    if kind in _SMTP_PORTS:
        return _smtp(address_parts(value))
    raise InvalidValue(f"must be mailbox:FOLDER or {SMTP_FORM}, with smtps:// for TLS at once")


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
