"""Nominations in SQL."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, insert, select, update

from checkdata.adapters.sql.nomination_rows import nomination_from_row, nomination_to_row, step_to_row
from checkdata.adapters.sql.nomination_schema import nomination_steps, nominations
from checkdata.adapters.sql.organisations import name_of_organisation
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.errors import StorageConflict
from checkdata.domain.nominations.nomination import Nomination
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.values import EmailAddress, NominationId

_NOMINATIONS: Final = select(nominations, name_of_organisation(nominations))
_NEWEST_FIRST: Final = _NOMINATIONS.order_by(nominations.c.received_at.desc(), nominations.c.id.desc())
_OPEN: Final = _NOMINATIONS.where(nominations.c.closed_at.is_(None))

_CHANGES_WITH_A_STEP: Final = ("closed_at", "name", "steps")


class SqlNominations:
    """Nominations with their steps."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def get(self, nomination_id: NominationId, /) -> Nomination | None:
        """The nomination with this id."""
        return next(iter(self._found(_NOMINATIONS.where(nominations.c.id == nomination_id))), None)

    def hold(self, nomination_id: NominationId, /) -> None:
        """Lock the nomination's row; on SQLite wait for the write lock."""
        found = select(nominations.c.id).where(nominations.c.id == nomination_id)
        self._transaction.write(found.with_for_update(key_share=True))

    def add(self, nomination: Nomination, /) -> None:
        """Add a nomination, the only open one of this person for this organisation."""
        self._transaction.attempt(insert(nominations), nomination_to_row(nomination))
        steps = [step_to_row(nomination, number) for number in range(len(nomination.steps))]
        self._transaction.write(insert(nomination_steps), steps)

    def replace(self, nomination: Nomination, /) -> None:
        """Write a nomination with one more step than it has here."""
        newest = len(nomination.steps) - 1
        as_it_was = update(nominations).where(nominations.c.id == nomination.id, nominations.c.steps == newest)
        cells = nomination_to_row(nomination)
        changed = {name: cells[name] for name in _CHANGES_WITH_A_STEP}
        if self._transaction.attempt(as_it_was.values(changed)).rowcount == 0:
            raise StorageConflict("Nothing was changed, because another user took a step at the same time.")
        self._transaction.write(insert(nomination_steps), step_to_row(nomination, newest))

    def open_for(self, email: EmailAddress, organisation: Organisation, /) -> Nomination | None:
        """The open nomination of the person at this address for this organisation."""
        found = _OPEN.where(nominations.c.email == email.value, *_is_for(organisation))
        return next(iter(self._found(found)), None)

    def open(self) -> Sequence[Nomination]:
        """Every open nomination, the oldest first."""
        return self._found(_OPEN.order_by(nominations.c.received_at, nominations.c.id))

    def closed(self) -> Sequence[Nomination]:
        """Closed nominations, the last closed first."""
        closed = _NOMINATIONS.where(nominations.c.closed_at.is_not(None))
        return self._found(closed.order_by(nominations.c.closed_at.desc(), nominations.c.id.desc()))

    def of_person(self, email: EmailAddress, /) -> Sequence[Nomination]:
        """Every nomination of the person at this address, the newest first."""
        return self._found(_NEWEST_FIRST.where(nominations.c.email == email.value))

    def of_organisation(self, organisation: Organisation, limit: int, /) -> Sequence[Nomination]:
        """The nominations for this organisation, open or not, the newest first."""
        return self._found(_NEWEST_FIRST.where(*_is_for(organisation)).limit(limit))

    def _found(self, statement: Select[Any]) -> list[Nomination]:
        rows = self._transaction.execute(statement).all()
        ids = [row.id for row in rows]
        steps = select(nomination_steps).where(nomination_steps.c.nomination_id.in_(ids))
        ordered = steps.order_by(nomination_steps.c.nomination_id, nomination_steps.c.number)
        grouped = groupby(self._transaction.execute(ordered), attrgetter("nomination_id"))
        steps_of = {nomination_id: list(group) for nomination_id, group in grouped}
        return [nomination_from_row(row, steps_of[row.id]) for row in rows]


def _is_for(organisation: Organisation) -> tuple[ColumnElement[bool], ...]:
    is_role = nominations.c.role == organisation.role.value
    return is_role, nominations.c.organisation_id == organisation.id


_conforms: type[ports.Nominations] = SqlNominations
