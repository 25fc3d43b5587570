"""Counts of requested links, in SQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, bindparam, case, exists, literal, or_, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

from checkdata.adapters.sql.column_types import Moment, Words
from checkdata.adapters.sql.schema import link_requests
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.sign_in.link_limits import LinkAnswer, LinkLimits, LinkRequester

_ALL_USERS: Final = "everybody"


def _counting(insert: Any) -> ReturningInsert[Any]:  # noqa: ANN401 - that of either database
    """Count for an address, a client and all users, unless one of the latter two has reached its limit: then nothing.

    So a refused request takes nothing from others. All lock rows in the same order, because otherwise two might wait
    for each other. If many come at once, a few may be counted and still refused; the caller then raises, which undoes
    the count. None passes that should not.
    """
    table, at, ends_at = link_requests.c, bindparam("at", type_=Moment), bindparam("ends_at", type_=Moment)
    client, all_users = bindparam("client", type_=Words), literal(_ALL_USERS, Words)
    enough = exists().where(
        table.ends_at > at,
        or_(
            and_(table.key == client, table.number >= bindparam("per_client")),
            and_(table.key == all_users, table.number >= bindparam("overall")),
        ),
    )
    keys = bindparam("address", type_=Words), client, all_users
    rows = union_all(*(select(key, ends_at, literal(1)).where(~enough) for key in keys))
    running = table.ends_at > at
    return (  # type: ignore[no-any-return]
        insert(link_requests)
        .from_select(["key", "ends_at", "number"], rows)
        .on_conflict_do_update(
            index_elements=[table.key],
            set_={
                "ends_at": case((running, table.ends_at), else_=ends_at),
                "number": case((running, table.number + 1), else_=1),
            },
        )
        .returning(table.key, table.number)
    )


def _trying(insert: Any) -> ReturningInsert[Any]:  # noqa: ANN401 - as above
    """Count one more in the window that runs, or begin one; who comes second waits for the first."""
    table, at, ends_at = link_requests.c, bindparam("at", type_=Moment), bindparam("ends_at", type_=Moment)
    running = table.ends_at > at
    return (  # type: ignore[no-any-return]
        insert(link_requests)
        .values(key=bindparam("key", type_=Words), ends_at=ends_at, number=1)
        .on_conflict_do_update(
            index_elements=[table.key],
            set_={
                "ends_at": case((running, table.ends_at), else_=ends_at),
                "number": case((running, table.number + 1), else_=1),
            },
        )
        .returning(table.number)
    )


_COUNTING: Final[Mapping[bool, ReturningInsert[Any]]] = {
    True: _counting(postgresql.insert),
    False: _counting(sqlite.insert),
}
_TRYING: Final[Mapping[bool, ReturningInsert[Any]]] = {True: _trying(postgresql.insert), False: _trying(sqlite.insert)}


class SqlLinkRequests:
    """The numbers of requests by keyed hash, each until its window ends."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def running(self, keys: Sequence[str], at: datetime, /) -> str | None:
        """Which of these is being counted; of several the one with most requests."""
        counted = link_requests.c.key.in_(keys), link_requests.c.ends_at > at
        most = link_requests.c.number.desc(), link_requests.c.key
        found = select(link_requests.c.key).where(*counted).order_by(*most).limit(1)
        key: str | None = self._transaction.execute(found).scalar_one_or_none()
        return key

    def count(self, asking: LinkRequester, limits: LinkLimits, at: datetime, /) -> LinkAnswer:
        """Count a request, unless its client or all users together have reached the limit; one statement."""
        values = {
            "address": asking.address,
            "client": asking.client,
            "per_client": limits.per_client,
            "overall": limits.overall,
            "at": at,
            "ends_at": at + limits.window,
        }
        rows = self._transaction.write(_COUNTING[self._transaction.on_postgresql], values).all()
        numbers = {row.key: row.number for row in rows}
        if not numbers:
            return LinkAnswer.NO
        return limits.allow(address=numbers[asking.address], client=numbers[asking.client], overall=numbers[_ALL_USERS])

    def count_try(self, key: str, window: timedelta, at: datetime, /) -> int:
        """Count one try; one statement, so that of any number at once each gets another number."""
        values = {"key": key, "at": at, "ends_at": at + window}
        number: int = self._transaction.write(_TRYING[self._transaction.on_postgresql], values).scalar_one()
        return number

    def take_back(self, key: str, /) -> None:
        """Count one try less."""
        counted = update(link_requests).where(link_requests.c.key == key)
        self._transaction.write(counted.values(number=link_requests.c.number - 1))


_conforms: type[ports.LinkRequests] = SqlLinkRequests
