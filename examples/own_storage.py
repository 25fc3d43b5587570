"""A storage of your own: the users, grants, organisations and agreements that access rests on, in SQLite.

`test_own_storage.py` holds it to the contracts of `checkdata.testing`, which has none for what else the pages ask.
"""
# ruff: noqa: D102 - `checkdata.ports` says what each method does

from checkdata import AccessFacts, Agreement, AppropriateBody, DeliveryPartner, EmailAddress, Grant, Role, User
from own_tables import Transaction, document, make_tables


class OwnUnitOfWork(Transaction):
    """One transaction, which is its own users and organisations."""

    @property
    def users(self) -> "OwnUnitOfWork":
        return self

    organisations = users

    def get(self, user_id: str, /) -> User | None:
        return self.read("users WHERE id = ?", user_id).user

    def with_email(self, email: EmailAddress, /) -> User | None:
        return self.read("users WHERE email = ?", str(email)).user

    def hold(self, *_: str) -> None:
        """Hold nothing more: writers take turns."""

    def add(self, user: User, /) -> None:
        self.write("INSERT INTO users VALUES (?, ?, ?)", user.id, str(user.email), document(user))

    def replace(self, user: User, /) -> None:
        self.write("UPDATE users SET email = ?, facts = ? WHERE id = ?", str(user.email), document(user), user.id)

    def add_grant(self, grant: Grant, /) -> None:
        place = grant.organisation.role.value, grant.organisation.id, grant.granted_on.isoformat()
        cells = grant.id, grant.user_id, *place, grant.ended_on is None, document(grants=[grant])
        self.write("INSERT INTO grants VALUES (?, ?, ?, ?, ?, ?, ?)", *cells)

    def replace_grant(self, grant: Grant, /) -> None:
        cells = grant.ended_on is None, document(grants=[grant]), grant.id
        self.write("UPDATE grants SET open = ?, facts = ? WHERE id = ?", *cells)

    def grant(self, grant_id: str, /) -> Grant | None:
        return next(iter(self.read("named_grants WHERE id = ?", grant_id).grants), None)

    def grants_of(self, user_id: str, /) -> tuple[Grant, ...]:
        return self.read("named_grants WHERE holder = ? ORDER BY day, id", user_id).grants

    def facts(self, user_id: str, /) -> AccessFacts:
        grants = self.grants_of(user_id)
        partners = {grant.organisation.id for grant in grants if grant.organisation.role is Role.DELIVERY_PARTNER}
        agreements = [agreement for partner in partners for agreement in self.agreements_of(partner)]
        return AccessFacts(user=self.get(user_id), grants=grants, agreements=agreements)

    def agreements_of(self, delivery_partner_id: str, /) -> tuple[Agreement, ...]:
        return self.read("agreements WHERE partner = ?", delivery_partner_id).agreements

    def find(self, role: Role, organisation_id: str, /) -> DeliveryPartner | AppropriateBody | None:
        kind = DeliveryPartner if role is Role.DELIVERY_PARTNER else AppropriateBody
        found = self.rows("SELECT name FROM organisations WHERE role = ? AND id = ?", role.value, organisation_id)
        return kind(organisation_id, found[0][0]) if found else None


class OwnStorage:
    """Begins units of work over the tables in a file, and makes them there."""

    def __init__(self, path: str) -> None:
        make_tables(path)
        self._path = path

    def reading(self) -> OwnUnitOfWork:
        return OwnUnitOfWork(self._path, "BEGIN; PRAGMA query_only = ON")

    def writing(self) -> OwnUnitOfWork:
        return OwnUnitOfWork(self._path, "BEGIN IMMEDIATE")

    def at_once(self) -> OwnUnitOfWork:
        return OwnUnitOfWork(self._path, "")
