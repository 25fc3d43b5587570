"""The environment, read once and in this one place; a wrong value stops the start with a sentence that names it."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

from attrs import evolve, field, frozen

from checkdata.domain.access.lapsing import LapseLimits
from checkdata.domain.jobs import Job
from checkdata.domain.keys import Keys
from checkdata.domain.nominations.confirmation_links import ConfirmationLifetimes
from checkdata.domain.services.access.review_access import ReviewLimits
from checkdata.domain.services.audit.purge import KeptFor
from checkdata.domain.sign_in.link_limits import LinkLimits
from checkdata.domain.sign_in.sessions import Lifetimes
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.settings import amounts, declared, watched
from checkdata.entrypoints.settings.base_address import BaseAddress
from checkdata.entrypoints.settings.given import given_texts
from checkdata.entrypoints.settings.key_list import HOW_TO_MAKE_A_KEY
from checkdata.entrypoints.settings.mail_account import NOTIFY_FORM, SMTP_FORM, MailAccount, MailboxFolder
from checkdata.entrypoints.settings.related_services import RelatedAddress
from checkdata.entrypoints.settings.setting import Unit, WrongSetting, length_of_time
from checkdata.entrypoints.settings.sign_in_way import DfeSignIn, SignInWay
from checkdata.entrypoints.settings.unknown import check_all_are_known
from checkdata.entrypoints.settings.watching import AnalyticsSettings, BigQueryName, ListeningAddress, LogFormat

DEFAULT_PORT: Final = 8000

_NEEDS_A_SERVER: Final = (
    f"must be {NOTIFY_FORM} or a mail server where CHECKDATA_BASE_URL begins with https://: {SMTP_FORM}. "
    "A mailbox folder is only for development."
)


@frozen(kw_only=True)
class Settings:
    """Everything that the environment decides; `declared` says what each variable means."""

    data_folder: Path
    database_url: str = field(repr=False)
    owner_database_url: str | None = field(repr=False)
    base: BaseAddress
    decision_point: BaseAddress
    secret_keys: Keys | None
    audit_keys: Keys | None
    email: MailAccount | None
    notify_key: str | None = field(repr=False)
    notify_url: str | None
    receipts_token: str | None = field(repr=False)
    trs_key: str | None = field(repr=False)
    trs_url: str | None
    trs_webhooks: bool
    trs_answers_hold: timedelta
    metrics_token: str | None = field(repr=False)
    metrics_address: ListeningAddress | None
    log_format: LogFormat
    environment: str
    sentry_dsn: str | None = field(repr=False)
    otlp_url: str | None
    analytics: AnalyticsSettings | None
    support_email: str
    policy_email: EmailAddress | None
    sign_in_way: SignInWay
    dfe_sign_in: DfeSignIn | None
    lifetimes: Lifetimes
    limits: LinkLimits
    trusted_proxies: tuple[str, ...]
    kept_months: int
    wider_percent: int
    related_services: tuple[RelatedAddress, ...]
    nomination_lives: timedelta
    confirmation_lifetimes: ConfirmationLifetimes
    review_limits: ReviewLimits
    lapse_limits: LapseLimits
    remind_every: timedelta
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
            raise WrongSetting(declared.SECRET_KEY.name, f"is not set. {HOW_TO_MAKE_A_KEY}")
        return self.secret_keys

    @property
    def required_email(self) -> MailAccount:
        """How mail is sent, for processes that send it; `WrongSetting` where an https base has no mail server."""
        if self.email is None:
            raise WrongSetting(declared.EMAIL.name, _NEEDS_A_SERVER)
        return self.email

    @property
    def required_notify_key(self) -> str:
        """The API key of Notify, for processes that send mail through it; `WrongSetting` if there is none."""
        if self.notify_key is None:
            raise WrongSetting(declared.NOTIFY_KEY.name, f"must be set where {declared.EMAIL.name} is notify:…")
        return self.notify_key

    @property
    def sealing_keys(self) -> Keys:
        """The keys of the seals, made of the audit keys or the secret keys; `WrongSetting` where there are neither."""
        return (self.audit_keys or self.required_secret_keys).made_for("checkdata audit seals")


def read_settings(environment: Mapping[str, str], *, port: int = DEFAULT_PORT) -> Settings:
    """Read all settings; *port* is that of the base address where none is set. Raises `WrongSetting`.

    A variable that is set to nothing counts as not set; one that is no setting, and looks like one, is refused.
    """
    check_all_are_known(environment)
    given = given_texts(environment)
    data_folder = _data_folder(given)
    on_this_machine = BaseAddress("http", "127.0.0.1", port)
    base = declared.BASE_URL.read(given) or on_this_machine
    email = declared.EMAIL.read(given) or (None if base.secure else MailboxFolder(data_folder / "mailbox"))
    _check_mailbox_is_for_development(email, base)
    lifetimes = _lifetimes(given)
    return Settings(
        data_folder=data_folder,
        database_url=declared.DATABASE_URL.read(given) or _default_database(data_folder),
        owner_database_url=declared.OWNER_DATABASE_URL.read(given),
        base=base,
        decision_point=declared.DECISION_POINT_URL.read(given) or on_this_machine,
        secret_keys=declared.SECRET_KEY.read(given),
        audit_keys=declared.AUDIT_KEY.read(given),
        email=email,
        notify_key=declared.NOTIFY_KEY.read(given),
        notify_url=declared.NOTIFY_URL.read(given),
        receipts_token=declared.NOTIFY_RECEIPTS_TOKEN.read(given),
        trs_key=declared.TRS_KEY.read(given),
        trs_url=declared.TRS_URL.read(given),
        trs_webhooks=declared.TRS_WEBHOOKS.read(given),
        trs_answers_hold=amounts.TRS_DAYS.read(given),
        metrics_token=watched.METRICS_TOKEN.read(given),
        metrics_address=watched.METRICS_ADDRESS.read(given),
        log_format=watched.LOG_FORMAT.read(given),
        environment=watched.ENVIRONMENT.read(given),
        sentry_dsn=watched.SENTRY_DSN.read(given),
        otlp_url=watched.OTLP_URL.read(given),
        analytics=_analytics(given),
        support_email=declared.SUPPORT_EMAIL.read(given),
        policy_email=declared.POLICY_EMAIL.read(given),
        sign_in_way=declared.SIGN_IN.read(given),
        dfe_sign_in=_dfe_sign_in(given),
        lifetimes=lifetimes,
        limits=_limits(given, lifetimes.link),
        trusted_proxies=declared.TRUSTED_PROXIES.read(given),
        kept_months=amounts.KEPT_MONTHS.read(given),
        wider_percent=amounts.WIDER_PERCENT.read(given),
        related_services=declared.RELATED_SERVICES.read(given),
        nomination_lives=amounts.NOMINATION_DAYS.read(given),
        confirmation_lifetimes=ConfirmationLifetimes(link=amounts.CONFIRMATION_DAYS.read(given)),
        review_limits=ReviewLimits(
            unused=amounts.UNUSED_DAYS.read(given), confirmed=amounts.CONFIRMED_DAYS.read(given)
        ),
        lapse_limits=LapseLimits(
            unused=amounts.LAPSE_UNUSED_DAYS.read(given),
            unvouched=amounts.LAPSE_AGREEMENT_DAYS.read(given),
            warned=amounts.LAPSE_WARNING_DAYS.read(given),
        ),
        remind_every=amounts.RECALL_DAYS.read(given),
        kept_for=_kept_for(given),
        govuk=declared.GOVUK.read(given),
        as_owner=declared.AS_OWNER.read(given),
        commit=declared.COMMIT.read(given),
        oldest_runs=_oldest_runs(given),
    )


def _data_folder(given: Mapping[str, str]) -> Path:
    """Where the user's programs keep their data (XDG Base Directory Specification)."""
    home = given.get("XDG_DATA_HOME")
    return (Path(home) if home else Path.home() / ".local" / "share") / "checkdata"


