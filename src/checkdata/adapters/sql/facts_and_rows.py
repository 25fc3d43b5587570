"""The facts about a user and the rows of one participant, in one statement, for a decision that a service asks for.

A row is a grant with one agreement of its partner, as in `checkdata.adapters.sql.session_facts`, and with the
participant's row in the listing of the grant's organisation. The statement is a snapshot by itself and needs no
transaction, unless another generation of listings is shown than the connection sees.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Select, and_, bindparam, select

from checkdata.adapters.sql.feed_schema import imports
from checkdata.adapters.sql.generations import SHOWN
from checkdata.adapters.sql.listings import LISTINGS, Listing
from checkdata.adapters.sql.prepared_statement import Cells, prepared
from checkdata.adapters.sql.schema import grants, users
from checkdata.adapters.sql.session_facts import FACTS_COLUMNS, IS_HOLDER, IS_NAMED, facts_of_rows, with_facts
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.access.facts_and_rows import FactsAndRows
from checkdata.domain.people.organisations import Role
from checkdata.domain.values import ImportId, ParticipantId

_IMPORT: Final = select(imports.c.id).order_by(imports.c.number.desc()).limit(1).scalar_subquery()
_NOW: Final = select(_IMPORT.label("import_id"), SHOWN.scalar_subquery().label("generation")).subquery()
"""One row, so that there is an answer about a user who is not known."""

_ROLES: Final[Sequence[Role]] = [listing.viewer.role for listing in LISTINGS]
_FIELDS: Final = [list(listing.columns) for listing in LISTINGS]
_SCOPED: Final = [
    [column.label(f"{role.value}_{name}") for name, column in listing.columns.items()]
    for role, listing in zip(_ROLES, LISTINGS, strict=True)
]
_FIRST: Final = len(FACTS_COLUMNS) + len(_NOW.c)


def _question(is_asked_about: ColumnElement[bool]) -> Select[Any]:
    found: FromClause = with_facts(_NOW.outerjoin(users, is_asked_about))
    for role, listing in zip(_ROLES, LISTINGS, strict=True):
        found = found.outerjoin(listing.rows, _is_row_for_grant(role, listing))
    return select(*FACTS_COLUMNS, *_NOW.c, *chain(*_SCOPED)).select_from(found)


def _is_row_for_grant(role: Role, listing: Listing) -> ColumnElement[bool]:
    rows = listing.rows.c
    return and_(
        grants.c.role == role.value,
        rows[listing.organisation] == grants.c.organisation_id,
        rows.participant_id == bindparam("participant"),
    )


_BY_ID: Final = _question(IS_NAMED)
_BY_ADDRESS: Final = _question(IS_HOLDER)


def ask_facts_and_rows(
    transaction: Transaction, named: str, participant_id: ParticipantId, *, by_address: bool
) -> FactsAndRows:
    """The facts about the user with this id or address, and the rows of a participant, of one state."""
    question, values = _BY_ADDRESS if by_address else _BY_ID, {"named": named, "participant": participant_id}
    if transaction.can_ask_ahead:
        ahead = prepared(question, transaction.engine.dialect)
        rows = transaction.ask_ahead(ahead, values, "participant_id", participant_id)
        if (rows[0][_FIRST - 1] or 0) == transaction.generation:
            return _found(rows)
    transaction.see_listings()
    transaction.let_read("participant_id", participant_id)
    return _found(transaction.ask(question, values))


def _found(rows: Sequence[Cells]) -> FactsAndRows:
    import_id = rows[0][len(FACTS_COLUMNS)]
    return FactsAndRows(
        facts=facts_of_rows(rows),
        rows={key: row for cells in rows for key, row in _listed(cells)},
        import_id=None if import_id is None else ImportId(import_id),
    )


def _listed(cells: Cells) -> list[tuple[tuple[Role, str], dict[str, Any]]]:
    """The participant's row in the listing of the organisation whose grant the cells are of, if there is one."""
    found, start = [], _FIRST
    for role, listing, fields in zip(_ROLES, LISTINGS, _FIELDS, strict=True):
        row = dict(zip(fields, cells[start : start + len(fields)], strict=True))
        start += len(fields)
        if row[listing.organisation] is not None:
            found.append(((role, row[listing.organisation]), row))
    return found
