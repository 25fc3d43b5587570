"""Every port of storage in SQL, on SQLite and PostgreSQL.

`open_engine` opens a database, `migrate` makes its tables, `SqlStorage` is what the services are given.
"""

from checkdata.adapters.sql.engine import open_engine, time_of
from checkdata.adapters.sql.migrating import migrate, migrate_down, revisions_of, way_back
from checkdata.adapters.sql.service_role import grant_service_rights, is_unrestricted, role_of_url
from checkdata.adapters.sql.unit_of_work import SqlStorage, SqlUnitOfWork
from checkdata.adapters.sql.waits import JOBS, PAGES, PROBES, Waits
from checkdata.adapters.sql.watched_pool import tell_pool

__all__ = [
    "JOBS",
    "PAGES",
    "PROBES",
    "SqlStorage",
    "SqlUnitOfWork",
    "Waits",
    "grant_service_rights",
    "is_unrestricted",
    "migrate",
    "migrate_down",
    "open_engine",
    "revisions_of",
    "role_of_url",
    "tell_pool",
    "time_of",
    "way_back",
]