def _default_database(data_folder: Path) -> str:
    return f"sqlite:///{data_folder / 'checkdata.sqlite'}"


def _check_mailbox_is_for_development(email: MailAccount | None, base: BaseAddress) -> None:
    """Anyone who reads a mailbox folder can sign in as any user with mail in it (security.md 44)."""
    if isinstance(email, MailboxFolder) and base.secure:
        raise WrongSetting(declared.EMAIL.name, _NEEDS_A_SERVER)


def _dfe_sign_in(given: Mapping[str, str]) -> DfeSignIn | None:
    """The account at DfE Sign-in, where that is how users sign in; `WrongSetting` where a part of it is missing."""
    parts = declared.DFE_SIGN_IN_ISSUER, declared.DFE_SIGN_IN_CLIENT_ID, declared.DFE_SIGN_IN_SECRET
    issuer, client_id, secret = (part.read(given) for part in parts)
    if declared.SIGN_IN.read(given) is not SignInWay.DFE_SIGN_IN:
        return None
    if issuer is None or client_id is None or secret is None:
        missing = next(part.name for part in parts if part.read(given) is None)
        raise WrongSetting(missing, f"must be set where {declared.SIGN_IN.name} is {SignInWay.DFE_SIGN_IN.value}")
    verifies = declared.DFE_SIGN_IN_VERIFIES.read(given)
    return DfeSignIn(issuer=issuer, client_id=client_id, secret=secret, verifies_addresses=verifies)


