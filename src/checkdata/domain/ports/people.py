"""Users and organisations, how they sign in, and how access is given: what a storage keeps of them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from checkdata.domain.access import AccessFacts
from checkdata.domain.confirmations import ConfirmationLink, ConfirmationVisit
from checkdata.domain.link_limits import Allowed, Asking, LinkLimits
from checkdata.domain.nominations import Nomination
from checkdata.domain.organisations import Agreement, LeadProvider, Organisation, Role
from checkdata.domain.signing_in import Session, SignInLink
from checkdata.domain.users import Grant, User
from checkdata.domain.values import EmailAddress, LeadProviderId, NominationId, UserId


class Users(Protocol):
    """The people who may sign in, and their grants."""

    def get(self, user_id: UserId, /) -> User | None:
        """The user with this id."""

    def with_email(self, email: EmailAddress, /) -> User | None:
        """The user who signs in at this address."""

    def facts(self, user_id: UserId, /) -> AccessFacts:
        """Everything that a decision about this user needs: grants ended or not, agreements of their partners."""

    def hold(self, *user_ids: UserId) -> None:
        """Let nobody else hold these users until the unit of work ends; what is read of them afterwards is up to date.

        Whoever changes or ends anything of a user holds them first: their grants, links and sessions too.
        """

    def add(self, user: User, /) -> None:
        """Add a user; `StorageConflict` where the id or the address is taken."""

    def replace(self, user: User, /) -> None:
        """Write a user that exists anew."""

    def add_grant(self, grant: Grant, /) -> None:
        """Add a grant; `StorageConflict` where the user has an active one for the same organisation."""

    def replace_grant(self, grant: Grant, /) -> None:
        """Write a grant that exists anew; that is how one ends."""

    def grant(self, grant_id: str, /) -> Grant | None:
        """The grant with this id; its organisation carries its name."""

    def grants_of(self, user_id: UserId, /) -> Sequence[Grant]:
        """The user's grants, ended or not, oldest first; organisations carry their names."""

    def active_grants(self, on: date, /) -> Sequence[Grant]:
        """Everybody's grants that are active on that day, by user, each user's oldest first, organisations named."""

    def search(self, text: str, /) -> Sequence[User]:
        """Users whose name or address, or an organisation of theirs, holds *text* folded; all for ""; by address."""


class Organisations(Protocol):
    """The organisations that the feed told of, and agreements, of the feed and by hand."""

    def find(self, role: Role, organisation_id: str, /) -> Organisation | None:
        """The organisation with this id in this role; teams are always there."""

    def all(self, role: Role, /) -> Sequence[Organisation]:
        """Every organisation of this role, by id."""

    def lead_provider(self, lead_provider_id: LeadProviderId, /) -> LeadProvider | None:
        """The lead provider with this id."""

    def lead_providers(self) -> Sequence[LeadProvider]:
        """Every lead provider, by name."""

    def agreements_of(self, delivery_partner_id: str, /) -> Sequence[Agreement]:
        """The agreements of a delivery partner, in force or not."""

    def agreements(self) -> Sequence[Agreement]:
        """Every agreement, in force or not, by id."""

    def agreement(self, agreement_id: str, /) -> Agreement | None:
        """The agreement with this id."""

    def hold_agreement(self, agreement_id: str, /) -> None:
        """Let nobody else change this agreement until the unit of work ends; what is read of it next is up to date."""

    def rest_on_agreements(self) -> None:
        """Let no agreement change until the unit of work ends; what is read of them afterwards is up to date."""

    def change_agreements(self) -> None:
        """Let nobody rest on agreements until the unit of work ends, once those who do are done.

        Whoever changes one asks before its event is recorded, so that what rests on it comes before in the log.
        """

    def add_agreement(self, agreement: Agreement, /) -> None:
        """Add an agreement by hand; `StorageConflict` where its id is taken or who makes it is not known."""

    def end_agreement(self, agreement_id: str, ended_on: date, /) -> None:
        """Let an agreement not be in force from that day on; `StorageConflict` where it ends by then already.

        A feed that names it later changes nothing about that.
        """


