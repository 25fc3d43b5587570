"""The environment, read once and in this one place; a wrong value stops the start with a sentence that names it.

================================  ===================================================================================
``CHECKDATA_DATABASE_URL``        ``sqlite:///FILE`` or ``postgresql://…``; unless set, a file in the user's data folder
``CHECKDATA_OWNER_DATABASE_URL``  the same PostgreSQL database as the owner of its tables, for ``migrate`` and ``purge``
                                  alone; unless set, the address above, whose role then is the owner
``CHECKDATA_BASE_URL``            the address people reach the service at; unless set, ``http://127.0.0.1:PORT``
``CHECKDATA_SECRET_KEY``          32 characters or more that nobody knows, the same for every process of the service
``CHECKDATA_AUDIT_KEY``           32 characters or more with which the audit log is sealed; unless set, the secret key.
                                  Set it to the old secret key where that is changed
``CHECKDATA_EMAIL``               ``mailbox:DIR``, ``smtp://user:password@host:port?from=ADDRESS`` (STARTTLS; port 587
                                  unless told) or ``smtps://…`` (TLS at once; 465); unless set, a mailbox in the
                                  user's data folder
``CHECKDATA_SUPPORT_EMAIL``       the address that people are told to write to for help; none unless set
``CHECKDATA_LINK_MINUTES``        how long a sign-in link lives: 1 to 1440, 60 unless set
``CHECKDATA_LIMIT_MINUTES``       in how long a time the next three are counted: 1 to the life of a link, 15 unless set
``CHECKDATA_LINKS_PER_ADDRESS``   how many sign-in links an address is sent in that time: 1 to 9999, 5 unless set
``CHECKDATA_LINKS_PER_CLIENT``    how many a network address may ask for: 1 to 9999, 50 unless set
``CHECKDATA_LINKS_IN_ALL``        how many everybody together may ask for: 1 to 9999, 1000 unless set
``CHECKDATA_TRUSTED_PROXIES``     the proxies whose X-Forwarded-For is believed, addresses or networks with commas
                                  between them; unless set, those on this machine: ``127.0.0.1,::1``
``CHECKDATA_IDLE_MINUTES``        after how long without a request a session ends: 1 to 1440, 30 unless set
``CHECKDATA_SESSION_HOURS``       how long a session lasts at most: 1 to 24, 8 unless set
``CHECKDATA_KEPT_MONTHS``         how long a participant who moved away stays in view: 1 to 120, 12 unless set
``CHECKDATA_NOMINATION_DAYS``     how long a nomination waits for its grant: 1 to 365, 28 unless set
``CHECKDATA_CONFIRMATION_DAYS``   how long a lead provider's confirmation link lives: 1 to 90, 7 unless set
``CHECKDATA_UNUSED_DAYS``         after how long without use access is reviewed: 1 to 3650, 90 unless set
``CHECKDATA_CONFIRMED_DAYS``      how long after its confirmation access is reviewed: 1 to 3650, 365 unless set
``CHECKDATA_SESSION_KEPT_DAYS``   how long sessions and links are kept after their end: 1 to 3650, 30 unless set
``CHECKDATA_MAIL_TEXT_DAYS``      how long what mail said is kept: 1 to 3650, 30 unless set
``CHECKDATA_MAIL_DAYS``           how long it is kept that mail was sent: 1 to 3650, 365 unless set
``CHECKDATA_DECLINED_DAYS``       how long nominations that gave nobody access are kept: 1 to 3650, 365 unless set
``CHECKDATA_AUDIT_DAYS``          how long the audit log is kept: 1 to 9999, 2192 (six years) unless set
``CHECKDATA_GOVUK``               ``on`` shows the crown and GDS Transport, for services on gov.uk alone; else ``off``
================================  ===================================================================================
"""

import hmac
import re
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from ipaddress import ip_network
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from attrs import field, frozen

