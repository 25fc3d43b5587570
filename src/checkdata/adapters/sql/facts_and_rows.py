"""The facts about a user and the rows of one participant, in one statement, for a decision that a service asks for.

A row is a grant with one agreement of its partner, as in `checkdata.adapters.sql.session_facts`, and with the
participant's row in the listing of the grant's organisation; the key that asks is in every row. The statement is a
snapshot by itself and needs no transaction, unless another generation of listings is shown than the connection sees.

On PostgreSQL it lets itself read the participant's rows (`checkdata.adapters.sql.row_security`), which saves a second
statement. That has to come before the rows are read, so each row is found by a lateral question that needs its answer,
and that no plan can take apart, because it has an offset.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Select, and_, bindparam, select, true

from checkdata.adapters.sql.api_keys import KEY_WITH_DIGEST, key_of_cells
from checkdata.adapters.sql.feed_schema import imports
from checkdata.adapters.sql.generations import SHOWN
from checkdata.adapters.sql.listings import LISTINGS, Listing
from checkdata.adapters.sql.prepared_statement import Cells, prepared
from checkdata.adapters.sql.row_security import LET_READ, readable_rows
from checkdata.adapters.sql.schema import grants, users
from checkdata.adapters.sql.session_facts import FACTS_COLUMNS, IS_HOLDER, IS_NAMED, facts_of_rows, with_facts
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.listing.facts_and_rows import FactsAndRows
from checkdata.domain.people.organisations import Role
from checkdata.domain.values import ImportId, ParticipantId

_IMPORT: Final = select(imports.c.id).order_by(imports.c.number.desc()).limit(1).scalar_subquery()
_NOW: Final = select(_IMPORT.label("import_id"), SHOWN.scalar_subquery().label("generation")).subquery()
"""One row, so that there is an answer about a user who is not known."""

_LET: Final = LET_READ.offset(0).subquery("let_read")
_KEY: Final = KEY_WITH_DIGEST.order_by(None).subquery()
_KEY_AT: Final = len(FACTS_COLUMNS) + len(_NOW.c)
_ROWS_AT: Final = _KEY_AT + len(_KEY.c)


def _question(is_asked_about: ColumnElement[bool], *, lets_read: bool) -> Select[Any]:
    asked: FromClause = _NOW.outerjoin(_KEY, true())
    if lets_read:
        asked = asked.join(_LET, true())
    found: FromClause = with_facts(asked.outerjoin(users, is_asked_about))
    scoped = list[ColumnElement[Any]]()
    for listing in LISTINGS:
        rows: FromClause = _row_behind_let(listing) if lets_read else listing.rows
        found = found.outerjoin(rows, true() if lets_read else _is_row_for_grant(listing, bindparam("participant_id")))
        scoped += [column.label(f"{listing.organisation}_{name}") for name, column in listing.columns_in(rows).items()]
    return select(*FACTS_COLUMNS, *_NOW.c, *_KEY.c, *scoped).select_from(found)


def _row_behind_let(listing: Listing) -> FromClause:
    found = select(*listing.columns.values()).where(_is_row_for_grant(listing, _LET.c.participant_id))
    return found.correlate(_LET, grants).offset(0).lateral(f"{listing.organisation}_row")


def _is_row_for_grant(listing: Listing, participant_id: ColumnElement[str]) -> ColumnElement[bool]:
    rows = listing.rows.c
    return and_(
        grants.c.role == listing.viewer.role.value,
        rows[listing.organisation] == grants.c.organisation_id,
        rows.participant_id == participant_id,
    )


_BY_ID, _BY_ADDRESS = (
    {lets_read: _question(asked, lets_read=lets_read) for lets_read in (False, True)} for asked in (IS_NAMED, IS_HOLDER)
)


def ask_facts_and_rows(
    transaction: Transaction, named: str, participant_id: ParticipantId, digest: str, *, by_address: bool
) -> FactsAndRows:
    """The facts about the user with this id or address, the rows of a participant, and the key with a digest."""
    question = (_BY_ADDRESS if by_address else _BY_ID)[transaction.on_postgresql]
    values = {"named": named, "digest": digest, **readable_rows("participant_id", participant_id)}
    if transaction.can_ask_ahead:
        rows = prepared(question, transaction.engine.dialect).rows(transaction.connection, values)
        if (rows[0][_KEY_AT - 1] or 0) == transaction.generation:
            return _found(rows)
    transaction.see_listings()
    return _found(transaction.ask(question, values))


def _found(rows: Sequence[Cells]) -> FactsAndRows:
    import_id = rows[0][len(FACTS_COLUMNS)]
    return FactsAndRows(
        facts=facts_of_rows(rows),
        rows={key: row for listed in {tuple(cells[_ROWS_AT:]) for cells in rows} for key, row in _listed(listed)},
        import_id=None if import_id is None else ImportId(import_id),
        key=key_of_cells(rows[0][_KEY_AT:_ROWS_AT]),
    )


def _listed(cells: Cells) -> Iterator[tuple[tuple[Role, str], dict[str, Any]]]:
    """The participant's row in the listing of the organisation whose grant the cells are of, if there is one."""
    start = 0
    for listing in LISTINGS:
        names = list(listing.columns)
        row = dict(zip(names, cells[start : start + len(names)], strict=True))
        start += len(names)
        if row[listing.organisation] is not None:
            yield (listing.viewer.role, row[listing.organisation]), row
