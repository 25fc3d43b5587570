"""The port for users and their grants."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Protocol

from checkdata.domain.access.decision import AccessFacts
from checkdata.domain.listing.facts_and_rows import FactsAndRows
from checkdata.domain.people.organisations import Organisation, Role
from checkdata.domain.people.users import Grant, User
from checkdata.domain.values import EmailAddress, ParticipantId, UserId


class Users(Protocol):
    """The people who may sign in, and their grants."""

    def get(self, user_id: UserId, /) -> User | None:
        """The user with this id."""

    def with_ids(self, user_ids: Collection[UserId], /) -> Mapping[UserId, User]:
        """The users with these ids, by id; those who are not there are left out."""

    def with_email(self, email: EmailAddress, /) -> User | None:
        """The user who signs in at this address, their own or a second one that was confirmed."""

    def at_mailbox(self, email: EmailAddress, /) -> Sequence[User]:
        """The users with an address that may be another spelling of this one, by name.

        A second address counts whether it was confirmed or not.
        """

    def hold_mailbox(self, email: EmailAddress, /) -> None:
        """Lock every spelling of this address until the unit of work ends; what is read next is up to date.

        Every user who gets an address takes this lock first.
        """

    def facts(self, user_id: UserId, /) -> AccessFacts:
        """Everything that a decision about this user needs: grants ended or not, agreements of their partners."""

    def facts_about(self, named: str, /) -> AccessFacts:
        """The same of the user with this id, or who signs in at this address, in one question; of no user if neither.

        Any text may be asked for.
        """

    def facts_and_rows(self, named: str, participant_id: ParticipantId, key_digest: str = "", /) -> FactsAndRows:
        """The facts about this user, the rows of a participant, and the API key with a digest, in one question.

        All are of one state. The rows are those in the listings of all organisations in the user's grants, ended or
        not, with the fields that scopes ask of and nothing else to rely on.
        """

    def hold(self, *user_ids: UserId) -> None:
        """Lock these users until the unit of work ends; what is read of them next is up to date.

        Every change of a user, their grants, links or sessions takes this lock first.
        """

    def add(self, user: User, /) -> None:
        """Add a user; `StorageConflict` where the id or an address is taken."""

    def replace(self, user: User, /) -> None:
        """Update an existing user; `StorageConflict` where an address is another user's."""

    def add_grant(self, grant: Grant, /) -> None:
        """Add a grant; `StorageConflict` where the user has an active one for the same organisation."""

    def replace_grant(self, grant: Grant, /) -> None:
        """Update an existing grant; this is how a grant ends."""

    def grant(self, grant_id: str, /) -> Grant | None:
        """The grant with this id; its organisation carries its name."""

    def grants_of(self, user_id: UserId, /) -> Sequence[Grant]:
        """The user's grants, ended or not, oldest first; organisations carry their names."""

    def active_grants(self, on: date, /) -> Sequence[Grant]:
        """All grants active on that day, by user, each user's oldest first; organisations carry their names."""

    def grants_for(self, organisation: Organisation, on: date, /) -> Sequence[Grant]:
        """The grants for this organisation that are active on that day, oldest first; it carries its name."""

    def suspended_with_access(self, on: date, /) -> Sequence[User]:
        """Suspended users who have a grant that is active on that day, by name."""

    def count_acting(self, role: Role, on: date, /) -> Mapping[str, int]:
        """How many users may act for each organisation of this role on that day, by its id; those of none are left out.

        They have an active grant and are not suspended.
        """

    def search(self, text: str, /) -> Sequence[User]:
        """Users whose name or address, or an organisation of theirs, holds *text* folded; all for ""; by name."""