from checkdata.domain.confirmations import ConfirmationLifetimes
from checkdata.domain.errors import CheckdataError, InvalidValue
from checkdata.domain.link_limits import LinkLimits
from checkdata.domain.participants import KEPT_MONTHS
from checkdata.domain.services.purging import SIX_YEARS, KeptFor
from checkdata.domain.services.reviewing import ReviewLimits
from checkdata.domain.signing_in import Lifetimes
from checkdata.domain.values import EmailAddress

LOOPBACK: Final = ("127.0.0.1", "localhost")
"""The hosts at which plain http, and a mail server without TLS, can't be overheard (security.md 16)."""

SHORTEST_KEY: Final = 32
"""How many characters a secret key has at least."""

DEFAULT_PORT: Final = 8000

_SMTP_PORTS: Final = {"smtp": 587, "smtps": 465}
_SMTP_FORM: Final = "smtp://user:password@host:port?from=name@example.org"
_MAILBOX_SENDER: Final = EmailAddress.of("no-reply@checkdata.invalid")


class WrongSetting(CheckdataError):
    """A variable of the environment is missing or wrong; the sentence names it, and never shows its value."""

    def __init__(self, name: str, what_to_do: str) -> None:
        super().__init__(f"{name} {what_to_do}")


@frozen
class MailboxFolder:
    """Mail is kept in a folder, for development and the demo (security.md 44)."""

    folder: Path


@frozen(kw_only=True)
class SmtpAccount:
    """Mail goes through an SMTP server: ``smtps`` speaks TLS from the first byte, else STARTTLS does.

    ``user`` is "" where the server asks for no sign-in.
    """

    host: str
    port: int
    smtps: bool
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def on_this_machine(self) -> bool:
        """Whether the conversation can't be overheard, so that a server without TLS will do."""
        return self.host in LOOPBACK


@frozen(kw_only=True)
class Settings:
    """Everything that the environment decides; the module's docstring says what each variable means."""

    data_folder: Path
    database_url: str = field(repr=False)
    owner_database_url: str | None = field(repr=False)
    base_url: str
    secret_key: str | None = field(repr=False)
    audit_key: str | None = field(repr=False)
    email: MailboxFolder | SmtpAccount
    sender: EmailAddress
    support_email: str
    lifetimes: Lifetimes
    limits: LinkLimits
    trusted_proxies: tuple[str, ...]
    kept_months: int
    nomination_lives: timedelta
    confirmation_lifetimes: ConfirmationLifetimes
    review_limits: ReviewLimits
    kept_for: KeptFor
    govuk: bool

    @property
    def database_is_the_default(self) -> bool:
        """Whether the database is a file in the data folder, which is made for it."""
        return self.database_url == _default_database(self.data_folder)

    @property
    def required_secret_key(self) -> str:
        """The secret key, for those who can't do without; `WrongSetting` where there is none."""
        if self.secret_key is None:
            raise WrongSetting("CHECKDATA_SECRET_KEY", f"is not set. {_HOW_TO_MAKE_A_KEY}")
        return self.secret_key

    @property
    def sealing_key(self) -> bytes:
        """The key of the seals, made of the audit key or the secret key; `WrongSetting` where there is neither."""
        return hmac.new((self.audit_key or self.required_secret_key).encode(), _SEALS, sha256).digest()


_SEALS: Final = b"checkdata audit seals"
_HOW_TO_MAKE_A_KEY: Final = (
    "Set it to 32 random characters or more, the same for every process of the service. "
    "To make some: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
)


