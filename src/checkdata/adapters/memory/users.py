"""Users and grants in memory."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from attrs import evolve

from checkdata.adapters.memory.api_keys import MemoryApiKeys
from checkdata.adapters.memory.state import Draft
from checkdata.domain import ports
from checkdata.domain.access.decision import AccessFacts
from checkdata.domain.errors import StorageConflict
from checkdata.domain.listing.facts_and_rows import FactsAndRows
from checkdata.domain.people.mailboxes import mailbox_key
from checkdata.domain.people.organisations import DeliveryPartner, Organisation, Role
from checkdata.domain.people.users import Grant, User
from checkdata.domain.values import EmailAddress, ParticipantId, UserId, search_key


class MemoryUsers:
    """The users and grants of a draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def get(self, user_id: UserId, /) -> User | None:
        """The user with this id."""
        return self._draft.state.users.get(user_id)

    def with_ids(self, user_ids: Collection[UserId], /) -> Mapping[UserId, User]:
        """The users with these ids."""
        users = self._draft.state.users
        return {user_id: users[user_id] for user_id in user_ids if user_id in users}

    def with_email(self, email: EmailAddress, /) -> User | None:
        """The user who signs in at this address."""
        return next((user for user in self._draft.state.users.values() if user.signs_in_at(email)), None)

    def at_mailbox(self, email: EmailAddress, /) -> Sequence[User]:
        """The users with an address that may be another spelling of this one, by name."""
        wanted = mailbox_key(email)
        users = self._draft.state.users.values()
        found = (user for user in users if wanted in map(mailbox_key, user.addresses))
        return sorted(found, key=lambda user: user.order)

    def hold_mailbox(self, email: EmailAddress, /) -> None:
        """Nothing to do, because units of work that write take turns."""

    def facts(self, user_id: UserId, /) -> AccessFacts:
        """The user, their grants, and the agreements of the delivery partners among them."""
        grants = self.grants_of(user_id)
        partners = {grant.organisation.id for grant in grants if isinstance(grant.organisation, DeliveryPartner)}
        agreements = [a for _, a in sorted(self._draft.state.agreements.items()) if a.delivery_partner_id in partners]
        return AccessFacts(user=self.get(user_id), grants=grants, agreements=tuple(agreements))

    def facts_about(self, named: str, /) -> AccessFacts:
        """The same of the user with this id, or who signs in at this address."""
        if "@" not in named:
            return self.facts(UserId(named))
        user = self.with_email(EmailAddress.to_look_up(named))
        return AccessFacts(user=None, grants=(), agreements=()) if user is None else self.facts(user.id)

    def facts_and_rows(self, named: str, participant_id: ParticipantId, key_digest: str = "", /) -> FactsAndRows:
        """The same, the rows of a participant, and the key that asks."""
        facts, state = self.facts_about(named), self._draft.state
        derivation = state.listings.get(participant_id)
        granted = {grant.organisation for grant in facts.grants}
        listed = () if derivation is None else derivation.rows.items()
        return FactsAndRows(
            facts=facts,
            rows={(viewer.role, viewer.id): entry.listed for viewer, entry in listed if viewer in granted},
            import_id=state.imports[-1].id if state.imports else None,
            key=MemoryApiKeys(self._draft).with_digest(key_digest),
        )

    def hold(self, *user_ids: UserId) -> None:
        """Nothing to do, because units of work that write take turns."""

    def add(self, user: User, /) -> None:
        """Add a user whose id and address are free."""
        if self.get(user.id) is not None:
            _conflict("a user with this id exists")
        self._write(user)

    def replace(self, user: User, /) -> None:
        """Update an existing user."""
        if self.get(user.id) is None:
            _conflict("the user no longer exists")
        self._write(user)

    def add_grant(self, grant: Grant, /) -> None:
        """Add a grant, the only one of this user at this organisation that has no end."""
        if grant.id in self._draft.state.grants:
            _conflict("a grant with this id exists")
        self._write_grant(grant)

    def replace_grant(self, grant: Grant, /) -> None:
        """Update an existing grant."""
        if grant.id not in self._draft.state.grants:
            _conflict("the grant no longer exists")
        self._write_grant(grant)

    def grant(self, grant_id: str, /) -> Grant | None:
        """The grant with this id, its organisation as it is called now."""
        grant = self._draft.state.grants.get(grant_id)
        return None if grant is None else evolve(grant, organisation=self._draft.state.named(grant.organisation))

    def grants_of(self, user_id: UserId, /) -> Sequence[Grant]:
        """The user's grants, oldest first, their organisations as they are called now."""
        return sorted(self._grants_of(user_id), key=lambda grant: (grant.granted_on, grant.id))

    def active_grants(self, on: date, /) -> Sequence[Grant]:
        """All active grants, with the current names of their organisations."""
        users = sorted(self._draft.state.users)
        return [grant for user_id in users for grant in self.grants_of(user_id) if grant.active(on)]

    def grants_for(self, organisation: Organisation, on: date, /) -> Sequence[Grant]:
        """The active grants for this organisation, oldest first."""
        named, grants = self._draft.state.named(organisation), self._draft.state.grants.values()
        ours = (grant for grant in grants if grant.organisation == organisation and grant.active(on))
        ordered = sorted(ours, key=lambda grant: (grant.granted_on, grant.id))
        return [evolve(grant, organisation=named) for grant in ordered]

    def suspended_with_access(self, on: date, /) -> Sequence[User]:
        """Suspended users who have an active grant, by name."""
        having = {grant.user_id for grant in self._draft.state.grants.values() if grant.active(on)}
        found = (user for user in self._draft.state.users.values() if user.suspended and user.id in having)
        return sorted(found, key=lambda user: user.order)

    def count_acting(self, role: Role, on: date, /) -> Mapping[str, int]:
        """How many users who are not suspended have an active grant, by organisation."""
        state = self._draft.state
        of_role = (grant for grant in state.grants.values() if grant.organisation.role is role and grant.active(on))
        acting = {
            (grant.organisation.id, grant.user_id) for grant in of_role if not state.users[grant.user_id].suspended
        }
        return Counter(organisation_id for organisation_id, _ in acting)

    def search(self, text: str, /) -> Sequence[User]:
        """Users in whose name, address or organisations' names *text* is found, by name."""
        wanted = search_key(text)
        found = (user for user in self._draft.state.users.values() if any(wanted in key for key in self._keys(user)))
        return sorted(found, key=lambda user: user.order)

    def _keys(self, user: User) -> Iterator[str]:
        yield search_key(user.name)
        yield from (search_key(address.value) for address in user.addresses)
        for grant in self._grants_of(user.id):
            yield search_key(grant.organisation.name)

    def _grants_of(self, user_id: UserId) -> Iterator[Grant]:
        state = self._draft.state
        for grant in state.grants.values():
            if grant.user_id == user_id:
                yield evolve(grant, organisation=state.named(grant.organisation))

    def _write(self, user: User) -> None:
        others = (other for other in self._draft.state.users.values() if other.id != user.id)
        if any(not set(user.addresses).isdisjoint(other.addresses) for other in others):
            _conflict("another user has this address")
        state = self._draft.state
        self._draft.state = evolve(state, users={**state.users, user.id: user})

    def _write_grant(self, grant: Grant) -> None:
        state = self._draft.state
        if grant.user_id not in state.users:
            _conflict("the user no longer exists")
        if any(_collide(grant, other) for other in state.grants.values()):
            _conflict("the user already has access for this organisation")
        self._draft.state = evolve(state, grants={**state.grants, grant.id: grant})


def _collide(grant: Grant, other: Grant) -> bool:
    """Whether both are open, of one user, at one organisation, and not the same."""
    return (
        grant.id != other.id
        and (grant.user_id, grant.organisation) == (other.user_id, other.organisation)
        and grant.ended_on is None
        and other.ended_on is None
    )


def _conflict(why: str) -> None:
    msg = f"Nothing was changed, because {why}."
    raise StorageConflict(msg)


_conforms: type[ports.Users] = MemoryUsers
