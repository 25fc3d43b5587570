"""The steps of a nomination: who took each, when, and what they noted (service rule 4)."""

from datetime import date, datetime
from enum import Enum

from attrs import field, frozen

from checkdata.domain.errors import ChangeRefused
from checkdata.domain.people.mailboxes import mailboxes_in
from checkdata.domain.people.organisations import Organisation, Role
from checkdata.domain.people.users import User
from checkdata.domain.typed_text import checked_text
from checkdata.domain.values import EmailAddress, LeadProviderId, UserId


class NominationState(Enum):
    """How far a nomination has come."""

    RECEIVED = "received"
    ESCALATED = "escalated"
    ASKED = "asked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    GRANTED = "granted"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"

    @property
    def is_open(self) -> bool:
        """Whether a further step may follow."""
        return self in _OPEN


_OPEN = frozenset(
    {NominationState.RECEIVED, NominationState.ESCALATED, NominationState.ASKED, NominationState.CONFIRMED}
)


@frozen
class Actor:
    """A user who takes a step, and the organisation they act for; both are looked up for this step."""

    user: User
    organisation: Organisation

    @property
    def role(self) -> Role:
        """The role in which the step is taken."""
        return self.organisation.role


@frozen
class Contact:
    """The reader of mail to a lead provider's registered contact; they have no account."""

    lead_provider_id: LeadProviderId
    address: EmailAddress


@frozen(kw_only=True)
class Answer:
    """A lead provider's answer: who gave it, on which day (London's), and where it can be read again.

    Raises `ChangeRefused` for text with characters that cannot be seen, as `Act` does.
    """

    contact: str = field(validator=lambda _, __, text: checked_text(text, "Who answered"))
    given_on: date
    reference: str = field(validator=lambda _, __, text: checked_text(text, "Reference"))

    def check_day(self, nominated: date, today: date) -> None:
        """Raise `ChangeRefused` unless it was given since the day of the nomination, and not after today."""
        if self.given_on > today:
            raise ChangeRefused("The day of the answer cannot be in the future.")
        if self.given_on < nominated:
            raise ChangeRefused("The day of the answer cannot be before the day of the nomination.")


@frozen(kw_only=True)
class Step:
    """One step that was taken; ``state`` is what it led to.

    ``by`` is None if no user took it, but a lead provider's contact by a link (then ``contact`` is their
    address), or the service itself, when time was up. ``lead_provider_id`` is the one that was asked or answered;
    ``contact`` is who was sent a link, or who answered; ``reference`` names the mail that a nomination or an answer
    came in, or the ticket by which it was escalated; ``answered_on`` is the day of the answer. ``former_name`` is what
    the nominee was called before a step that corrected it, "" in every other.
    """

    state: NominationState
    at: datetime
    by: UserId | None = None
    note: str = ""
    lead_provider_id: LeadProviderId | None = None
    contact: str = ""
    reference: str = ""
    answered_on: date | None = None
    former_name: str = ""

    def is_from(self, actor: Actor) -> bool:
        """Whether a user took it, or a contact with an address of theirs."""
        theirs = (mailboxes_in(address.value) for address in actor.user.addresses)
        return self.by == actor.user.id or not mailboxes_in(self.contact).isdisjoint(frozenset().union(*theirs))


@frozen(kw_only=True)
class Act:
    """A step as it is taken: by whom, when, and with which note."""

    by: Actor | Contact
    at: datetime
    note: str = field(default="", validator=lambda _, __, text: checked_text(text, "Note", lines=True))

    def leads_to(self, state: NominationState) -> Step:
        """The step that it makes."""
        by = self.by.user.id if isinstance(self.by, Actor) else None
        return Step(state=state, at=self.at, by=by, note=self.note.strip())
