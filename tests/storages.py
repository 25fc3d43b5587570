"""Migrated databases for tests, opened and emptied, and the storages on them."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from attrs import frozen
from sqlalchemy import Engine, inspect, make_url

from checkdata.adapters.sql.engine import open_engine
from checkdata.adapters.sql.migrating import migrate
from checkdata.adapters.sql.unit_of_work import SqlStorage, SqlUnitOfWork
from checkdata.domain.ports import Storage

KEPT: Final = {"alembic_version", "meta"}
"""Tables that a migration fills."""

SERVICE: Final = "checkdata_service"
"""The role on PostgreSQL that reads by row-level security, as in production."""


@frozen
class InTwoRoles:
    """A PostgreSQL database as it is run: what reads is the service's role, and what writes, imports too, the owner."""

    served: SqlStorage
    owned: SqlStorage

    def reading(self) -> SqlUnitOfWork:
        """A unit of work under row-level security."""
        return self.served.reading()

    def at_once(self) -> SqlUnitOfWork:
        """A unit of work of one statement under row-level security."""
        return self.served.at_once()

    def writing(self) -> SqlUnitOfWork:
        """A unit of work of the owner."""
        return self.owned.writing()


class AsTheService(InTwoRoles):
    """The same, where what writes is the service's role too, as in production; imports are the owner's."""

    def writing(self) -> SqlUnitOfWork:
        """A unit of work that may do what the service's role may."""
        return self.served.writing()


_conforms: type[Storage] = InTwoRoles


@contextmanager
def storage_on(engine: Engine, in_roles: type[InTwoRoles] = InTwoRoles) -> Iterator[Storage]:
    """The storage on a copy of a migrated database, in two roles where there are roles."""
    if engine.dialect.name == "sqlite":
        yield SqlStorage(engine)
        return
    with opened_by_service(engine) as service:
        yield in_roles(SqlStorage(service), SqlStorage(engine))


def owners(storage: Storage) -> Storage:
    """The storage of the role that imports."""
    return storage.owned if isinstance(storage, InTwoRoles) else storage


def in_two_roles(url: str) -> dict[str, str]:
    """The variables by which a service runs on this database; on PostgreSQL *url* is the owner's, and it is not."""
    if url.startswith("sqlite"):
        return {"CHECKDATA_DATABASE_URL": url}
    return {"CHECKDATA_DATABASE_URL": _services(url), "CHECKDATA_OWNER_DATABASE_URL": url}


def _services(url: str) -> str:
    return make_url(url).set(username=SERVICE).render_as_string(hide_password=False)


@contextmanager
def opened_by_service(owner: Engine) -> Iterator[Engine]:
    """An engine on the owner's database on PostgreSQL that connects as the service's role."""
    with opened(_services(owner.url.render_as_string(hide_password=False))) as service:
        yield service


@contextmanager
def migrated(url: str) -> Iterator[Engine]:
    """An engine on the database, with the tables of this version."""
    with opened(url) as engine:
        migrate(engine)
        yield engine


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """An engine whose connections are closed afterwards."""
    engine = open_engine(url)
    yield engine
    engine.dispose()


@contextmanager
def copied(template: Path, path: Path) -> Iterator[Engine]:
    """An engine on a copy of an SQLite file that no process has open."""
    with opened(f"sqlite:///{shutil.copy(template, path)}") as engine:
        yield engine


def empty(engine: Engine) -> None:
    """Delete all rows of a PostgreSQL database: making another one, or truncating its tables, takes longer."""
    found = inspect(engine)
    deleted = "; ".join(f"DELETE FROM {table}" for table in found.get_table_names() if table not in KEPT)  # noqa: S608
    begun_again = ", ".join(f"setval('{sequence}', 1, false)" for sequence in found.get_sequence_names())
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # else triggers keep the log
        connection.exec_driver_sql(f"{deleted}; SELECT {begun_again}")