class SignIns(Protocol):
    """Sign-in links and sessions; both are known by the digest of their token."""

    def add_link(self, link: SignInLink, /) -> None:
        """Keep a link."""

    def link(self, digest: str, /) -> SignInLink | None:
        """The link with this digest."""

    def use_link(self, digest: str, at: datetime, /) -> SignInLink | None:
        """Mark a usable link used and return it, else None; of any number at once, one gets it (security.md 5)."""

    def has_link(self, user_id: UserId, at: datetime, /) -> bool:
        """Whether a link of this user still works."""

    def end_links(self, user_id: UserId, at: datetime, /) -> None:
        """End every link of a user that is still unused (security.md 9)."""

    def add_session(self, session: Session, /) -> None:
        """Keep a session."""

    def session(self, digest: str, /) -> Session | None:
        """The session with this digest; its organisation carries its name."""

    def visitor(self, digest: str, /) -> tuple[Session, AccessFacts] | None:
        """The session with this digest and what decides what its user may do, in one question."""

    def touch(self, digest: str, at: datetime, /) -> bool:
        """Note that a session was seen; whether there was one."""

    def end_session(self, digest: str, /) -> bool:
        """Delete a session; whether there was one."""

    def begun_as(self, began_as: str, /) -> Session | None:
        """The session that began so, whatever its digest is by now."""

    def end_begun_as(self, user_id: UserId, began_as: str, /) -> bool:
        """Delete the user's session that began so, whatever its digest is by now; whether there was one."""

    def end_sessions(self, user_id: UserId, /) -> int:
        """Delete every session of a user; how many there were."""

    def sessions_of(self, user_id: UserId, /) -> Sequence[Session]:
        """A user's sessions, the newest first, over by time or not; organisations carry their names."""


class LinkRequests(Protocol):
    """How often sign-in links were asked for lately, in whichever process (security.md 13)."""

    def count(self, asking: Asking, limits: LinkLimits, at: datetime, /) -> Allowed:
        """Count a request and tell what it may have; of any number at once no more pass than the limits allow.

        One whose client, or everybody, asked often enough before is not counted, so that it takes nothing from others.
        """

    def running(self, keys: Sequence[str], at: datetime, /) -> str | None:
        """Which of these keyed hashes is being counted, its window not over; of several the one asked for most."""


class Nominations(Protocol):
    """Nominations with their steps; organisations carry their names."""

    def get(self, nomination_id: NominationId, /) -> Nomination | None:
        """The nomination with this id."""

    def hold(self, nomination_id: NominationId, /) -> None:
        """Let nobody else hold this nomination until the unit of work ends; what is read next is up to date.

        Whoever takes a step, opens a link or answers holds it first.
        """

    def add(self, nomination: Nomination, /) -> None:
        """Add a nomination; `StorageConflict` where the id is taken, or the person has an open one there already."""

    def replace(self, nomination: Nomination, /) -> None:
        """Write a nomination with one more step; `StorageConflict` where somebody else took a step meanwhile."""

    def open_for(self, email: EmailAddress, organisation: Organisation, /) -> Nomination | None:
        """The open nomination of the person at this address for this organisation."""

    def open(self) -> Sequence[Nomination]:
        """Every open nomination, the oldest first."""

    def closed(self) -> Sequence[Nomination]:
        """Nominations that are not open any more, those closed last first."""

    def of_person(self, email: EmailAddress, /) -> Sequence[Nomination]:
        """Every nomination of the person at this address, the newest first."""

    def of_organisation(self, organisation: Organisation, limit: int, /) -> Sequence[Nomination]:
        """The nominations for this organisation, open or not, the newest first."""


class Confirmations(Protocol):
    """Confirmation links, and the browsers in which one was opened; both are known by the digest of their token."""

    def add_link(self, link: ConfirmationLink, /) -> None:
        """Keep a link."""

    def link(self, digest: str, /) -> ConfirmationLink | None:
        """The link with this digest."""

    def use_link(self, digest: str, at: datetime, /) -> ConfirmationLink | None:
        """Mark a usable link used and return it, else None; of any number at once, one gets it (security.md 5)."""

    def links_of(self, nomination_id: NominationId, /) -> Sequence[ConfirmationLink]:
        """The links sent for a nomination, the newest first."""

    def add_visit(self, visit: ConfirmationVisit, /) -> None:
        """Keep a visit."""

    def visit(self, digest: str, /) -> ConfirmationVisit | None:
        """The visit with this digest."""

    def end(self, nomination_id: NominationId, at: datetime, /) -> None:
        """End every link of a nomination that is still unused, and every visit."""