def _lifetimes(given: Mapping[str, str]) -> Lifetimes:
    link = amounts.LINK_MINUTES.read(given)
    return Lifetimes(
        link=link,
        code=min(amounts.CODE_MINUTES.read(given), link),
        idle=amounts.IDLE_MINUTES.read(given),
        whole=amounts.SESSION_HOURS.read(given),
    )


def _analytics(given: Mapping[str, str]) -> AnalyticsSettings | None:
    destination, keys = watched.ANALYTICS.read(given), watched.ANALYTICS_KEY.read(given)
    if destination is None:
        return None
    if keys is None:
        raise WrongSetting(watched.ANALYTICS_KEY.name, f"must be set where {watched.ANALYTICS.name} is")
    credentials = watched.ANALYTICS_CREDENTIALS.read(given)
    if isinstance(destination, BigQueryName) and credentials is None:
        raise WrongSetting(
            watched.ANALYTICS_CREDENTIALS.name, f"must be set where {watched.ANALYTICS.name} is bigquery:…"
        )
    return AnalyticsSettings(
        destination=destination, key=keys.first, credentials=credentials, url=watched.ANALYTICS_URL.read(given)
    )


def _limits(given: Mapping[str, str], link: timedelta) -> LinkLimits:
    """The limits of links, which are counted for no longer than a *link* lives."""
    window = evolve(
        amounts.LIMIT_MINUTES,
        read_text=length_of_time(Unit.MINUTES, Unit.MINUTES.number_of(link)),
        default=min(amounts.LIMIT_MINUTES.default, link),
    )
    return LinkLimits(
        window=window.read(given),
        per_address=amounts.LINKS_PER_ADDRESS.read(given),
        per_client=amounts.LINKS_PER_CLIENT.read(given),
        overall=amounts.LINKS_IN_ALL.read(given),
    )


def _kept_for(given: Mapping[str, str]) -> KeptFor:
    return KeptFor(
        sessions=amounts.SESSION_KEPT_DAYS.read(given),
        mail_text=amounts.MAIL_TEXT_DAYS.read(given),
        mail=amounts.MAIL_DAYS.read(given),
        nominations=amounts.DECLINED_DAYS.read(given),
        audit=amounts.AUDIT_DAYS.read(given),
    )


def _oldest_runs(given: Mapping[str, str]) -> Mapping[Job, timedelta]:
    """How long ago each job may have run last; those that have no setting are not watched."""
    read = {job: setting.read(given) for job, setting in amounts.OLDEST_RUNS.items()}
    return {job: age for job, age in read.items() if age is not None}
