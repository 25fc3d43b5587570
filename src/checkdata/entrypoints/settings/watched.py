"""Where the service is scraped and what it reports where, each setting declared once and used in `environment`."""

from pathlib import Path
from typing import Final

from checkdata.entrypoints.settings.base_address import BaseAddress
from checkdata.entrypoints.settings.formats import commit
from checkdata.entrypoints.settings.key_list import bearer_token, keys_in
from checkdata.entrypoints.settings.setting import Setting, text_setting
from checkdata.entrypoints.settings.watching import (
    AnalyticsDestination,
    LogFormat,
    analytics_destination,
    collector_address,
    listening_address,
    log_format,
    sentry_dsn,
)

METRICS_TOKEN: Final = text_setting(
    "METRICS_TOKEN",
    "the bearer token with which a Prometheus scrapes `/metrics` (extra `metrics`)",
    "32 random characters or more",
    bearer_token,
    default=None,
    unless_set="none: that address does not exist",
    needed_by=("serve", "decision-point"),
    secret=True,
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
LOG_FORMAT: Final = text_setting(
    "LOG_FORMAT",
    "the names in a line of the log: ours, or those of the department's Rails services (Semantic Logger)",
    "`plain` or `semantic-logger`",
    log_format,
    default=LogFormat.PLAIN,
    unless_set="`plain`",
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
    secret=True,
    platform_name="SENTRY_DSN",
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
ANALYTICS: Final[Setting[AnalyticsDestination | None]] = text_setting(
    "ANALYTICS",
    "where events of DfE Analytics are sent, about pseudonyms",
    "`file:FILE`, or `bigquery:PROJECT.DATASET.TABLE` (extra `analytics`)",
    analytics_destination,
    default=None,
    unless_set="nowhere",
    needed_by=(),
)
ANALYTICS_KEY: Final = text_setting(
    "ANALYTICS_KEY",
    "the key that pseudonyms are made with; with another one all are others",
    "32 random characters or more",
    keys_in,
    default=None,
    unless_set="none: `CHECKDATA_ANALYTICS` can't be set",
    needed_by=(),
    secret=True,
)
ANALYTICS_CREDENTIALS: Final = text_setting(
    "ANALYTICS_CREDENTIALS",
    "who adds rows to the table of BigQuery: a service account, or a workload that has no key",
    "a JSON file: the key of a service account, or the configuration of a workload identity pool",
    Path,
    default=None,
    unless_set="none: `CHECKDATA_ANALYTICS` can't be `bigquery:…`",
    needed_by=(),
)
ANALYTICS_URL: Final = text_setting(
    "ANALYTICS_URL",
    "where BigQuery is, if not where it is for everyone",
    "`https://HOST`, or `http://` on this machine",
    lambda value: str(BaseAddress.of_a_host(value)),
    default=None,
    unless_set="Google's own address",
    needed_by=(),
)
