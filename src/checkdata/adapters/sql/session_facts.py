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
_STARTS: Final = [sum(map(len, _PARTS[:number])) for number in range(len(_PARTS))]

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
    parts = [_parts_of(row) for row in rows]
    session, user = parts[0][:2]
    held = {grant.id: grant for _, _, grant, _ in parts if grant.id is not None}
    covering = {agreement.id: agreement for _, _, _, agreement in parts if agreement.id is not None}
    facts = AccessFacts(
        user=None if user.id is None else user_from_row(user),
        grants=[grant_from_row(grant) for grant in sorted(held.values(), key=attrgetter("granted_on", "id"))],
        agreements=tuple(Agreement(**vars(covering[name])) for name in sorted(covering)),
    )
    return session_from_row(session), facts


def _parts_of(row: Cells) -> Sequence[SimpleNamespace]:
    """The session, user, grant and agreement of a row, each with the names that its columns have in its table."""
    return [
        SimpleNamespace(**dict(zip(names, row[start:], strict=False)))
        for names, start in zip(_NAMES, _STARTS, strict=True)
    ]
