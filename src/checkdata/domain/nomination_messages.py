"""What is mailed about nominations, as values (`checkdata.domain.messages`)."""

from datetime import timedelta
from typing import ClassVar

from attrs import field, frozen

from checkdata.domain.message_fields import of_people
from checkdata.domain.people.organisations import Role
from checkdata.domain.values import LeadProviderId, NominationId


@frozen(kw_only=True)
class ConfirmationRequested:
    """A lead provider's contact is asked to confirm a nominee; the link's token is made when the mail is sent."""

    kind: ClassVar[str] = "confirmation_requested"
    title: ClassVar[str] = "Please confirm a user"

    nomination_id: NominationId
    lead_provider_id: LeadProviderId


@frozen(kw_only=True)
class ConfirmationLinkMessage:
    """Please confirm a person. The page behind the link shows who it is; no mail does.

    ``lead_provider`` and ``organisation`` are names, ``role`` is the organisation's; ``lives`` is how long the link
    works, once.
    """

    template: ClassVar[str] = "confirmation_link"

    url: str = field(repr=False)
    lives: timedelta
    lead_provider: str
    role: Role
    organisation: str


@frozen(kw_only=True)
class _AboutNomination:
    """About a nomination of a person for an organisation; it says nothing of them."""

    role: Role
    organisation: str = of_people()


@frozen(kw_only=True)
class _AboutNominee(_AboutNomination):
    """To the user who nominated a person, about them."""

    nominee: str = of_people()


@frozen(kw_only=True)
class NominationDeclined(_AboutNominee):
    """The person whom you nominated was not confirmed, and has not been given access."""

    kind: ClassVar[str] = "nomination_declined"
    title: ClassVar[str] = "A nomination was declined"
    template: ClassVar[str] = "nomination_declined"


@frozen(kw_only=True)
class NominationEscalated(_AboutNomination):
    """A nomination waits for the policy team; ``reference`` is that of the second-line ticket, "" if there is none."""

    kind: ClassVar[str] = "nomination_escalated"
    title: ClassVar[str] = "A nomination was escalated"
    template: ClassVar[str] = "nomination_escalated"

    reference: str = of_people()


@frozen(kw_only=True)
class NominationReceived(_AboutNomination):
    """A nomination that a colleague made in the service waits for support."""

    kind: ClassVar[str] = "nomination_received"
    title: ClassVar[str] = "A colleague was nominated"
    template: ClassVar[str] = "nomination_received"


@frozen(kw_only=True)
class NominationConfirmed(_AboutNomination):
    """A nomination was confirmed and waits for support, which gives access."""

    kind: ClassVar[str] = "nomination_confirmed"
    title: ClassVar[str] = "A nomination was confirmed"
    template: ClassVar[str] = "nomination_confirmed"


@frozen(kw_only=True)
class NominationGranted(_AboutNominee):
    """The person whom you nominated has access now."""

    kind: ClassVar[str] = "nomination_granted"
    title: ClassVar[str] = "The nominated person has access"
    template: ClassVar[str] = "nomination_granted"


@frozen(kw_only=True)
class NominationClosed(_AboutNominee):
    """The nomination that you made was withdrawn, or ``expired``; no one was given access by it."""

    kind: ClassVar[str] = "nomination_closed"
    title: ClassVar[str] = "A nomination was closed"
    template: ClassVar[str] = "nomination_closed"

    expired: bool
