"""People who use the service, and the grants that let them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import Enum
from types import NoneType
from typing import Final

from attrs import field, frozen

from checkdata.domain.checked_fields import an_id, of
from checkdata.domain.people.mailboxes import share_a_mailbox
from checkdata.domain.people.organisations import ORGANISATIONS, Agreement, Organisation
from checkdata.domain.values import EmailAddress, LeadProviderId, NominationId, UserId, search_key

NO_USER_HAS_ADDRESS: Final = (
    "No user has this email address. Check it, or search the users for their name or organisation."
)
"""What is said of an address that may be mistyped."""


@frozen(kw_only=True)
class SecondAddress:
    """A further address of a user; it counts from ``confirmed_at`` on, when a link mailed to it was opened."""

    email: EmailAddress
    confirmed_at: datetime | None = None

    @property
    def counts(self) -> bool:
        """Whether the user signs in with it."""
        return self.confirmed_at is not None


@frozen(kw_only=True)
class User:
    """A person who may sign in, known by an e-mail address; what they may see follows only from their grants.

    ``second`` is a further address with which they are the same user, once its holder has confirmed it.
    """

    id: UserId = field(validator=an_id)
    email: EmailAddress = field(validator=of(EmailAddress))
    name: str = field(validator=of(str))
    suspended: bool = field(default=False, validator=of(bool))
    second: SecondAddress | None = None

    @property
    def addresses(self) -> tuple[EmailAddress, ...]:
        """Their own address, and the second one, confirmed or not."""
        return (self.email,) if self.second is None else (self.email, self.second.email)

    def signs_in_at(self, address: EmailAddress) -> bool:
        """Whether they sign in with this address: their own, or a second one that was confirmed."""
        return address == self.email or self.signs_in_second_at(address)

    def signs_in_second_at(self, address: EmailAddress) -> bool:
        """Whether it is their second address, and was confirmed."""
        return self.second is not None and self.second.counts and address == self.second.email

    def awaits_confirmation_at(self, address: EmailAddress) -> bool:
        """Whether it is their second address, and was not confirmed yet."""
        return self.second is not None and not self.second.counts and address == self.second.email

    def may_be_at(self, address: EmailAddress) -> bool:
        """Whether an address may lead to a mailbox of theirs, however it is written."""
        return any(share_a_mailbox(address, theirs) for theirs in self.addresses)

    @property
    def order(self) -> tuple[str, str, str]:
        """The key by which users are ordered: their folded name, their name, their address."""
        return search_key(self.name), self.name, self.email.value


class LapseReason(Enum):
    """Why access is to lapse: it is not used, or who confirmed it has no agreement in force any more."""

    UNUSED = "unused"
    NO_AGREEMENT = "no_agreement"


@frozen(kw_only=True)
class LapseWarning:
    """On ``told_on`` its holder was told why access will have ended on ``ends_on``; both are days of London."""

    reason: LapseReason
    told_on: date
    ends_on: date


@frozen(kw_only=True)
class Grant:
    """One user's access in one role at one organisation (service rules 1 and 6, security.md 28).

    Active from ``granted_on`` to the day before ``ended_on``, so that a grant ended today stops at once; days are
    London's. ``confirmed_by`` is the lead provider that confirmed a delivery partner's user (service rule 4), and
    ``nomination_id`` the nomination in which it did so; None if an operator gave access. ``confirmed_on`` is None
    until the grant is reconfirmed after it was given. ``still_there_on`` is when a colleague last said that its holder
    still works there, None before that. ``warning`` is set while it is to lapse.
    """

    id: str = field(validator=an_id)
    user_id: UserId = field(validator=an_id)
    organisation: Organisation = field(validator=of(*ORGANISATIONS))
    granted_on: date = field(validator=of(date))
    granted_by: str
    reason: str
    confirmed_by: LeadProviderId | None = None
    ended_on: date | None = field(default=None, validator=of(date, NoneType))
    nomination_id: NominationId | None = None
    confirmed_on: date | None = None
    still_there_on: date | None = None
    warning: LapseWarning | None = None

    @property
    def vouched_for_on(self) -> date:
        """The day on which it was last confirmed."""
        return self.confirmed_on or self.granted_on

    def active(self, on: date) -> bool:
        """Whether the grant is active on that day."""
        return self.granted_on <= on and (self.ended_on is None or on < self.ended_on)

    def vouched_for_under(self, agreements: Iterable[Agreement]) -> Sequence[Agreement]:
        """The agreements with the confirming lead provider that were in force when it last confirmed."""
        parties = self.confirmed_by, self.organisation.id
        ours = (a for a in agreements if (a.lead_provider_id, a.delivery_partner_id) == parties)
        return [agreement for agreement in ours if agreement.in_force(self.vouched_for_on)]
