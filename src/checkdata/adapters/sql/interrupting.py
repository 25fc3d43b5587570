"""Ending the statement that a connection runs, from another thread."""

from contextlib import suppress
from sqlite3 import Connection as SqliteConnection
from typing import Any, Final

INTERRUPTED: Final = "The database was told to stop."

PATIENCE_SECONDS: Final = 1.0
"""How long PostgreSQL may take to be told; one that does not answer is not waited for."""


def interrupt(driver: Any) -> None:  # noqa: ANN401 - of either driver; psycopg's is not loaded where SQLite serves
    """End the statement of the driver's connection; the thread that waits for it gets the driver's error."""
    if isinstance(driver, SqliteConnection):
        driver.interrupt()
        return
    from psycopg import Error  # noqa: PLC0415 - as above

    with suppress(Error, OSError):
        driver.cancel_safe(timeout=PATIENCE_SECONDS)