def read_settings(environment: Mapping[str, str], *, port: int = DEFAULT_PORT) -> Settings:
    """Read all settings; *port* is that of the base address where none is set. Raises `WrongSetting`.

    A variable that is set to nothing counts as not set.
    """
    given = {name: value.strip() for name, value in environment.items() if value.strip()}
    data_folder = _data_folder(given)
    base_url = _base_url(given.get("CHECKDATA_BASE_URL", f"http://127.0.0.1:{port}"))
    email, sender = _email(given.get("CHECKDATA_EMAIL", f"mailbox:{data_folder / 'mailbox'}"))
    _check_mailbox_is_for_development(email, base_url)
    link_minutes = _number(given, "CHECKDATA_LINK_MINUTES", 60, most=1440)
    return Settings(
        data_folder=data_folder,
        database_url=given.get("CHECKDATA_DATABASE_URL", _default_database(data_folder)),
        owner_database_url=given.get("CHECKDATA_OWNER_DATABASE_URL"),
        base_url=base_url,
        secret_key=_key(given, "CHECKDATA_SECRET_KEY"),
        audit_key=_key(given, "CHECKDATA_AUDIT_KEY"),
        email=email,
        sender=sender,
        support_email=_support_email(given.get("CHECKDATA_SUPPORT_EMAIL", "")),
        lifetimes=Lifetimes(
            link=timedelta(minutes=link_minutes),
            idle=timedelta(minutes=_number(given, "CHECKDATA_IDLE_MINUTES", 30, most=1440)),
            whole=timedelta(hours=_number(given, "CHECKDATA_SESSION_HOURS", 8, most=24)),
        ),
        limits=_limits(given, link_minutes),
        trusted_proxies=_networks("CHECKDATA_TRUSTED_PROXIES", given.get("CHECKDATA_TRUSTED_PROXIES", "127.0.0.1,::1")),
        kept_months=_number(given, "CHECKDATA_KEPT_MONTHS", KEPT_MONTHS, most=120),
        nomination_lives=_days(given, "CHECKDATA_NOMINATION_DAYS", 28, most=365),
        confirmation_lifetimes=ConfirmationLifetimes(link=_days(given, "CHECKDATA_CONFIRMATION_DAYS", 7, most=90)),
        review_limits=ReviewLimits(
            unused=_days(given, "CHECKDATA_UNUSED_DAYS", 90, most=3650),
            confirmed=_days(given, "CHECKDATA_CONFIRMED_DAYS", 365, most=3650),
        ),
        kept_for=KeptFor(
            sessions=_days(given, "CHECKDATA_SESSION_KEPT_DAYS", 30, most=3650),
            mail_text=_days(given, "CHECKDATA_MAIL_TEXT_DAYS", 30, most=3650),
            mail=_days(given, "CHECKDATA_MAIL_DAYS", 365, most=3650),
            nominations=_days(given, "CHECKDATA_DECLINED_DAYS", 365, most=3650),
            audit=_days(given, "CHECKDATA_AUDIT_DAYS", SIX_YEARS.days, most=9999),
        ),
        govuk=_switch(given, "CHECKDATA_GOVUK"),
    )


def _data_folder(given: Mapping[str, str]) -> Path:
    """Where the user's programs keep their data (XDG Base Directory Specification)."""
    home = given.get("XDG_DATA_HOME")
    return (Path(home) if home else Path.home() / ".local" / "share") / "checkdata"


def _default_database(data_folder: Path) -> str:
    return f"sqlite:///{data_folder / 'checkdata.sqlite'}"


def _base_url(value: str) -> str:
    name = "CHECKDATA_BASE_URL"
    parts = _split(name, value)
    beyond_host = parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password
    if parts.scheme not in {"http", "https"} or not parts.hostname or beyond_host or not value.isascii():
        raise WrongSetting(name, "must be an address without a path, like https://check-data.example.org")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise WrongSetting(name, "must begin with https://, except at 127.0.0.1 and localhost")
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}"


def _key(given: Mapping[str, str], name: str) -> str | None:
    value = given.get(name)
    if value is not None and len(value) < SHORTEST_KEY:
        raise WrongSetting(name, f"is too short. {_HOW_TO_MAKE_A_KEY}")
    return value


def _email(value: str) -> tuple[MailboxFolder | SmtpAccount, EmailAddress]:
    kind, _, rest = value.partition(":")
    if kind == "mailbox" and rest:
        return MailboxFolder(Path(rest).expanduser()), _MAILBOX_SENDER
    if kind in _SMTP_PORTS:
        return _smtp(_split("CHECKDATA_EMAIL", value))
    raise WrongSetting("CHECKDATA_EMAIL", f"must be mailbox:FOLDER or {_SMTP_FORM}, with smtps:// for TLS at once")


