"""Backups of PostgreSQL: pg_dump's own format, of one moment, and the number of rows at that moment."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, bindparam, text

from checkdata.adapters.sql.backups.client_programs import ClientProgram
from checkdata.adapters.sql.backups.folder import PartialFolder
from checkdata.adapters.sql.backups.manifest import BackupManifest, DatabaseState
from checkdata.adapters.sql.backups.shown import Shown
from checkdata.adapters.sql.empty_generation import generation_schemas
from checkdata.adapters.sql.generations import schema_of
from checkdata.adapters.sql.service_role import is_unrestricted
from checkdata.domain.errors import BackupFailed, BackupRefused

_DUMP: Final = "database.dump"
_ONE_MOMENT: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_LOCK_WAIT: Final = "60s"
_TABLES: Final = text(
    "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN :schemas ORDER BY 1, 2"
).bindparams(bindparam("schemas", expanding=True))
_MOMENT: Final = text(
    """
    SELECT clock_timestamp() AS at, current_schema() AS schema, pg_export_snapshot() AS snapshot,
        (SELECT version_num FROM alembic_version) AS revision,
        coalesce((SELECT generation FROM imports ORDER BY number DESC LIMIT 1), 0) AS generation
    """
)
_HAS_TABLES: Final = text("SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = current_schema())")


def dump(engine: Engine, partial: PartialFolder, shown: Shown) -> DatabaseState:
    """Dump one moment, without generations that are not shown, and read the dump from its beginning to its end."""
    if not is_unrestricted(engine):
        raise BackupRefused(
            "A backup needs the owner of the tables, because row-level security hides rows from every other role. "
            "Set CHECKDATA_OWNER_DATABASE_URL."
        )
    file, standby = partial.new_file(_DUMP), _is_standby(engine)
    with engine.connect().execution_options(postgresql_begin=_ONE_MOMENT) as connection, connection.begin():
        server = _server(connection)
        program = ClientProgram("pg_dump", server)
        program.check()
        # This transaction waits for pg_dump, and a policy that would hide a row is to be an error.
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        connection.exec_driver_sql("SET LOCAL row_security = off")
        if not standby:
            # A table that a migration wrote again after the moment would have no rows at the moment.
            connection.exec_driver_sql("LOCK TABLE alembic_version IN SHARE MODE")
        moment = connection.execute(_MOMENT).one()
        schemas = [moment.schema, *(schema_of(moment.schema, number) for number in {0, moment.generation})]
        left_out = sorted(set(generation_schemas(connection)) - set(schemas))
        rows = _rows(connection, schemas, shown)
        shown.begin("Dumping tables", len(rows))
        program.run(
            [
                "--format=custom",
                "--verbose",
                f"--file={file}",
                f"--snapshot={moment.snapshot}",
                f"--lock-wait-timeout={_LOCK_WAIT}",
                *(f'--exclude-schema="{schema}"' for schema in left_out),
            ],
            on=engine,
            each=_advanced_by("dumping contents of table", shown),
        )
    _read_again(file, server, len(rows), shown)
    return DatabaseState(
        at=moment.at,
        revision=moment.revision,
        generation=moment.generation,
        rows=rows,
        server=server,
        schema=moment.schema,
    )


def load(engine: Engine, folder: Path, manifest: BackupManifest, shown: Shown) -> None:
    """Load a dump into an empty database in one transaction, count its rows, and let PostgreSQL look at them.

    Owners and rights are not the dump's: who restores owns the tables, and `grant_service_rights` gives the rights.
    """
    with engine.connect() as connection, connection.begin():
        server = _server(connection)
        schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
        if schema not in {None, manifest.schema}:  # None: the address names one that the backup makes
            raise BackupRefused(f"The backup is of the schema {manifest.schema}, and the address leads to {schema}.")
        if connection.execute(_HAS_TABLES).scalar_one() or generation_schemas(connection):
            raise BackupRefused("The database is not empty. Make a new one (createdb), and name it in the address.")
    if server < manifest.server:
        raise BackupRefused(
            f"The backup is of PostgreSQL {manifest.server}, and this server is {server}. Use one that is not older."
        )
    program = ClientProgram("pg_restore", server)
    program.check()
    shown.begin("Restoring tables", len(manifest.rows))
    program.run(
        ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", "--verbose", str(folder / _DUMP)],
        on=engine,
        each=_advanced_by("processing data for table", shown),
    )
    with engine.connect().execution_options(postgresql_begin=_ONE_MOMENT) as connection, connection.begin():
        connection.exec_driver_sql("SET LOCAL row_security = off")
        schemas = [manifest.schema, *(schema_of(manifest.schema, number) for number in {0, manifest.generation})]
        if _rows(connection, schemas, shown) != manifest.rows:
            raise BackupFailed("The database does not hold what the backup's manifest says. Drop it, and try again.")
    shown.begin("Letting PostgreSQL look at the tables")
    with engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("ANALYZE")


def _is_standby(engine: Engine) -> bool:
    """Whether it takes no such lock; asked beforehand, because a question begins the moment."""
    with engine.connect() as connection, connection.begin():
        return bool(connection.exec_driver_sql("SELECT pg_is_in_recovery()").scalar_one())


def _server(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10_000


def _rows(connection: Connection, schemas: Sequence[str], shown: Shown) -> Mapping[str, int]:
    tables = connection.execute(_TABLES, {"schemas": schemas}).all()
    rows = dict[str, int]()
    shown.begin("Counting rows of tables", len(tables))
    for schema, table in tables:
        rows[f"{schema}.{table}"] = connection.exec_driver_sql(
            f'SELECT count(*) FROM "{schema}"."{table}"'  # noqa: S608 - our names
        ).scalar_one()
        shown.advance(1)
    return rows


def _read_again(file: Path, server: int, tables: int, shown: Shown) -> None:
    """Read all of a dump as a restore does; `BackupFailed` where it is damaged, or lacks a table."""
    shown.begin("Reading the dump again", tables)
    restored = list[str]()
    advanced = _advanced_by("processing data for table", shown)

    def each(line: str) -> None:
        advanced(line)
        if "processing data for table" in line:
            restored.append(line)

    reader = ClientProgram("pg_restore", server)
    reader.check()
    reader.run(["--verbose", "--file=/dev/null", str(file)], each=each)
    if len(restored) != tables:
        raise BackupFailed(f"The dump has {len(restored)} tables, and the database {tables}.")


def _advanced_by(said: str, shown: Shown) -> Callable[[str], None]:
    return lambda line: shown.advance(1) if said in line else None
