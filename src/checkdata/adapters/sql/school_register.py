"""The register of schools, in SQL."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    delete,
    select,
    text,
    union_all,
    update,
)

from checkdata.adapters.sql.bulk import fill
from checkdata.adapters.sql.conditions import as_list, is_among_few
from checkdata.adapters.sql.school_schema import school_register, school_successors
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.feed.contents import Changes
from checkdata.domain.people.organisations import School
from checkdata.domain.people.school_register import (
    ClosedSchool,
    RegisteredSchool,
    SchoolState,
    Succession,
    followed,
)
from checkdata.domain.values import search_key

_ONE_AT_A_TIME: Final = text("LOCK TABLE school_register IN SHARE ROW EXCLUSIVE MODE")
"""Others read meanwhile."""

_AT_ONCE: Final = 500
"""How many URNs a question names at once."""

_SCHOOL, _FOLLOWS = school_register.c, school_successors.c
_NEXT: Final = school_register.alias("next")
_IS_CLOSED: Final = SchoolState.CLOSED.value

_CLOSED: Final = (
    select(_SCHOOL.urn, _SCHOOL.name, _SCHOOL.closed_on, _NEXT.c.urn.label("successor"), _NEXT.c.name.label("called"))
    .select_from(
        school_register.outerjoin(school_successors, _FOLLOWS.urn == _SCHOOL.urn).outerjoin(
            _NEXT, and_(_NEXT.c.urn == _FOLLOWS.successor, _NEXT.c.state == SchoolState.OPEN.value)
        )
    )
    .where(_SCHOOL.state == _IS_CLOSED)
    .order_by(_SCHOOL.urn, _FOLLOWS.steps, _NEXT.c.urn)
)
_CLOSED_OF: Final = _CLOSED.where(is_among_few(_SCHOOL.urn, bindparam("urns")))
_CLOSED_UNDER: Final = _CLOSED.where(_SCHOOL.name_key == bindparam("name_key"))


class SqlSchoolRegister:
    """A row a school, and a row for each that follows it."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def begin(self) -> AbstractSet[str]:
        """Lock the register and tell the URNs."""
        self._transaction.lock()
        if self._transaction.on_postgresql:
            self._transaction.execute(_ONE_AT_A_TIME)
        return frozenset(self._transaction.execute(select(_SCHOOL.urn)).scalars())

    def put(self, schools: Iterable[RegisteredSchool], successions: Collection[Succession] | None, /) -> Changes:
        """Add what is new, change what differs, and follow successions again by what is closed now."""
        self._transaction.lock()
        rows = {row["urn"]: row for row in self._transaction.execute(select(school_register)).mappings()}
        told = {school.urn: school for school in schools}
        added = [told[urn] for urn in told.keys() - rows.keys()]
        changed = [told[urn] for urn in told.keys() & rows.keys() if rows[urn] != _cells(told[urn])]
        fill(self._transaction.connection, school_register, [tuple(_cells(each).values()) for each in added])
        if changed:
            self._change(changed)
        closed = {urn for urn, row in rows.items() if urn not in told and row["state"] == _IS_CLOSED}
        closed |= {urn for urn, school in told.items() if school.state is SchoolState.CLOSED}
        self._follow(successions, closed)
        return Changes(added=len(added), changed=len(changed), unchanged=len(told) - len(added) - len(changed))

    def names(self) -> Mapping[str, str]:
        """The names of all schools."""
        return dict(self._transaction.execute(select(_SCHOOL.urn, _SCHOOL.name)).all())

    def closed(self, urns: Collection[str], /) -> Mapping[str, ClosedSchool]:
        """Those that closed."""
        return {each.urn: each for each in self._closed(_CLOSED_OF, urns=as_list(urns))}

    def closed_under(self, name: str, /) -> Sequence[ClosedSchool]:
        """Those that closed and had this name."""
        return list(self._closed(_CLOSED_UNDER, name_key=search_key(name)))

    def kin(self, urns: Collection[str], /) -> Mapping[str, Sequence[School]]:
        """Those that these follow, and that follow these."""
        found: defaultdict[str, list[School]] = defaultdict(list)
        for some in _parts(urns):
            after = _kin(some, of=_FOLLOWS.urn, other=_FOLLOWS.successor)
            before = _kin(some, of=_FOLLOWS.successor, other=_FOLLOWS.urn)
            for row in self._transaction.execute(union_all(after, before).order_by("one", "other")):
                found[row.one].append(School(row.other, row.name))
        return dict(found)

    def _change(self, schools: Iterable[RegisteredSchool]) -> None:
        names = [column.name for column in school_register.columns]
        changing = update(school_register).where(_SCHOOL.urn == bindparam("new_urn"))
        values: dict[str, BindParameter[Any]] = {name: bindparam(f"new_{name}") for name in names[1:]}
        rows = [{f"new_{name}": cell for name, cell in _cells(school).items()} for school in schools]
        self._transaction.write(changing.values(values), rows)

    def _follow(self, successions: Collection[Succession] | None, closed: AbstractSet[str]) -> None:
        if successions is None:
            told = select(_FOLLOWS.urn, _FOLLOWS.successor).where(_FOLLOWS.steps == 1)
            successions = [Succession(*row) for row in self._transaction.execute(told)]
        rows = [(each.urn, each.successor, each.steps) for each in followed(successions, closed)]
        self._transaction.write(delete(school_successors))
        fill(self._transaction.connection, school_successors, rows)

    def _closed(self, question: Select[Any], **values: str) -> Iterator[ClosedSchool]:
        for (urn, name, closed_on), rows in groupby(self._transaction.ask(question, values), key=itemgetter(0, 1, 2)):
            successors = tuple(School(successor, called) for *_, successor, called in rows if successor is not None)
            yield ClosedSchool(urn=urn, name=name, closed_on=closed_on, successors=successors)


def _kin(urns: Sequence[str], *, of: ColumnElement[str], other: ColumnElement[str]) -> Select[Any]:
    """The schools on the other side of what follows a school that closed."""
    before = school_register.alias("before")
    told = school_successors.join(before, and_(before.c.urn == _FOLLOWS.urn, before.c.state == _IS_CLOSED)).join(
        school_register, _SCHOOL.urn == other
    )
    return select(of.label("one"), _SCHOOL.urn.label("other"), _SCHOOL.name).select_from(told).where(of.in_(urns))


def _parts(urns: Collection[str]) -> Iterator[Sequence[str]]:
    in_order = sorted({*urns})
    return (in_order[first : first + _AT_ONCE] for first in range(0, len(in_order), _AT_ONCE))


def _cells(school: RegisteredSchool) -> dict[str, Any]:
    """In the order of the table's columns."""
    return {
        "urn": school.urn,
        "name": school.name,
        "name_key": search_key(school.name),
        "state": school.state.value,
        "closed_on": school.closed_on,
    }


_conforms: type[ports.SchoolRegister] = SqlSchoolRegister
