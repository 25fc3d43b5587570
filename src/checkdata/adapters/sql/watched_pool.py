"""Tells how many connections of a pool are in use, whenever that changes."""

from collections.abc import Callable

from sqlalchemy import Engine, event
from sqlalchemy.pool import QueuePool

from checkdata.adapters.sql.waits import KEPT_CONNECTIONS, MORE_CONNECTIONS


def tell_pool(engine: Engine, tell: Callable[[int, int], None]) -> None:
    """Call *tell* with how many are in use and how many there may be, now and after each change.

    Two threads at the same moment may tell a number that is one off; the next change tells the right one.
    """
    pool, most = engine.pool, KEPT_CONNECTIONS + MORE_CONNECTIONS
    if not isinstance(pool, QueuePool):
        return
    event.listen(engine, "checkout", lambda *_: tell(pool.checkedout(), most))
    event.listen(engine, "checkin", lambda *_: tell(pool.checkedout() - 1, most))
    tell(pool.checkedout(), most)
