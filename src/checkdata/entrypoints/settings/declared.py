"""Addresses, keys and switches, each declared once: a new one is declared here and used in `environment`.

Settings that are numbers or lengths of time are in `amounts`, those of what is told to those who watch in `watched`.
"""

from functools import partial
from typing import Final

from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.settings.base_address import BaseAddress
from checkdata.entrypoints.settings.formats import checked_email_address, commit, email_address, proxies
from checkdata.entrypoints.settings.key_list import api_key, audit_keys_in, bearer_token, keys_in
from checkdata.entrypoints.settings.mail_account import MAIL_ACCOUNT_FORMS, mail_account, notify_key
from checkdata.entrypoints.settings.related_services import FORM, RelatedAddress, related_services
from checkdata.entrypoints.settings.setting import (
    Setting,
    on_off_setting,
    text_setting,
)
from checkdata.entrypoints.settings.sign_in_way import WAYS, SignInWay, issuer, sign_in_way

DATABASE_URL: Final = text_setting(
    "DATABASE_URL",
    "the database",
    "`sqlite:///FILE` or `postgresql://…`",
    str,
    default=None,
    unless_set="a file in the user's data folder",
    needed_by=(),
    secret=True,
    platform_name="DATABASE_URL",
)
OWNER_DATABASE_URL: Final = text_setting(
    "OWNER_DATABASE_URL",
    "the same PostgreSQL database as the owner of its tables",
    "`postgresql://…`",
    str,
    default=None,
    unless_set="`CHECKDATA_DATABASE_URL`, whose role then is the owner",
    needed_by=("migrate", "import", "refresh", "purge", "serve"),
    secret=True,
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
    secret=True,
)
AUDIT_KEY: Final = text_setting(
    "AUDIT_KEY",
    "the keys of the seals of the audit log",
    "as `CHECKDATA_SECRET_KEY`",
    audit_keys_in,
    default=None,
    unless_set="the secret keys",
    needed_by=("serve", "send", "audit", "verify", "purge"),
    secret=True,
)
EMAIL: Final = text_setting(
    "EMAIL",
    "how mail is sent",
    MAIL_ACCOUNT_FORMS,
    mail_account,
    default=None,
    unless_set="a mailbox in the user's data folder",
    needed_by=("serve", "send"),
    secret=True,
)
NOTIFY_KEY: Final = text_setting(
    "NOTIFY_KEY",
    "the API key with which mail goes through GOV.UK Notify",
    "an API key of Notify",
    notify_key,
    default=None,
    unless_set="none: `CHECKDATA_EMAIL` can't be `notify:…`",
    needed_by=("serve", "send", "notify"),
    secret=True,
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
    secret=True,
)
TRS_KEY: Final = text_setting(
    "TRS_KEY",
    "the API key with which the Teaching Record System is asked about TRNs (extra `trs`)",
    "an API key of the Teaching Record System",
    api_key,
    default=None,
    unless_set="none: `check-trns` asks only an extract",
    needed_by=("check-trns",),
    secret=True,
)
TRS_URL: Final = text_setting(
    "TRS_URL",
    "where the Teaching Record System is, if not where it is for production",
    "`https://HOST`, or `http://` on this machine",
    lambda value: str(BaseAddress.of_a_host(value)),
    default=None,
    unless_set="its address for production",
    needed_by=("check-trns", "serve"),
)
TRS_WEBHOOKS: Final = on_off_setting(
    "TRS_WEBHOOKS",
    "takes the webhooks of the Teaching Record System, at `/trs/webhooks` (extra `trs`)",
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
DFE_SIGN_IN_ISSUER: Final = text_setting(
    "DFE_SIGN_IN_ISSUER",
    "the issuer of DfE Sign-in, or of another OpenID Connect provider, exactly as its discovery document writes it",
    "`https://HOST`, with a port or a path if it has one; `http://` only on this machine",
    issuer,
    default=None,
    unless_set="none: `CHECKDATA_SIGN_IN` can't be `dfe-sign-in`",
    needed_by=("serve",),
)
DFE_SIGN_IN_CLIENT_ID: Final = text_setting(
    "DFE_SIGN_IN_CLIENT_ID",
    "the name of this service there",
    "text",
    str,
    default=None,
    unless_set="none: as above",
    needed_by=("serve",),
)
DFE_SIGN_IN_SECRET: Final = text_setting(
    "DFE_SIGN_IN_SECRET",
    "the secret of this service there",
    "text",
    str,
    default=None,
    unless_set="none: as above",
    needed_by=("serve",),
    secret=True,
)
DFE_SIGN_IN_VERIFIES: Final = on_off_setting(
    "DFE_SIGN_IN_VERIFIES",
    "says that the provider verifies every email address, so that it need not say so of each in `email_verified`",
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
RELATED_SERVICES: Final[Setting[tuple[RelatedAddress, ...]]] = text_setting(
    "RELATED_SERVICES",
    "the related services that users with that role are handed over to",
    FORM,
    related_services,
    default=(),
    unless_set="none",
    needed_by=("serve", "users"),
)
COMMIT: Final = text_setting(
    "COMMIT",
    "the commit or version that `/healthcheck` shows",
    "at most 64 letters, digits and `.+-_`",
    commit,
    default="unknown",
    unless_set="`unknown`",
    needed_by=("serve", "decision-point"),
    platform_name="COMMIT_SHA",
)


GOVUK: Final = on_off_setting(
    "GOVUK", "shows the crown and GDS Transport, only for services on gov.uk", needed_by=("serve",)
)
