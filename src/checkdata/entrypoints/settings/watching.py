"""How the service is watched from outside: where it is scraped, and where it reports."""

import re
from enum import Enum
from ipaddress import ip_address
from pathlib import Path

from attrs import field, frozen

from checkdata.domain.errors import InvalidValue
from checkdata.domain.keys import Key
from checkdata.entrypoints.settings.base_address import LOOPBACK
from checkdata.entrypoints.settings.formats import address_parts


@frozen
class ListeningAddress:
    """An address of this machine, and a port there."""

    host: str
    port: int

    @property
    def is_everywhere(self) -> bool:
        """Whether it is every address of this machine, whichever network that is in."""
        try:
            return ip_address(self.host).is_unspecified
        except ValueError:
            return False


def listening_address(value: str) -> ListeningAddress:
    """A host and a port to listen at."""
    parts = address_parts(f"//{value}")
    if not parts.hostname or not parts.port or value != parts.netloc or parts.username is not None:
        raise InvalidValue("must be an address of this machine and a port, like 127.0.0.1:9464")
    return ListeningAddress(parts.hostname, parts.port)


def sentry_dsn(value: str) -> str:
    """A data source name of Sentry, whose key is no secret of ours; unencrypted only on this machine."""
    parts = address_parts(value)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not (safe and parts.username and parts.hostname and re.fullmatch(r"(/[\w.-]+)*/[0-9]+", parts.path)):
        raise InvalidValue("must be a DSN of Sentry, as its project shows it: https://KEY@HOST/PROJECT")
    return value


def collector_address(value: str) -> str:
    """The address of a collector, before `/v1/traces`; a collector in a cluster is often reached without TLS."""
    parts = address_parts(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise InvalidValue("must be the address of a collector, as http://127.0.0.1:4318")
    return value.rstrip("/")


@frozen
class BigQueryName:
    """A table of BigQuery."""

    project: str
    dataset: str
    table: str


AnalyticsDestination = Path | BigQueryName
"""A file, or a table."""


@frozen(kw_only=True)
class AnalyticsSettings:
    """Where events go, the key of their pseudonyms, and for BigQuery who signs in, and where if not at Google's own."""

    destination: AnalyticsDestination
    key: Key = field(repr=False)
    credentials: Path | None
    url: str | None


def analytics_destination(value: str) -> AnalyticsDestination:
    """A file, or a table of BigQuery."""
    kind, _, rest = value.partition(":")
    if kind == "file" and rest:
        return Path(rest).expanduser()
    found = re.fullmatch(r"([a-z][a-z0-9:.-]*[a-z0-9])\.(\w+)\.([\w-]+)", rest, re.ASCII)
    if kind == "bigquery" and found is not None:
        return BigQueryName(*found.groups())
    raise InvalidValue("must be file:FILE or bigquery:PROJECT.DATASET.TABLE")


class LogFormat(Enum):
    """Whose names a line of the log has."""

    PLAIN = "plain"
    SEMANTIC_LOGGER = "semantic-logger"


def log_format(value: str) -> LogFormat:
    """One of them."""
    try:
        return LogFormat(value)
    except ValueError:
        raise InvalidValue(f"must be {' or '.join(each.value for each in LogFormat)}") from None
