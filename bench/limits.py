"""What the machine can do with the same rows: COPY, pgbench and the sqlite3 shell over one flat, shuffled table.

The flat table is made of the rows that the service lists, in a random order, with the indexes that a page needs.
"""

import re
import sqlite3
import tempfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Final

from commands import Run, median_of, program, run, said

ROUNDS: Final = 5
SHOWN: Final = "full_name, email, trn, role, lead_provider, school, school_urn, academic_year, status"
LARGEST: Final = "delivery_partner_id = 'dp-1'"
FLAT: Final = (
    f"create table flat as select participant_id, delivery_partner_id, {SHOWN} from partner_listing order by random()"
)
INDEXES: Final = (
    "create unique index flat_id on {table} (participant_id)",
    "create index flat_list on {table} (delivery_partner_id, full_name, participant_id)",
)
COUNT: Final = f"select count(*) from flat where {LARGEST}"
ROWS: Final = f"select {SHOWN} from flat where {LARGEST} order by full_name, participant_id"
LISTED: Final = f"select {SHOWN} from partner_listing where {LARGEST} order by pos"


class PostgresLimits:
    """COPY and pgbench on the database of the candidate."""

    def __init__(self, database: str) -> None:
        """Make the flat table of what *database* lists again."""
        self._database = database
        self._psql("drop table if exists flat", FLAT, *(index.format(table="flat") for index in INDEXES))
        self._psql("vacuum analyze flat")

    def copy_of_flat(self) -> Run:
        """The largest partner's rows of the flat table, as CSV."""
        return median_of(ROUNDS, lambda: self._copy(ROWS))

    def copy_of_listing(self) -> Run:
        """The largest partner's rows of the service's own listing, as CSV."""
        return median_of(ROUNDS, lambda: self._copy(LISTED))

    def export(self, folder: Path) -> Run:
        """Every partner's rows of the flat table, a file each, by one psql."""
        script = folder / "export.sql"
        script.write_text("".join(self._file_of(partner, folder) for partner in self._partners()))
        return median_of(3, lambda: self._psql_file(script))

    def load(self, folder: Path) -> Run:
        """COPY of every row into an empty table with the same indexes."""
        every = folder / "every.csv"
        copy = f"\\copy (select * from flat) to '{every}' (format csv)"
        run([*self._connected(), "-c", copy])
        return median_of(3, lambda: self._load(every))

    def page(self) -> float:
        """The count and the first hundred rows of the largest partner, by pgbench, prepared; seconds."""
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
            script.write(f"{COUNT};\n{ROWS} limit 100;\n")
            script.flush()
            told = said(program("pgbench"), "-n", "-Mprepared", "-c1", "-T2", "-f", script.name, self._database)
        found = re.search(r"latency average = ([\d.]+)", told)
        return float(found[1]) / 1000 if found else float("nan")

    def forget(self) -> None:
        """Drop what was made here, so that it does not disturb later runs."""
        self._psql("drop table if exists flat, scratch")

    def _load(self, every: Path) -> Run:
        made = [index.format(table="scratch").replace("flat_", "scratch_") for index in INDEXES]
        self._psql("drop table if exists scratch", "create table scratch (like flat)", *made)
        return run([*self._connected(), "-c", f"\\copy scratch from '{every}' (format csv)"])

    def _partners(self) -> Iterable[str]:
        return said(*self._connected(), "-At", "-c", "select distinct delivery_partner_id from flat").split()

    def _file_of(self, partner: str, folder: Path) -> str:
        rows = ROWS.replace("'dp-1'", f"'{partner}'")
        return f"\\copy ({rows}) to '{folder / partner}.csv' (format csv, header)\n"

    def _copy(self, rows: str) -> Run:
        return run([*self._connected(), "-c", f"copy ({rows}) to stdout (format csv, header)"])

    def _psql_file(self, script: Path) -> Run:
        return run([*self._connected(), "-f", script])

    def _psql(self, *statements: str) -> None:
        run([*self._connected(), *(part for statement in statements for part in ("-c", statement))])

    def _connected(self) -> list[str]:
        return [program("psql"), "-qX", "-v", "ON_ERROR_STOP=1", "-d", self._database]


class SqliteLimits:
    """The sqlite3 shell on a file of its own."""

    def __init__(self, database: Path, folder: Path) -> None:
        """Make the flat table of what *database* lists, in a file in *folder*."""
        self._file = folder / "flat.sqlite"
        with closing(sqlite3.connect(self._file)) as connection:
            connection.execute("attach ? as service", (str(database),))
            connection.execute(FLAT.replace("from partner_listing", "from service.partner_listing"))
            for index in INDEXES:
                connection.execute(index.format(table="flat"))
            connection.execute("analyze")

    def csv_of_flat(self) -> Run:
        """The largest partner's rows of the flat table, as CSV."""
        command = [program("sqlite3"), "-header", "-csv", self._file, ROWS]
        return median_of(ROUNDS, lambda: run(command))
