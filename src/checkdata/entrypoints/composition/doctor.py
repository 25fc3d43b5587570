"""Looks at everything that a production needs, a finding for each, so that operators know what to do first."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Final

from attrs import frozen

from checkdata.adapters.sql import is_unrestricted, revisions_of, time_of
from checkdata.domain.errors import CheckdataError, StorageError, TeachersRefused, TeachersUnavailable
from checkdata.domain.jobs import Job
from checkdata.domain.services.operations.check_health import DatabaseState
from checkdata.entrypoints.composition.service import Composition
from checkdata.entrypoints.composition.sign_in import openid_provider
from checkdata.entrypoints.settings import declared
from checkdata.entrypoints.settings.mail_account import MailboxFolder
from checkdata.entrypoints.settings.watched import METRICS_ADDRESS, METRICS_TOKEN
from checkdata.entrypoints.web.app import STATIC

MOST_SECONDS_APART: Final = 5.0
"""How far the clock of this machine may be from that of the database before it is told."""

_USUAL: Final = {
    Job.IMPORT: (timedelta(days=8), "Run checkdata import FEED."),
    Job.REFRESH: (timedelta(hours=26), "Run checkdata refresh each morning, or let serve do it."),
    Job.PURGE: (timedelta(hours=26), "Run checkdata purge once a day."),
    Job.BACKUP: (timedelta(hours=26), "Run checkdata backup once a day."),
    Job.SEAL: (timedelta(minutes=10), "Run checkdata serve, or checkdata send."),
    Job.MAIL: (timedelta(minutes=10), "Run checkdata serve, or checkdata send."),
    Job.TRNS: (timedelta(hours=3), "Run checkdata check-trns once an hour."),
}
"""How long ago a job has usually run at most, and what to do where it has not."""


class Condition(Enum):
    """How something is: as it should be, to be looked at, or so that the service does not work."""

    FINE = "ok"
    WATCH = "look"
    BROKEN = "broken"


@frozen
class Finding:
    """What was looked at, how it is, in a sentence, and what to do about it, "" if nothing."""

    subject: str
    condition: Condition
    sentence: str
    to_do: str = ""


def findings(composed: Composition, *, only: Collection[str] = ()) -> Iterator[Finding]:
    """What there is to say, in the order in which it should be mended. Nothing is changed, and no mail is sent.

    Of every subject, unless *only* names some.
    """
    missing = _missing_file(composed)
    for subject, look in _LOOKS.items():
        if only and subject not in only:
            continue
        if missing and subject in _OF_THE_DATABASE:
            yield from [missing] if subject == "database" else ()
            continue
        try:
            yield from look(composed)
        except StorageError as error:
            yield Finding(subject, Condition.BROKEN, error.cause or str(error) or "The database does not answer.")
        except CheckdataError as error:
            yield Finding(subject, Condition.BROKEN, str(error))


def needs_migration(there: str | None, newest: str | None) -> Finding:
    """What there is to say of tables of an earlier version."""
    told = f"The tables are of revision {there or 'none'}, this version needs {newest}."
    return Finding("migrations", Condition.BROKEN, told, "Run checkdata migrate, then checkdata refresh.")


def _missing_file(composed: Composition) -> Finding | None:
    """What there is to say where SQLite has no file: asking it anything would make one."""
    kind, _, path = composed.settings.database_url.partition(":///")
    if not kind.startswith("sqlite") or Path(path).exists():
        return None
    return Finding("database", Condition.BROKEN, f"There is no database at {path}.", "Run checkdata migrate.")


def _settings(composed: Composition) -> Iterator[Finding]:
    base = composed.settings.base
    if base.secure:
        yield Finding("settings", Condition.FINE, f"Users reach the service at {base}.")
    else:
        yield Finding(
            "settings",
            Condition.WATCH,
            f"Users reach the service at {base}, which only this machine can.",
            f"Set {declared.BASE_URL.name} to the https:// address.",
        )
    if not composed.settings.support_email:
        to_do = f"Set {declared.SUPPORT_EMAIL.name}."
        yield Finding("settings", Condition.WATCH, "Users are not told whom to write to for help.", to_do)
    address = composed.settings.metrics_address
    if address is not None and address.is_everywhere:
        told = "All who reach this machine can read the measures, without a token."
        to_do = (
            f"Name an address in {METRICS_ADDRESS.name} that only a Prometheus reaches, or set {METRICS_TOKEN.name}."
        )
        yield Finding("settings", Condition.WATCH, told, to_do)


def _keys(composed: Composition) -> Iterator[Finding]:
    settings = composed.settings
    _ = settings.required_secret_keys
    if settings.audit_keys is None:
        yield Finding(
            "keys",
            Condition.WATCH,
            "The audit log is sealed with the secret key, so that one leak loses both.",
            f"Set {declared.AUDIT_KEY.name}, with the secret key behind it.",
        )
    else:
        yield Finding("keys", Condition.FINE, "The secret key and the audit key are set.")


def _database(composed: Composition) -> Iterator[Finding]:
    report = composed.check_health.look()
    if report.database is DatabaseState.OK and report.error is None:
        yield Finding("database", Condition.FINE, "It can be read and written as pages do.")
        for overdue in report.overdue:
            yield Finding("jobs", Condition.WATCH, overdue, _USUAL[Job.REFRESH][1])
        return
    to_do = "Run checkdata migrate." if report.database is DatabaseState.NOT_MIGRATED else ""
    cause = report.error.cause if report.error is not None else ""
    yield Finding("database", Condition.BROKEN, cause or report.hindrances[0], to_do)


def _migrations(composed: Composition) -> Iterator[Finding]:
    there, newest = revisions_of(composed.engine)
    if there == newest:
        yield Finding("migrations", Condition.FINE, f"The tables are those of this version ({newest}).")
    elif there and newest and there > newest:
        told = f"The tables are those of a later version ({there}), this one is of {newest}."
        yield Finding("migrations", Condition.WATCH, told, "Replace this version with the later one.")
    else:
        yield needs_migration(there, newest)


def _roles(composed: Composition) -> Iterator[Finding]:
    if composed.engine.dialect.name != "postgresql":
        yield Finding(
            "roles", Condition.WATCH, "SQLite has no roles: only queries protect the rows.", "Use PostgreSQL."
        )
    elif is_unrestricted(composed.engine):
        yield Finding(
            "roles",
            Condition.WATCH if composed.settings.as_owner else Condition.BROKEN,
            "The service connects as a role that row-level security does not restrict.",
            "Serve as a role of its own (docs/operating.md, Two roles on PostgreSQL).",
        )
    else:
        yield Finding("roles", Condition.FINE, "Row-level security restricts the service's role.")


def _clock(composed: Composition) -> Iterator[Finding]:
    apart = abs((time_of(composed.engine) - composed.clock()).total_seconds())
    if apart <= MOST_SECONDS_APART:
        yield Finding("clock", Condition.FINE, "The clocks of this machine and of the database agree.")
    else:
        yield Finding(
            "clock",
            Condition.WATCH,
            f"The clocks of this machine and of the database are {apart:,.0f} seconds apart.",
            "Let both follow a time server.",
        )


def _mail(composed: Composition) -> Iterator[Finding]:
    if isinstance(composed.settings.email, MailboxFolder):
        to_do = f"Set {declared.EMAIL.name} to a mail server, or to notify:…"
        yield Finding("mail", Condition.WATCH, "Mail is kept in a folder and reaches nobody.", to_do)
        return
    faults = composed.mail_faults()
    for fault in faults:
        yield Finding("mail", Condition.BROKEN, fault, f"Check {declared.EMAIL.name} and what it names.")
    if not faults:
        yield Finding("mail", Condition.FINE, "The mail service knows us. Whether it delivers, only a mail tells.")


def _sign_in(composed: Composition) -> Iterator[Finding]:
    provider = openid_provider(composed.settings, composed.clock)
    if provider is None:
        return
    faults = provider.faults()
    for fault in faults:
        yield Finding("sign-in", Condition.BROKEN, fault, f"Check {declared.DFE_SIGN_IN_ISSUER.name}.")
    if not faults:
        yield Finding("sign-in", Condition.FINE, "DfE Sign-in answers. Whether it takes our secret, only a user tells.")


def _trs(composed: Composition) -> Iterator[Finding]:
    if composed.settings.trs_key is None:
        return
    try:
        composed.try_trs()
    except TeachersRefused as error:
        to_do = "Ask the team of the Teaching Record System whether the key may find persons (GetPerson)."
        yield Finding("trs", Condition.BROKEN, str(error), to_do)
    except TeachersUnavailable as error:
        to_do = "Lists stay as they are until checkdata check-trns runs again and gets answers."
        yield Finding("trs", Condition.WATCH, str(error), to_do)
    else:
        yield Finding("trs", Condition.FINE, "The Teaching Record System takes our key.")


def _assets(_: Composition) -> Iterator[Finding]:
    if (STATIC / "govuk").is_dir():
        yield Finding("assets", Condition.FINE, "The stylesheet and the script of the pages are there.")
    else:
        to_do = "Install a wheel that was built with npm, or run make in the checkout."
        yield Finding("assets", Condition.BROKEN, "The stylesheet and the script of the pages are missing.", to_do)


def _jobs(composed: Composition) -> Iterator[Finding]:
    with composed.storage.reading() as work:
        last = work.job_runs.last()
    now = composed.clock()
    for job, (usual, what_runs_it) in _USUAL.items():
        if job is Job.TRNS and composed.settings.trs_key is None:
            continue
        yield _run(job, last.get(job), composed.settings.oldest_runs.get(job, usual), now, what_runs_it)


def _run(job: Job, ran_at: datetime | None, usual: timedelta, now: datetime, what_runs_it: str) -> Finding:
    if ran_at is None:
        return Finding("jobs", Condition.WATCH, f"The job {job.value} never ran.", what_runs_it)
    told = f"The job {job.value} ran last at {ran_at.isoformat(timespec='minutes')}."
    if now - ran_at > usual:
        return Finding("jobs", Condition.WATCH, told, what_runs_it)
    return Finding("jobs", Condition.FINE, told)


_LOOKS: Final[Mapping[str, Callable[[Composition], Iterator[Finding]]]] = {
    "settings": _settings,
    "keys": _keys,
    "database": _database,
    "migrations": _migrations,
    "roles": _roles,
    "clock": _clock,
    "mail": _mail,
    "sign-in": _sign_in,
    "trs": _trs,
    "assets": _assets,
    "jobs": _jobs,
}
_OF_THE_DATABASE: Final = frozenset({"database", "migrations", "roles", "clock", "jobs"})
