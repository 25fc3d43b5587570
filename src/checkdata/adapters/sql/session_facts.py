"""A user and the facts that decide what they may do, in one statement, for every request (service rule 3).

`SqlSignIns.session` and `SqlUsers.facts` are what they mean. A row is a grant with one agreement of its partner, so
grants and agreements are repeated; the user and the session are in every row.
"""

from collections.abc import Sequence
from itertools import chain
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, Final

from sqlalchemy import FromClause, Join, and_, bindparam, select
from sqlalchemy.sql.elements import KeyedColumnElement

from checkdata.adapters.sql.organisations import name_of_organisation
from checkdata.adapters.sql.prepared_statement import Cells
from checkdata.adapters.sql.row_mapping import grant_from_row, session_from_row, user_from_row
from checkdata.adapters.sql.schema import agreements, grants, sessions, taken_addresses, users
from checkdata.domain.access.decision import AccessFacts
from checkdata.domain.people.organisations import Agreement, Role
from checkdata.domain.sign_in.sessions import Session

_PARTS: Final[Sequence[Sequence[KeyedColumnElement[Any]]]] = (
    (*sessions.columns, name_of_organisation(sessions)),
    (*users.columns,),
    (*grants.columns, name_of_organisation(grants)),
    (*agreements.columns,),
)
NO_FACTS: Final = AccessFacts(user=None, grants=(), agreements=())

_NAMES: Final = [[column.key for column in part] for part in _PARTS]
_STARTS: Final = [sum(map(len, _PARTS[:number])) for number in range(len(_PARTS) + 1)]

_OF_PARTNER: Final = and_(
    grants.c.role == Role.DELIVERY_PARTNER.value, agreements.c.delivery_partner_id == grants.c.organisation_id
)

_COLUMNS: Final = [[column.label(f"{number}_{column.key}") for column in part] for number, part in enumerate(_PARTS)]


def with_facts(of: FromClause) -> Join:
    """Users with their grants, and the agreements of the partners among them."""
    return of.outerjoin(grants, grants.c.user_id == users.c.id).outerjoin(agreements, _OF_PARTNER)


SESSION_AND_FACTS: Final = (
    select(*chain(*_COLUMNS))
    .select_from(with_facts(sessions.outerjoin(users, users.c.id == sessions.c.user_id)))
    .where(sessions.c.digest == bindparam("digest"))
)
"""Everything about the session with the digest ``digest``; no row where there is none."""

FACTS_COLUMNS: Final = list(chain(*_COLUMNS[1:]))
"""The columns of facts without a session."""

_FACTS: Final = select(*FACTS_COLUMNS).select_from(with_facts(users))
_HOLDER: Final = select(taken_addresses.c.user_id).where(taken_addresses.c.email == bindparam("named"))

IS_NAMED: Final = users.c.id == bindparam("named")
IS_HOLDER: Final = users.c.id == _HOLDER.scalar_subquery()

FACTS_BY_ID: Final = _FACTS.where(IS_NAMED)
"""The facts about the user with the id ``named``; no row where there is none."""

FACTS_BY_ADDRESS: Final = _FACTS.where(IS_HOLDER)
"""The facts about the user who has the address ``named``, whether they sign in at it or not."""


def session_and_facts(rows: Sequence[Cells]) -> tuple[Session, AccessFacts] | None:
    """The session and the facts about its user, of the rows of ``SESSION_AND_FACTS``."""
    if not rows:
        return None
    (session,) = _distinct(0, rows)
    return session_from_row(session), _facts(rows, first=0)


def facts_of_rows(rows: Sequence[Cells]) -> AccessFacts:
    """The facts of rows that begin with ``FACTS_COLUMNS``; there are none about a user who is not known."""
    return _facts(rows, first=1) if rows else NO_FACTS


def _facts(rows: Sequence[Cells], *, first: int) -> AccessFacts:
    """The facts of rows that begin with the part *first*."""
    (user,), grants_held, covering = (_distinct(number, rows, first) for number in range(1, len(_PARTS)))
    return AccessFacts(
        user=None if user.id is None else user_from_row(user),
        grants=[
            grant_from_row(grant)
            for grant in sorted(filter(_is_there, grants_held), key=attrgetter("granted_on", "id"))
        ],
        agreements=tuple(
            Agreement(**vars(agreement)) for agreement in sorted(filter(_is_there, covering), key=attrgetter("id"))
        ),
    )


def _distinct(number: int, rows: Sequence[Cells], first: int = 0) -> Sequence[SimpleNamespace]:
    """One of the parts of all rows, each once, with the names that its columns have in its table."""
    start, end = (_STARTS[place] - _STARTS[first] for place in (number, number + 1))
    cells = {tuple(row[start:end]) for row in rows}
    return [SimpleNamespace(**dict(zip(_NAMES[number], part, strict=True))) for part in cells]


def _is_there(part: SimpleNamespace) -> bool:
    return part.id is not None
