"""The organisations that give and take part in training, and the agreements between them."""

from collections.abc import Collection
from datetime import date, timedelta
from enum import Enum
from types import NoneType
from typing import ClassVar, Final, get_args

from attrs import Factory, field, frozen

from checkdata.domain.checked_fields import an_id, of
from checkdata.domain.errors import InvalidValue
from checkdata.domain.values import LeadProviderId


class Role(Enum):
    """What a user does in the service; one role at a time (service rule 6)."""

    DELIVERY_PARTNER = "delivery_partner"
    APPROPRIATE_BODY = "appropriate_body"
    SUPPORT = "support"
    POLICY = "policy"
    RELATED_SERVICE = "related_service"


@frozen
class LeadProvider:
    """A DfE-funded training provider; it confirms the users of its delivery partners."""

    id: LeadProviderId = field(validator=an_id)
    name: str = field(eq=False, default="")
    contact_email: str = field(eq=False, default="")


@frozen
class School:
    """A school that registered participants; known by its unique reference number."""

    urn: str
    name: str = field(eq=False, default="")


@frozen
class DeliveryPartner:
    """An organisation that trains participants for lead providers; equal by its id, not its name."""

    role: ClassVar[Role] = Role.DELIVERY_PARTNER
    id: str = field(validator=an_id)
    name: str = field(eq=False, default="")


@frozen
class AppropriateBody:
    """An organisation that assures the induction of ECTs; equal by its id, not its name."""

    role: ClassVar[Role] = Role.APPROPRIATE_BODY
    id: str = field(validator=an_id)
    name: str = field(eq=False, default="")


@frozen
class SupportTeam:
    """The department's support, who add and remove users and see no participants."""

    role: ClassVar[Role] = Role.SUPPORT
    id: ClassVar[str] = ""
    name: ClassVar[str] = "Support"


@frozen
class PolicyTeam:
    """The department's policy team, who ask lead providers to confirm users and see no participants."""

    role: ClassVar[Role] = Role.POLICY
    id: ClassVar[str] = ""
    name: ClassVar[str] = "Policy"


@frozen
class RelatedService:
    """Another service that users are handed over to, and in which they see nothing of ours; equal by its id.

    Its name and its address are settings; where only its id is known, that is its name.
    """

    role: ClassVar[Role] = Role.RELATED_SERVICE
    id: str = field(validator=an_id)
    name: str = field(eq=False, default=Factory(lambda service: service.id, takes_self=True))


Organisation = DeliveryPartner | AppropriateBody | SupportTeam | PolicyTeam | RelatedService
"""The organisation that a user acts for; its type gives the role."""

ORGANISATIONS: Final = get_args(Organisation)
"""Each type of it."""


def organisation_of(role: Role, id: str = "", name: str = "") -> Organisation:  # noqa: A002 - the field's own name
    """The organisation of this role and id, as rows and forms name it; teams have no id."""
    match role:
        case Role.DELIVERY_PARTNER:
            return DeliveryPartner(id, name)
        case Role.APPROPRIATE_BODY:
            return AppropriateBody(id, name)
        case Role.SUPPORT:
            return SupportTeam()
        case Role.POLICY:
            return PolicyTeam()
        case Role.RELATED_SERVICE:
            return RelatedService(id, name) if name else RelatedService(id)


@frozen(kw_only=True)
class Agreement:
    """A data-sharing agreement between a lead provider and a delivery partner (feed.md, ``agreements.csv``).

    In force from ``starts_on`` to ``ends_on``, both days included; ``ends_on`` None is open-ended. Covers the academic
    years from ``first_academic_year`` to ``last_academic_year``, both included, None being no bound. Raises
    `InvalidValue` where it ends before it starts or an id is blank, `TypeError` for a wrong type.

    ``ended_on`` is the first day on which it is not in force because a user ended it by hand, so that one ended today
    stops at once, even if a later feed has another ``ends_on``. ``added_by_hand`` means that it did not come from a
    feed.
    """

    id: str = field(validator=an_id)
    lead_provider_id: LeadProviderId = field(validator=an_id)
    delivery_partner_id: str = field(validator=an_id)
    starts_on: date = field(validator=of(date))
    ends_on: date | None = field(default=None, validator=of(date, NoneType))
    first_academic_year: int | None = field(default=None, validator=of(int, NoneType))
    last_academic_year: int | None = field(default=None, validator=of(int, NoneType))
    covers_unconfirmed: bool = field(default=True, validator=of(bool))
    ended_on: date | None = field(default=None, validator=of(date, NoneType))
    added_by_hand: bool = False

    def __attrs_post_init__(self) -> None:
        """Refuse an agreement whose days run backwards."""
        if self.ends_on is not None and self.ends_on < self.starts_on:
            msg = "an agreement can't end before it starts"
            raise InvalidValue(msg)

    def in_force(self, on: date) -> bool:
        """Whether the agreement is in force on that day (service rule 2)."""
        return (
            self.starts_on <= on
            and (self.ends_on is None or on <= self.ends_on)
            and (self.ended_on is None or on < self.ended_on)
        )

    @property
    def ended_by_hand(self) -> bool:
        """Whether a user ended it before its own last day."""
        return self.ended_on is not None and (self.ends_on is None or self.ended_on <= self.ends_on)

    @property
    def last_day(self) -> date | None:
        """The last day on which it is in force, None where there is none; before ``starts_on`` where it never is."""
        return self.ended_on - timedelta(days=1) if self.ended_on and self.ended_by_hand else self.ends_on

    def lasts_beyond(self, day: date) -> bool:
        """Whether it is in force on that day or, if it starts later, on one after it."""
        return self.in_force(max(day, self.starts_on))


def in_force_throughout(agreements: Collection[Agreement], first: date, last: date) -> bool:
    """Whether on each day from *first* to *last* at least one of the agreements is in force."""
    days = map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))
    return all(any(agreement.in_force(day) for agreement in agreements) for day in days)
