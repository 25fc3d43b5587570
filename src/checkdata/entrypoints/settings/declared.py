"""Every setting, declared once: a new one is declared here and used in `environment`.

The table of docs/settings.md is made of these: ``python -m checkdata.entrypoints.settings`` prints it.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final

from checkdata.domain.access.lapsing import LapseLimits
from checkdata.domain.access.widening import WIDENED_UNASKED_PERCENT
from checkdata.domain.jobs import Job
from checkdata.domain.listing.departures import KEPT_MONTHS as USUAL_MONTHS
from checkdata.domain.nominations.confirmation_links import ConfirmationLifetimes
from checkdata.domain.nominations.nomination import NOMINATION_LIVES
from checkdata.domain.services.access.review_access import ReviewLimits
from checkdata.domain.services.audit.purge import KeptFor
from checkdata.domain.services.audit.recall_files import REMIND_EVERY
from checkdata.domain.sign_in.link_limits import LinkLimits
from checkdata.domain.sign_in.sessions import Lifetimes
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.settings.base_address import BaseAddress
from checkdata.entrypoints.settings.formats import checked_email_address, commit, email_address, proxies
from checkdata.entrypoints.settings.key_list import audit_keys_in, bearer_token, keys_in
from checkdata.entrypoints.settings.mail_account import MAIL_ACCOUNT_FORMS, mail_account, notify_key
from checkdata.entrypoints.settings.related_services import FORM, RelatedAddress, related_services
from checkdata.entrypoints.settings.setting import (
    Setting,
    Unit,
    length_of_time,
    length_setting,
    number_setting,
    on_off_setting,
    text_setting,
)
from checkdata.entrypoints.settings.sign_in_way import WAYS, SignInWay, sign_in_way
from checkdata.entrypoints.settings.watching import collector_address, listening_address, sentry_dsn

_LIFETIMES: Final = Lifetimes()
_LIMITS: Final = LinkLimits()
_REVIEW: Final = ReviewLimits()
_LAPSES: Final = LapseLimits()
_KEPT_FOR: Final = KeptFor()

DATABASE_URL: Final = text_setting(
    "DATABASE_URL",
    "the database",
    "`sqlite:///FILE` or `postgresql://…`",
    str,
    default=None,
    unless_set="a file in the user's data folder",
    needed_by=(),
)
OWNER_DATABASE_URL: Final = text_setting(
    "OWNER_DATABASE_URL",
    "the same PostgreSQL database as the owner of its tables",
    "`postgresql://…`",
    str,
    default=None,
    unless_set="`CHECKDATA_DATABASE_URL`, whose role then is the owner",
    needed_by=("migrate", "import", "refresh", "purge", "serve"),
)
AS_OWNER: Final = on_off_setting(
    "AS_OWNER",
    "lets `serve` run on PostgreSQL as the owner of the tables, or as another role that can bypass row-level security",
    needed_by=("serve", "decision-point"),
)
BASE_URL: Final = text_setting(
    "BASE_URL",
    "the address at which users reach the service",
    "`https://HOST` or `https://HOST/PATH`; `http://` only on this machine",
    BaseAddress.of,
    default=None,
    unless_set="`http://127.0.0.1:PORT`",
    needed_by=("serve", "send"),
)
DECISION_POINT_URL: Final = text_setting(
    "DECISION_POINT_URL",
    "the address at which other services reach the decision point",
    "`https://HOST`, or `http://` on this machine",
    BaseAddress.of_a_host,
    default=None,
    unless_set="`http://127.0.0.1:PORT`",
    needed_by=("decision-point",),
)
SECRET_KEY: Final = text_setting(
    "SECRET_KEY",
    "the keys that sign and seal, the same for every process of the service",
    "32 random characters or more; or several such keys with spaces between them: the first signs, all verify",
    keys_in,
    default=None,
    unless_set="none: `serve` does not start",
    needed_by=("serve", "send", "audit", "keys", "verify", "purge", "decision-point"),
)
AUDIT_KEY: Final = text_setting(
    "AUDIT_KEY",
    "the keys of the seals of the audit log",
    "as `CHECKDATA_SECRET_KEY`",
    audit_keys_in,
    default=None,
    unless_set="the secret keys",
    needed_by=("serve", "send", "audit", "verify", "purge"),
)
EMAIL: Final = text_setting(
    "EMAIL",
    "how mail is sent",
    MAIL_ACCOUNT_FORMS,
    mail_account,
    default=None,
    unless_set="a mailbox in the user's data folder",
    needed_by=("serve", "send"),
)
NOTIFY_KEY: Final = text_setting(
    "NOTIFY_KEY",
    "the API key with which mail goes through GOV.UK Notify",
    "an API key of Notify",
    notify_key,
    default=None,
    unless_set="none: `CHECKDATA_EMAIL` can't be `notify:…`",
    needed_by=("serve", "send", "notify"),
)
NOTIFY_URL: Final = text_setting(
    "NOTIFY_URL",
    "where Notify is, if not where it is for everyone",
    "`https://HOST`, or `http://` on this machine",
    lambda value: str(BaseAddress.of_a_host(value)),
    default=None,
    unless_set="Notify's own address",
    needed_by=("serve", "send", "notify"),
)
NOTIFY_RECEIPTS_TOKEN: Final = text_setting(
    "NOTIFY_RECEIPTS_TOKEN",
    "the bearer token with which Notify tells what became of mail, at `/notify/receipts`",
    "32 random characters or more",
    bearer_token,
    default=None,
    unless_set="none: that address does not exist",
    needed_by=("serve",),
)
METRICS_TOKEN: Final = text_setting(
    "METRICS_TOKEN",
    "the bearer token with which a Prometheus scrapes `/metrics` (extra `metrics`)",
    "32 random characters or more",
    bearer_token,
    default=None,
    unless_set="none: that address does not exist",
    needed_by=("serve", "decision-point"),
)
METRICS_ADDRESS: Final = text_setting(
    "METRICS_ADDRESS",
    "where the same is told without a token, at a port that only a Prometheus reaches",
    "`HOST:PORT`",
    listening_address,
    default=None,
    unless_set="nowhere",
    needed_by=("serve", "decision-point"),
)
ENVIRONMENT: Final = text_setting(
    "ENVIRONMENT",
    "the name of this installation for those who watch it, as `production` or `staging`",
    "at most 64 letters, digits and `.+-_`",
    commit,
    default="production",
    unless_set="`production`",
    needed_by=("serve", "decision-point"),
)
SENTRY_DSN: Final = text_setting(
    "SENTRY_DSN",
    "where errors are reported to Sentry, without personal data (extra `sentry`)",
    "`https://KEY@HOST/PROJECT`, or `http://` on this machine",
    sentry_dsn,
    default=None,
    unless_set="nowhere",
    needed_by=("serve", "decision-point"),
)
OTLP_URL: Final = text_setting(
    "OTLP_URL",
    "the collector of OpenTelemetry to which traces are sent, without personal data (extra `otel`)",
    "`http://HOST:4318` or `https://…`",
    collector_address,
    default=None,
    unless_set="nowhere",
    needed_by=("serve",),
)
SUPPORT_EMAIL: Final = text_setting(
    "SUPPORT_EMAIL",
    "the address that users are told to write to for help, mailed when a nomination waits for support",
    "an email address",
    email_address,
    default="",
    unless_set="none",
    needed_by=("serve", "send"),
)
POLICY_EMAIL: Final[Setting[EmailAddress | None]] = text_setting(
    "POLICY_EMAIL",
    "the address of the policy team, which is mailed when a nomination waits for it",
    "an email address",
    partial(checked_email_address, "it"),
    default=None,
    unless_set="no mail",
    needed_by=("serve", "send"),
)
SIGN_IN: Final = text_setting(
    "SIGN_IN",
    "how users show who they are",
    WAYS,
    sign_in_way,
    default=SignInWay.LINK,
    unless_set=f"`{SignInWay.LINK.value}`",
    needed_by=("serve",),
)
CODE_MINUTES: Final = length_setting(
    "CODE_MINUTES",
    "how long the code beside a sign-in link lives",
    Unit.MINUTES,
    most=60,
    default=_LIFETIMES.code,
    needed_by=("serve", "send"),
)
LINK_MINUTES: Final = length_setting(
    "LINK_MINUTES",
    "how long a sign-in link lives",
    Unit.MINUTES,
    most=1440,
    default=_LIFETIMES.link,
    needed_by=("serve", "send", "purge"),
)
LIMIT_MINUTES: Final = text_setting(
    "LIMIT_MINUTES",
    "the period in which the next three are counted",
    "1 minute to the life of a link",
    length_of_time(Unit.MINUTES, 1440),
    default=_LIMITS.window,
    unless_set=f"{Unit.MINUTES.number_of(_LIMITS.window)}",
    needed_by=("serve",),
)
LINKS_PER_ADDRESS: Final = number_setting(
    "LINKS_PER_ADDRESS",
    "maximum number of sign-in links that are sent to an address in that period",
    most=9999,
    default=_LIMITS.per_address,
    needed_by=("serve",),
)
LINKS_PER_CLIENT: Final = number_setting(
    "LINKS_PER_CLIENT",
    "maximum number that a network address (of IPv6, a /64) may request in that period",
    most=9999,
    default=_LIMITS.per_client,
    needed_by=("serve",),
)
LINKS_IN_ALL: Final = number_setting(
    "LINKS_IN_ALL",
    "maximum number of sign-in links for all users in that period",
    most=9999,
    default=_LIMITS.overall,
    needed_by=("serve",),
)
TRUSTED_PROXIES: Final[Setting[tuple[str, ...]]] = text_setting(
    "TRUSTED_PROXIES",
    "the proxies whose `X-Forwarded-For` and `X-Request-Id` are believed",
    "addresses or networks with commas between them",
    proxies,
    default=("127.0.0.1", "::1"),
    unless_set="those on this machine: `127.0.0.1,::1`",
    needed_by=("serve", "decision-point"),
)
IDLE_MINUTES: Final = length_setting(
    "IDLE_MINUTES",
    "after how long without a request a session ends",
    Unit.MINUTES,
    most=1440,
    default=_LIFETIMES.idle,
    needed_by=("serve", "purge"),
)
SESSION_HOURS: Final = length_setting(
    "SESSION_HOURS",
    "how long a session lasts at most",
    Unit.HOURS,
    most=24,
    default=_LIFETIMES.whole,
    needed_by=("serve", "purge"),
)
KEPT_MONTHS: Final = number_setting(
    "KEPT_MONTHS",
    "for how many months a participant who is no longer involved stays in view",
    most=120,
    default=USUAL_MONTHS,
    needed_by=("import", "refresh", "serve"),
)
WIDER_PERCENT: Final = number_setting(
    "WIDER_PERCENT",
    "by how many percent of what they see a feed's agreements may widen what a partner's users see; more needs "
    "`--allow-wider-access`",
    most=100,
    default=WIDENED_UNASKED_PERCENT,
    needed_by=("import",),
)
RELATED_SERVICES: Final[Setting[tuple[RelatedAddress, ...]]] = text_setting(
    "RELATED_SERVICES",
    "the related services that users with that role are handed over to",
    FORM,
    related_services,
    default=(),
    unless_set="none",
    needed_by=("serve", "users"),
)
NOMINATION_DAYS: Final = length_setting(
    "NOMINATION_DAYS",
    "how long a nomination waits for its grant",
    Unit.DAYS,
    most=365,
    default=NOMINATION_LIVES,
    needed_by=("serve", "send", "access"),
)
CONFIRMATION_DAYS: Final = length_setting(
    "CONFIRMATION_DAYS",
    "how long a lead provider's confirmation link lives",
    Unit.DAYS,
    most=90,
    default=ConfirmationLifetimes().link,
    needed_by=("serve", "send"),
)
UNUSED_DAYS: Final = length_setting(
    "UNUSED_DAYS",
    "after how long without use access is reviewed",
    Unit.DAYS,
    most=3650,
    default=_REVIEW.unused,
    needed_by=("serve", "access"),
)
CONFIRMED_DAYS: Final = length_setting(
    "CONFIRMED_DAYS",
    "how long after its confirmation access is reviewed",
    Unit.DAYS,
    most=3650,
    default=_REVIEW.confirmed,
    needed_by=("serve", "access"),
)
LAPSE_UNUSED_DAYS: Final = length_setting(
    "LAPSE_UNUSED_DAYS",
    "after how long without use access lapses; 0: never",
    Unit.DAYS,
    least=0,
    most=3650,
    default=_LAPSES.unused,
    needed_by=("serve", "access"),
)
LAPSE_AGREEMENT_DAYS: Final = length_setting(
    "LAPSE_AGREEMENT_DAYS",
    "after how long without an agreement in force of the lead provider that confirmed it access lapses; 0: never",
    Unit.DAYS,
    least=0,
    most=3650,
    default=_LAPSES.unvouched,
    needed_by=("serve", "access"),
)
LAPSE_WARNING_DAYS: Final = length_setting(
    "LAPSE_WARNING_DAYS",
    "how long before access lapses its user is told by mail; 0: nothing lapses",
    Unit.DAYS,
    least=0,
    most=365,
    default=_LAPSES.warned,
    needed_by=("serve", "access"),
)
RECALL_DAYS: Final = length_setting(
    "RECALL_DAYS",
    "after how long those who hold recalled files, and have not confirmed that they are deleted, are asked again",
    Unit.DAYS,
    most=365,
    default=REMIND_EVERY,
    needed_by=("serve", "send", "agreements"),
)
SESSION_KEPT_DAYS: Final = length_setting(
    "SESSION_KEPT_DAYS",
    "how long sessions and links are kept after their end",
    Unit.DAYS,
    most=3650,
    default=_KEPT_FOR.sessions,
    needed_by=("purge", "serve"),
)
MAIL_TEXT_DAYS: Final = length_setting(
    "MAIL_TEXT_DAYS",
    "how long the text of mail is kept",
    Unit.DAYS,
    most=3650,
    default=_KEPT_FOR.mail_text,
    needed_by=("purge", "serve"),
)
MAIL_DAYS: Final = length_setting(
    "MAIL_DAYS",
    "how long the record that mail was sent is kept",
    Unit.DAYS,
    most=3650,
    default=_KEPT_FOR.mail,
    needed_by=("purge", "serve"),
)
DECLINED_DAYS: Final = length_setting(
    "DECLINED_DAYS",
    "how long nominations that gave no access, and proposals that gave no user an address, are kept",
    Unit.DAYS,
    most=3650,
    default=_KEPT_FOR.nominations,
    needed_by=("purge", "serve"),
)
AUDIT_DAYS: Final = length_setting(
    "AUDIT_DAYS",
    "how long the audit log is kept (six years unless set)",
    Unit.DAYS,
    most=9999,
    default=_KEPT_FOR.audit,
    needed_by=("purge", "serve"),
)
COMMIT: Final = text_setting(
    "COMMIT",
    "the commit or version that `/healthcheck` shows",
    "at most 64 letters, digits and `.+-_`",
    commit,
    default="unknown",
    unless_set="`unknown`",
    needed_by=("serve", "decision-point"),
)


def _ready_hours(job: Job) -> Setting[timedelta | None]:
    return text_setting(
        f"READY_{job.name}_HOURS",
        f"how long ago the last {job.value} may be before `/readiness` is 503",
        "1 to 9999 hours",
        length_of_time(Unit.HOURS, 9999),
        default=None,
        unless_set="not watched",
        needed_by=("serve", "decision-point"),
    )


OLDEST_RUNS: Final = {job: _ready_hours(job) for job in (Job.IMPORT, Job.REFRESH, Job.PURGE, Job.SEAL, Job.MAIL)}
"""How long ago each job may have run last."""

GOVUK: Final = on_off_setting(
    "GOVUK", "shows the crown and GDS Transport, only for services on gov.uk", needed_by=("serve",)
)

_DECLARED: Final = [each for each in globals().values() if isinstance(each, Setting)]

SETTINGS: Final[Mapping[str, Setting[Any]]] = {each.name: each for each in [*_DECLARED, *OLDEST_RUNS.values()]}
"""Every setting by its variable."""