def _smtp(parts: SplitResult) -> tuple[SmtpAccount, EmailAddress]:
    words = parse_qs(parts.query, keep_blank_values=True)
    if not parts.hostname or parts.path.strip("/") or parts.fragment or set(words) != {"from"}:
        raise WrongSetting("CHECKDATA_EMAIL", f"must look like {_SMTP_FORM}")
    if (parts.username is None) != (parts.password is None):
        raise WrongSetting("CHECKDATA_EMAIL", f"must have both a user and a password, or neither: {_SMTP_FORM}")
    account = SmtpAccount(
        host=parts.hostname,
        port=parts.port or _SMTP_PORTS[parts.scheme],
        smtps=parts.scheme == "smtps",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )
    return account, _address("CHECKDATA_EMAIL", "from", words["from"][-1])


def _check_mailbox_is_for_development(email: MailboxFolder | SmtpAccount, base_url: str) -> None:
    """Whoever reads a mailbox folder can sign in as anybody in it (security.md 44)."""
    if isinstance(email, MailboxFolder) and base_url.startswith("https:"):
        raise WrongSetting(
            "CHECKDATA_EMAIL",
            f"must be a mail server where CHECKDATA_BASE_URL begins with https://: {_SMTP_FORM}. "
            "A mailbox folder is for development alone.",
        )


def _support_email(value: str) -> str:
    return str(_address("CHECKDATA_SUPPORT_EMAIL", "it", value)) if value else ""


def _address(name: str, part: str, value: str) -> EmailAddress:
    try:
        return EmailAddress.of(value)
    except InvalidValue:
        raise WrongSetting(name, f"is wrong: {part} must be an email address, like name@example.org") from None


def _number(given: Mapping[str, str], name: str, default: int, *, most: int) -> int:
    value = given.get(name, str(default))
    if not (re.fullmatch(r"[0-9]{1,4}", value) and 1 <= int(value) <= most):
        raise WrongSetting(name, f"must be a whole number from 1 to {most}")
    return int(value)


def _limits(given: Mapping[str, str], link_minutes: int) -> LinkLimits:
    usual = LinkLimits()
    minutes = _number(given, "CHECKDATA_LIMIT_MINUTES", min(15, link_minutes), most=link_minutes)
    return LinkLimits(
        window=timedelta(minutes=minutes),
        per_address=_number(given, "CHECKDATA_LINKS_PER_ADDRESS", usual.per_address, most=9999),
        per_client=_number(given, "CHECKDATA_LINKS_PER_CLIENT", usual.per_client, most=9999),
        overall=_number(given, "CHECKDATA_LINKS_IN_ALL", usual.overall, most=9999),
    )


def _networks(name: str, value: str) -> tuple[str, ...]:
    """Addresses and networks; not the network of all, for then anybody could say that they are somebody else."""
    found = tuple(word.strip() for word in value.split(","))
    try:
        wrong = any(ip_network(word).prefixlen == 0 for word in found)
    except ValueError:
        wrong = True
    if wrong:
        raise WrongSetting(name, "must be addresses or networks of proxies, like 10.0.0.7,10.1.0.0/16")
    return found


def _days(given: Mapping[str, str], name: str, default: int, *, most: int) -> timedelta:
    return timedelta(days=_number(given, name, default, most=most))


def _switch(given: Mapping[str, str], name: str) -> bool:
    value = given.get(name, "off")
    if value not in {"on", "off"}:
        raise WrongSetting(name, "must be on or off")
    return value == "on"


def _split(name: str, value: str) -> SplitResult:
    """The parts of an address; one whose port is no port is as wrong as one that has no shape."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise WrongSetting(name, "is not an address: look at its brackets and its port") from None
    return parts
