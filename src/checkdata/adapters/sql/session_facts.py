"""The user and the facts that decide what they may do, in one statement, for every request (service rule 3).

`SqlSignIns.session` and `SqlUsers.facts` are what it means. A row is a grant with one agreement of its partner, so
grants and agreements are repeated; the user and the session are in every row.
"""

from collections.abc import Sequence
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, Final

from sqlalchemy import and_, bindparam, select
from sqlalchemy.sql.elements import KeyedColumnElement

from checkdata.adapters.sql.organisations import name_of_organisation
from checkdata.adapters.sql.prepared_statement import Cells
from checkdata.adapters.sql.row_mapping import grant_from_row, session_from_row, user_from_row
from checkdata.adapters.sql.schema import agreements, grants, sessions, users
from checkdata.domain.access.decision import AccessFacts
from checkdata.domain.people.organisations import Agreement, Role
from checkdata.domain.sign_in.sessions import Session

_PARTS: Final[Sequence[Sequence[KeyedColumnElement[Any]]]] = (
    (*sessions.columns, name_of_organisation(sessions)),
    (*users.columns,),
    (*grants.columns, name_of_organisation(grants)),
    (*agreements.columns,),
)
_NAMES: Final = [[column.key for column in part] for part in _PARTS]
_STARTS: Final = [sum(map(len, _PARTS[:number])) for number in range(len(_PARTS) + 1)]

_OF_PARTNER: Final = and_(
    grants.c.role == Role.DELIVERY_PARTNER.value, agreements.c.delivery_partner_id == grants.c.organisation_id
)

SESSION_AND_FACTS: Final = (
    select(*(column.label(f"{number}_{column.key}") for number, part in enumerate(_PARTS) for column in part))
    .select_from(
        sessions.outerjoin(users, users.c.id == sessions.c.user_id)
        .outerjoin(grants, grants.c.user_id == users.c.id)
        .outerjoin(agreements, _OF_PARTNER)
    )
    .where(sessions.c.digest == bindparam("digest"))
)
"""Everything about the session with the digest ``digest``; no row where there is none."""


def session_and_facts(rows: Sequence[Cells]) -> tuple[Session, AccessFacts] | None:
    """The session and the facts about its user, of the rows of ``SESSION_AND_FACTS``."""
    if not rows:
        return None
    (session,), (user,), grants_held, covering = (_distinct(number, rows) for number in range(len(_PARTS)))
    facts = AccessFacts(
        user=None if user.id is None else user_from_row(user),
        grants=[
            grant_from_row(grant)
            for grant in sorted(filter(_is_there, grants_held), key=attrgetter("granted_on", "id"))
        ],
        agreements=tuple(
            Agreement(**vars(agreement)) for agreement in sorted(filter(_is_there, covering), key=attrgetter("id"))
        ),
    )
    return session_from_row(session), facts


def _distinct(number: int, rows: Sequence[Cells]) -> Sequence[SimpleNamespace]:
    """One of the parts of all rows, each once, with the names that its columns have in its table."""
    cells = {tuple(row[_STARTS[number] : _STARTS[number + 1]]) for row in rows}
    return [SimpleNamespace(**dict(zip(_NAMES[number], part, strict=True))) for part in cells]


def _is_there(part: SimpleNamespace) -> bool:
    return part.id is not None
