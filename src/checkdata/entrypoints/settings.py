"""The environment, read once and in this one place; a wrong value stops the start with a sentence that names it.

`checkdata.entrypoints.known_settings` says what each variable means.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from attrs import field, frozen

from checkdata.domain.errors import CheckdataError, InvalidValue
from checkdata.domain.jobs import Job
from checkdata.domain.keys import Keys
from checkdata.domain.nominations.confirmation_links import ConfirmationLifetimes
from checkdata.domain.services.access.review_access import ReviewLimits
from checkdata.domain.services.audit.purge import SIX_YEARS, KeptFor
from checkdata.domain.sign_in.link_limits import LinkLimits
from checkdata.domain.sign_in.sessions import Lifetimes
from checkdata.domain.training.records import KEPT_MONTHS
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.key_list import HOW_TO_MAKE_A_KEY, keys_in
from checkdata.entrypoints.known_settings import unknown_settings

LOOPBACK: Final = ("127.0.0.1", "localhost")
"""The hosts at which plain http, and a mail server without TLS, can't be overheard (security.md 16)."""

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
    secret_keys: Keys | None
    audit_keys: Keys | None
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
    as_owner: bool
    commit: str
    oldest_runs: Mapping[Job, timedelta]

    @property
    def database_is_the_default(self) -> bool:
        """Whether the database is a file in the data folder, which is made for it."""
        return self.database_url == _default_database(self.data_folder)

    @property
    def required_secret_keys(self) -> Keys:
        """The secret keys, for processes that need them; `WrongSetting` if there are none."""
        if self.secret_keys is None:
            raise WrongSetting("CHECKDATA_SECRET_KEY", f"is not set. {HOW_TO_MAKE_A_KEY}")
        return self.secret_keys

    @property
    def sealing_keys(self) -> Keys:
        """The keys of the seals, made of the audit keys or the secret keys; `WrongSetting` where there are neither."""
        return (self.audit_keys or self.required_secret_keys).made_for("checkdata audit seals")


def read_settings(environment: Mapping[str, str], *, port: int = DEFAULT_PORT) -> Settings:
    """Read all settings; *port* is that of the base address where none is set. Raises `WrongSetting`.

    A variable that is set to nothing counts as not set; one that is no setting, and looks like one, is refused.
    """
    _check_all_are_known(environment)
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
        secret_keys=_keys(given, "CHECKDATA_SECRET_KEY"),
        audit_keys=_keys(given, "CHECKDATA_AUDIT_KEY", older_may_be_weak=True),
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
        as_owner=_switch(given, "CHECKDATA_AS_OWNER"),
        commit=_commit(given),
        oldest_runs=_oldest_runs(given),
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


def _check_all_are_known(environment: Mapping[str, str]) -> None:
    for name, meant in unknown_settings(environment).items():
        hint = "docs/settings.md lists them all." if meant is None else f"Did you mean {meant}?"
        raise WrongSetting(name, f"is not a setting of checkdata. {hint}")


def _keys(given: Mapping[str, str], name: str, *, older_may_be_weak: bool = False) -> Keys | None:
    """The keys that a variable lists; what a weak one sealed has to be verified still, and nothing else."""
    value = given.get(name)
    if value is None:
        return None
    try:
        return keys_in(value, older_may_be_weak=older_may_be_weak)
    except InvalidValue as error:
        raise WrongSetting(name, str(error)) from None


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
    """Anyone who reads a mailbox folder can sign in as any user with mail in it (security.md 44)."""
    if isinstance(email, MailboxFolder) and base_url.startswith("https:"):
        raise WrongSetting(
            "CHECKDATA_EMAIL",
            f"must be a mail server where CHECKDATA_BASE_URL begins with https://: {_SMTP_FORM}. "
            "A mailbox folder is only for development.",
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
    """Addresses and networks; not the network of all addresses, so that no client can claim another's address."""
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


def _commit(given: Mapping[str, str]) -> str:
    value = given.get("CHECKDATA_COMMIT", "unknown")
    if not re.fullmatch(r"[\w.+-]{1,64}", value, re.ASCII):
        raise WrongSetting("CHECKDATA_COMMIT", "must be a commit or a version: at most 64 letters, digits and . + - _")
    return value


_WATCHED: Final = {
    Job.IMPORT: "CHECKDATA_READY_IMPORT_HOURS",
    Job.REFRESH: "CHECKDATA_READY_REFRESH_HOURS",
    Job.PURGE: "CHECKDATA_READY_PURGE_HOURS",
    Job.SEAL: "CHECKDATA_READY_SEAL_HOURS",
    Job.MAIL: "CHECKDATA_READY_MAIL_HOURS",
}


def _oldest_runs(given: Mapping[str, str]) -> Mapping[Job, timedelta]:
    """How long ago each job may have run last; those that have no setting are not watched."""
    return {job: timedelta(hours=_number(given, name, 1, most=9999)) for job, name in _WATCHED.items() if name in given}


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
