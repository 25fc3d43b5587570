"""Imports take turns: of two at once the second is refused, whatever it had taken in by then."""

from typing import Final, NoReturn

from sqlalchemy import func, select, text

from checkdata.adapters.sql.feed_schema import imports
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.errors import ImportRunning

_LOCK: Final = text("SELECT pg_try_advisory_xact_lock(hashtext('checkdata import'))")
_HOLDER: Final = text(
    """
    SELECT pid, to_char(xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"') AS since
    FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
      AND objid = (hashtext('checkdata import')::bigint & 4294967295)::oid
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    """
)
_TRIES: Final = 4
_REST: Final = text("SELECT pg_sleep(1)")


class Turn:
    """The right to import. PostgreSQL has it as a lock of its own; on SQLite it is the write lock.

    There the lock is held only to show what was made: what was imported in between shows itself in the number of
    imports (and the file of the generation that is made is locked, `NextGeneration`).
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._imports_before: int | None = None

    def take(self) -> None:
        """Begin to import; `ImportRunning` if another import is running."""
        if self._imports_before is not None:
            return
        if self._transaction.on_postgresql:
            self._wait_a_moment()
        self._imports_before = self._imports()

    def hold(self) -> None:
        """Continue as the only import; `ImportRunning` if another one ran since `take`."""
        self.take()
        self._transaction.lock()
        if self._imports() != self._imports_before:
            refuse_second_import()

    def stay(self) -> None:
        """Say that the import goes on, because PostgreSQL ends a transaction that is idle for long."""
        self._transaction.execute(select(1))

    def _wait_a_moment(self) -> None:
        """Take the lock; that of an import which was killed ends once PostgreSQL noticed (`GONE_CLIENT_SECONDS`)."""
        for _ in range(_TRIES):
            if self._transaction.execute(_LOCK).scalar_one():
                return
            self._transaction.execute(_REST)
        holder = self._transaction.execute(_HOLDER).one_or_none()
        refuse_second_import("" if holder is None else f" since {holder.since} as PostgreSQL's process {holder.pid}")

    @property
    def number(self) -> int:
        """The number that this import has once it is recorded."""
        self.take()
        return (self._imports_before or 0) + 1

    def _imports(self) -> int:
        number: int = self._transaction.execute(select(func.coalesce(func.max(imports.c.number), 0))).scalar_one()
        return number


def refuse_second_import(where: str = "") -> NoReturn:
    """Say that another import is running; *where* tells which."""
    raise ImportRunning(f"Another import is running{where}. Nothing was changed. Try again when it has finished.")
