"""Users and grants in SQL."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Final

from attrs import evolve
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Update,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from checkdata.adapters.sql.conditions import can_be_stored
from checkdata.adapters.sql.facts_and_rows import ask_facts_and_rows
from checkdata.adapters.sql.organisations import name_of_organisation
from checkdata.adapters.sql.row_mapping import (
    AnyRow,
    Cells,
    agreement_from_row,
    grant_from_row,
    grant_to_row,
    user_from_row,
    user_to_row,
)
from checkdata.adapters.sql.schema import agreements, grants, taken_addresses, users
from checkdata.adapters.sql.session_facts import FACTS_BY_ADDRESS, FACTS_BY_ID, NO_FACTS, facts_of_rows
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.access.decision import AccessFacts
from checkdata.domain.errors import StorageConflict
from checkdata.domain.listing.facts_and_rows import FactsAndRows
from checkdata.domain.people.mailboxes import mailbox_key
from checkdata.domain.people.organisations import Organisation, Role
from checkdata.domain.people.users import Grant, User
from checkdata.domain.values import EmailAddress, ParticipantId, UserId, search_key


def _active(on: date | BindParameter[date]) -> ColumnElement[bool]:
    return and_(grants.c.granted_on <= on, or_(grants.c.ended_on.is_(None), grants.c.ended_on > on))


_NAMED_GRANTS: Final = select(grants, name_of_organisation(grants)).order_by(grants.c.granted_on, grants.c.id)
_GRANTS_OF: Final = _NAMED_GRANTS.where(grants.c.user_id == bindparam("user"))
_GRANT_NAMES: Final = _NAMED_GRANTS.selected_columns.keys()
_GRANTS_FOR: Final = _NAMED_GRANTS.where(
    grants.c.role == bindparam("role"),
    grants.c.organisation_id == bindparam("organisation"),
    _active(bindparam("on", type_=Date)),
)
_USER_WITH_GRANTS: Final = (
    _NAMED_GRANTS.add_columns(*(column for column in users.columns if column is not users.c.id))
    .select_from(users.outerjoin(grants, grants.c.user_id == users.c.id))
    .where(users.c.id == bindparam("user"))
)
_HOLD_MAILBOX: Final = text("SELECT pg_advisory_xact_lock(hashtextextended(:mailbox, 0))")
_USER: Final = select(users).where(users.c.id == bindparam("user"))
_AGREEMENTS_FOR: Final = (
    select(agreements)
    .where(
        agreements.c.delivery_partner_id.in_(
            select(grants.c.organisation_id).where(
                grants.c.user_id == bindparam("user"), grants.c.role == Role.DELIVERY_PARTNER.value
            )
        )
    )
    .order_by(agreements.c.id)
)

_CHANGES_OF_A_USER: Final = ("email", "name", "suspended", "second_email", "second_confirmed_at")
_CHANGES_OF_A_GRANT: Final = (
    "ended_on",
    "confirmed_by",
    "confirmed_on",
    "still_there_on",
    "nomination_id",
    "lapse_reason",
    "lapse_told_on",
    "lapses_on",
)
"""The columns of a grant that may change once it was given: it ends, is reconfirmed or vouched for, or is to lapse."""


class SqlUsers:
    """The people who may sign in, and their grants."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def get(self, user_id: UserId, /) -> User | None:
        """The user with this id."""
        row = self._transaction.execute(_USER, {"user": user_id}).one_or_none()
        return None if row is None else user_from_row(row)

    def with_ids(self, user_ids: Collection[UserId], /) -> Mapping[UserId, User]:
        """The users with these ids."""
        found = map(user_from_row, self._transaction.execute(select(users).where(users.c.id.in_(list(user_ids)))))
        return {user.id: user for user in found}

    def with_email(self, email: EmailAddress, /) -> User | None:
        """The user who signs in at this address."""
        holder = select(taken_addresses.c.user_id).where(taken_addresses.c.email == email.value)
        row = self._transaction.execute(select(users).where(users.c.id == holder.scalar_subquery())).one_or_none()
        user = None if row is None else user_from_row(row)
        return user if user is not None and user.signs_in_at(email) else None

    def at_mailbox(self, email: EmailAddress, /) -> Sequence[User]:
        """The users with an address that may be another spelling of this one, by name."""
        holders = select(taken_addresses.c.user_id).where(taken_addresses.c.mailbox == mailbox_key(email))
        found = map(user_from_row, self._transaction.execute(select(users).where(users.c.id.in_(holders))))
        return sorted(found, key=lambda user: user.order)

    def hold_mailbox(self, email: EmailAddress, /) -> None:
        """Lock every spelling of the address; on SQLite wait for the write lock."""
        self._transaction.lock()
        if self._transaction.on_postgresql:
            self._transaction.write(_HOLD_MAILBOX, {"mailbox": f"checkdata mailbox {mailbox_key(email)}"})

    def facts(self, user_id: UserId, /) -> AccessFacts:
        """The user, their grants, and the agreements of the delivery partners among them."""
        rows = self._transaction.execute(_USER_WITH_GRANTS, {"user": user_id}).all()
        found = self._transaction.execute(_AGREEMENTS_FOR, {"user": user_id}).all()
        return AccessFacts(
            user=_user_with_grants(user_id, rows[0]) if rows else None,
            grants=[grant_from_row(row) for row in rows if row.id is not None],
            agreements=tuple(map(agreement_from_row, found)),
        )

    def facts_about(self, named: str, /) -> AccessFacts:
        """The same of the user with this id, or who signs in at this address, in one statement."""
        if not can_be_stored(named):
            return NO_FACTS
        if "@" not in named:
            return facts_of_rows(self._transaction.ask(FACTS_BY_ID, {"named": named}))
        address = EmailAddress.to_look_up(named)
        facts = facts_of_rows(self._transaction.ask(FACTS_BY_ADDRESS, {"named": address.value}))
        return facts if facts.user is not None and facts.user.signs_in_at(address) else NO_FACTS

    def facts_and_rows(self, named: str, participant_id: ParticipantId, key_digest: str = "", /) -> FactsAndRows:
        """The same, the rows of a participant, and the key that asks, in one statement."""
        asked = named if can_be_stored(named) else ""
        if "@" not in asked:
            return ask_facts_and_rows(self._transaction, asked, participant_id, key_digest, by_address=False)
        address = EmailAddress.to_look_up(asked)
        found = ask_facts_and_rows(self._transaction, address.value, participant_id, key_digest, by_address=True)
        user = found.facts.user
        return found if user is None or user.signs_in_at(address) else evolve(found, facts=NO_FACTS, rows={})

    def hold(self, *user_ids: UserId) -> None:
        """Lock the users' rows in the order of their ids; on SQLite wait for the write lock."""
        found = select(users.c.id).where(users.c.id.in_(list(user_ids))).order_by(users.c.id)
        self._transaction.write(found.with_for_update(key_share=True))

    def add(self, user: User, /) -> None:
        """Add a user whose id and addresses are free."""
        self._transaction.attempt(insert(users), user_to_row(user))
        self._take(user, set(user.addresses))

    def replace(self, user: User, /) -> None:
        """Update an existing user, whose addresses no one else has."""
        self._replace(update(users).where(users.c.id == user.id), user_to_row(user), _CHANGES_OF_A_USER)
        theirs = taken_addresses.c.user_id == user.id
        held = set(
            map(EmailAddress, self._transaction.execute(select(taken_addresses.c.email).where(theirs)).scalars())
        )
        if given_up := held - set(user.addresses):
            of = taken_addresses.c.email.in_([address.value for address in given_up])
            self._transaction.write(delete(taken_addresses).where(theirs, of))
        self._take(user, set(user.addresses) - held)

    def add_grant(self, grant: Grant, /) -> None:
        """Add a grant, the only one of this user at this organisation that has no end."""
        self._transaction.attempt(insert(grants), grant_to_row(grant))

    def replace_grant(self, grant: Grant, /) -> None:
        """Update an existing grant."""
        self._replace(update(grants).where(grants.c.id == grant.id), grant_to_row(grant), _CHANGES_OF_A_GRANT)

    def grant(self, grant_id: str, /) -> Grant | None:
        """The grant with this id, its organisation as it is called now."""
        row = self._transaction.execute(_NAMED_GRANTS.where(grants.c.id == grant_id)).one_or_none()
        return None if row is None else grant_from_row(row)

    def grants_of(self, user_id: UserId, /) -> Sequence[Grant]:
        """The user's grants, oldest first, their organisations as they are called now."""
        return list(map(grant_from_row, self._transaction.execute(_GRANTS_OF, {"user": user_id})))

    def active_grants(self, on: date, /) -> Sequence[Grant]:
        """All active grants, with the current names of their organisations."""
        found = select(grants, name_of_organisation(grants)).where(_active(on))
        ordered = found.order_by(grants.c.user_id, grants.c.granted_on, grants.c.id)
        return list(map(grant_from_row, self._transaction.execute(ordered)))

    def grants_for(self, organisation: Organisation, on: date, /) -> Sequence[Grant]:
        """The active grants for this organisation, oldest first."""
        asked = {"role": organisation.role.value, "organisation": organisation.id, "on": on}
        rows = self._transaction.ask(_GRANTS_FOR, asked)
        return [grant_from_row(SimpleNamespace(**dict(zip(_GRANT_NAMES, cells, strict=True)))) for cells in rows]

    def suspended_with_access(self, on: date, /) -> Sequence[User]:
        """Suspended users who have an active grant, by name."""
        ids = self._transaction.execute(
            select(users.c.id)
            .distinct()
            .join_from(users, grants, grants.c.user_id == users.c.id)
            .where(users.c.suspended, _active(on))
        ).scalars()
        return sorted(self.with_ids([UserId(each) for each in ids]).values(), key=lambda user: user.order)

    def count_acting(self, role: Role, on: date, /) -> Mapping[str, int]:
        """How many users who are not suspended have an active grant, by organisation."""
        of_role = grants.c.role == role.value, users.c.suspended.is_(False), _active(on)
        counted = select(grants.c.organisation_id, func.count(grants.c.user_id.distinct())).where(*of_role)
        found = counted.join_from(grants, users, users.c.id == grants.c.user_id).group_by(grants.c.organisation_id)
        return dict(self._transaction.execute(found).all())

    def search(self, text: str, /) -> Sequence[User]:
        """Users in whose name, address or organisations' names *text* is found, by name.

        Folded here, because users are few and no database folds: nothing has to be stored folded.
        """
        wanted, organisations = search_key(text), self._organisations()
        found = map(user_from_row, self._transaction.execute(select(users)))
        chosen = (user for user in found if _is_found(wanted, user, organisations[user.id]))
        return sorted(chosen, key=lambda user: user.order)

    def _organisations(self) -> defaultdict[str, list[str]]:
        """The names of each user's organisations."""
        names = defaultdict[str, list[str]](list)
        for row in self._transaction.execute(select(grants.c.user_id, name_of_organisation(grants))):
            names[row.user_id].append(row.organisation_name)
        return names

    def _take(self, user: User, addresses: Iterable[EmailAddress]) -> None:
        """Note the addresses as the user's; a conflict if one is another user's."""
        for address in addresses:
            cells = {"email": address.value, "user_id": user.id, "mailbox": mailbox_key(address)}
            self._transaction.attempt(insert(taken_addresses), cells)

    def _replace(self, statement: Update, cells: Cells, changes: Iterable[str]) -> None:
        changed = {name: cells[name] for name in changes}
        if self._transaction.attempt(statement.values(changed)).rowcount == 0:
            raise StorageConflict("Nothing was changed, because it no longer exists.")


def _user_with_grants(user_id: UserId, row: AnyRow) -> User:
    """The user of a row in which the id is that of a grant."""
    return user_from_row(SimpleNamespace(**{**row._mapping, "id": user_id}))  # noqa: SLF001 - a documented part of Row


def _is_found(wanted: str, user: User, organisations: Iterable[str]) -> bool:
    return any(
        wanted in search_key(text)
        for text in (user.name, *(address.value for address in user.addresses), *organisations)
    )


_conforms: type[ports.Users] = SqlUsers
