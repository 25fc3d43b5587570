"""API keys, in SQL."""

from collections.abc import Sequence
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any, Final

from sqlalchemy import Select, bindparam, insert, or_, select, update

from checkdata.adapters.sql.api_key_schema import api_key_revocations, api_key_secrets, api_keys
from checkdata.adapters.sql.organisations import name_of_organisation
from checkdata.adapters.sql.prepared_statement import Cells as Values
from checkdata.adapters.sql.row_mapping import AnyRow, Cells
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.people.organisations import Role, organisation_of
from checkdata.domain.sign_in.api_keys import ApiKey, CallingService, Question, Revocation, UnderGrant
from checkdata.domain.values import UserId

_COLUMNS: Final = (
    *api_keys.c,
    name_of_organisation(api_keys),
    *(api_key_secrets.c[name] for name in ("digest", "collected_at")),
    *(api_key_revocations.c[name] for name in ("revoked_at", "revoked_by", "revoked_why")),
)
_NAMES: Final = [column.key for column in _COLUMNS]
_KEYS: Final = (
    select(*_COLUMNS)
    .select_from(
        api_keys.outerjoin(api_key_secrets, api_key_secrets.c.key_id == api_keys.c.id).outerjoin(
            api_key_revocations, api_key_revocations.c.key_id == api_keys.c.id
        )
    )
    .order_by(api_keys.c.issued_at.desc(), api_keys.c.id.desc())
)
KEY_WITH_DIGEST: Final = _KEYS.where(api_key_secrets.c.digest == bindparam("digest"))
"""The key whose secret has the digest ``digest``; no row if there is none."""


class SqlApiKeys:
    """A row a key, one for its secret, and one for its end."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, key: ApiKey, /) -> None:
        """Keep a key."""
        self._transaction.attempt(insert(api_keys), _to_row(key))

    def give_secret(self, key_id: str, digest: str, at: datetime, /) -> None:
        """Keep the digest of its secret for good."""
        cells = {"key_id": key_id, "digest": digest, "collected_at": at}
        self._transaction.attempt(insert(api_key_secrets), cells)

    def revoke(self, key_id: str, revocation: Revocation, /) -> None:
        """End a key for good."""
        cells = {
            "key_id": key_id,
            "revoked_at": revocation.at,
            "revoked_by": revocation.by,
            "revoked_why": revocation.reason,
        }
        self._transaction.attempt(insert(api_key_revocations), cells)

    def note_use(self, key_id: str, day: date, /) -> None:
        """Keep the day, unless a later one is known."""
        earlier = or_(api_keys.c.last_used_on.is_(None), api_keys.c.last_used_on < day)
        self._transaction.write(update(api_keys).where(api_keys.c.id == key_id, earlier).values(last_used_on=day))

    def get(self, key_id: str, /) -> ApiKey | None:
        """The key with this id."""
        return next(iter(self._found(_KEYS.where(api_keys.c.id == key_id))), None)

    def with_digest(self, digest: str, /) -> ApiKey | None:
        """The key with this digest, in one statement."""
        rows = self._transaction.ask(KEY_WITH_DIGEST, {"digest": digest})
        return key_of_cells(rows[0]) if rows else None

    def all(self) -> Sequence[ApiKey]:
        """Every key, the newest first."""
        return self._found(_KEYS)

    def of_user(self, user_id: UserId, /) -> Sequence[ApiKey]:
        """The keys under grants of this user, the newest first."""
        return self._found(_KEYS.where(api_keys.c.user_id == user_id))

    def _found(self, statement: Select[Any]) -> list[ApiKey]:
        return list(map(_from_row, self._transaction.execute(statement)))


def key_of_cells(cells: Values) -> ApiKey | None:
    """The key of a row of ``KEY_WITH_DIGEST``; None if the row is of another statement, and found no key."""
    row = SimpleNamespace(**dict(zip(_NAMES, cells, strict=True)))
    return None if row.id is None else _from_row(row)


def _to_row(key: ApiKey) -> Cells:
    given = key.given_to
    grant, service = (given, None) if isinstance(given, UnderGrant) else (None, given)
    return {
        "id": key.id,
        "name": key.name,
        "user_id": None if grant is None else grant.user_id,
        "role": None if grant is None else grant.organisation.role.value,
        "organisation_id": None if grant is None else grant.organisation.id,
        "service": None if service is None else service.name,
        "may_ask": None if service is None else " ".join(sorted(question.value for question in service.may_ask)),
        "issued_by": key.issued_by,
        "issued_at": key.issued_at,
        "reason": key.reason,
        "expires_on": key.expires_on,
        "last_used_on": key.last_used_on,
    }


def _from_row(row: AnyRow) -> ApiKey:
    revoked: Revocation | None = None
    if row.revoked_at is not None:
        by = None if row.revoked_by is None else UserId(row.revoked_by)
        revoked = Revocation(at=row.revoked_at, by=by, reason=row.revoked_why)
    return ApiKey(
        id=row.id,
        name=row.name,
        given_to=_given_to(row),
        issued_by=None if row.issued_by is None else UserId(row.issued_by),
        issued_at=row.issued_at,
        reason=row.reason,
        expires_on=row.expires_on,
        digest=row.digest or "",
        collected_at=row.collected_at,
        last_used_on=row.last_used_on,
        revoked=revoked,
    )


def _given_to(row: AnyRow) -> UnderGrant | CallingService:
    if row.user_id is None:
        return CallingService(row.service, map(Question, row.may_ask.split()))
    organisation = organisation_of(Role(row.role), row.organisation_id, row.organisation_name)
    return UnderGrant(UserId(row.user_id), organisation)


_conforms: type[ports.ApiKeys] = SqlApiKeys
