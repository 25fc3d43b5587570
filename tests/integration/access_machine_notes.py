"""What the machine of `test_access_machine` draws, and what it notes for itself of what happened."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final, Self

from attrs import define, evolve, field, frozen
from hypothesis import strategies as st

from checkdata.domain.people.organisations import Organisation, PolicyTeam, SupportTeam
from checkdata.domain.values import EmailAddress, LeadProviderId, NominationId, UserId
from tests.access_world import BEN, BODY, BOSS, CAT, LEAD, NORTH, OTHER_LEAD, PAM, SOUTH, SUE

SUPPORT, POLICY = SupportTeam(), PolicyTeam()
ActingPerson = tuple[str, Organisation]
"""Who acts, and for whom they say that they do."""

ADDRESSES: Final[Mapping[str, EmailAddress]] = {
    "sue": SUE,
    "ben": BEN,
    "pam": PAM,
    "boss": BOSS,
    "cat": CAT,
    "dee": EmailAddress("dee@north.example"),
}
"""Sue acts for support and for policy, Ben for support, Pam for policy, the boss for North Hub."""

LEADS: Final = st.sampled_from([LEAD.id, LEAD.id, OTHER_LEAD.id])
PARTNERS: Final = st.sampled_from([NORTH, NORTH, SOUTH])
ORGANISATIONS: Final = st.sampled_from([NORTH, NORTH, NORTH, SOUTH, BODY])
NOMINEES: Final = st.sampled_from(["cat", "dee", "sue", "ben"])
PEOPLE: Final = st.sampled_from(["cat", "dee", "sue", "ben", "boss"])
STEPS: Final = st.sampled_from(["escalate", "ask", "record", "grant", "withdraw"])
PICKS: Final = st.integers(0, 30)
DAYS: Final = st.sampled_from([0, 1, 1, 2, 7, 14, 28, 90])
ALL_WHO_ACT: Final[tuple[ActingPerson, ...]] = tuple(
    (who, role) for who in ADDRESSES for role in (SUPPORT, POLICY, NORTH)
)
ANY_WHO_ACTS: Final = st.sampled_from(ALL_WHO_ACT)


@frozen
class Script:
    """How a nomination goes: whom policy asks and how, who answers what and who grants.

    Before one of the steps something happens, and a person who may not take them tries one.
    """

    lead: LeadProviderId
    by_link: bool
    asks: ActingPerson
    records: ActingPerson
    confirms: bool
    grants: ActingPerson
    before: int
    happens: str
    number: int
    strange_step: str
    stranger: ActingPerson

    @property
    def by_stranger(self) -> Self:
        """The same where every step is the stranger's."""
        return evolve(self, asks=self.stranger, records=self.stranger, grants=self.stranger)


SCRIPTS: Final = st.builds(
    Script,
    lead=LEADS,
    by_link=st.booleans(),
    asks=st.sampled_from([("pam", POLICY), ("sue", POLICY)]),
    records=st.sampled_from([("pam", POLICY), ("sue", POLICY)]),
    confirms=st.sampled_from([True, True, True, True, False]),
    grants=st.sampled_from([("ben", SUPPORT), ("sue", SUPPORT)]),
    before=st.integers(0, 4),
    happens=st.sampled_from(
        ["nothing", "nothing", "days", "the agreement ends", "the agreement pauses", "another is made", "a suspension"]
    ),
    number=PICKS,
    strange_step=STEPS,
    stranger=ANY_WHO_ACTS,
)


@frozen
class AgreementNoted:
    """From which day on and up to which (None: for good) these two have an agreement in force."""

    lead: LeadProviderId
    partner: str
    first: date
    over: date | None

    def in_force(self, on: date) -> bool:
        return self.first <= on and (self.over is None or on < self.over)


@frozen
class ConfirmationNoted:
    """Who vouched for a nominee, on which day, and which user recorded it; None where it came by a link."""

    lead: LeadProviderId | None
    on: date
    by: UserId | None


@define
class Notes:
    """What happened, as far as the machine did it itself."""

    addresses: dict[str, EmailAddress] = field(factory=lambda: dict(ADDRESSES))
    agreements: dict[str, AgreementNoted] = field(factory=dict)
    nominations: list[NominationId] = field(factory=list)
    nominees: dict[NominationId, str] = field(factory=dict)
    expire: dict[NominationId, date] = field(factory=dict)
    asked: dict[NominationId, LeadProviderId] = field(factory=dict)
    confirmations: dict[NominationId, ConfirmationNoted] = field(factory=dict)
    granted: set[NominationId] = field(factory=set)
    given_by_operator: int = 1
    tokens: list[str] = field(factory=list)
    shown: dict[date, dict[UserId, set[str]]] = field(factory=dict)

    def may_vouch(self, lead: LeadProviderId | None, partner: str, on: date) -> bool:
        """Whether this lead provider has an agreement in force with the partner, for a body with any, on that day."""
        noted = (a for a in self.agreements.values() if a.lead == lead and partner in (a.partner, BODY.id))
        return any(agreement.in_force(on) for agreement in noted)

    def vouched_throughout(self, nomination: NominationId, partner: str, on: date) -> bool:
        """Whether a lead provider that could vouch confirmed it on each day from then on."""
        confirmation = self.confirmations[nomination]
        days = (confirmation.on + timedelta(days=number) for number in range((on - confirmation.on).days + 1))
        return all(self.may_vouch(confirmation.lead, partner, day) for day in days)
