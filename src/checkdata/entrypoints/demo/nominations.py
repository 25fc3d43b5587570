"""The demo's nominations: one at each step of the way, so that the next can be taken."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from attrs import frozen

from checkdata.domain.access.decision import Acting
from checkdata.domain.nominations.nomination import NOMINATION_LIVES
from checkdata.domain.nominations.steps import Answer, NominationState
from checkdata.domain.people.organisations import PolicyTeam, Role, SupportTeam
from checkdata.domain.people.users import User
from checkdata.domain.services.nominations.nominate import MailedNomination, Nominate
from checkdata.domain.values import EmailAddress, LeadProviderId, NominationId, london_date
from checkdata.entrypoints.demo.organisations import (
    BOTH_PARTNER,
    CONFIRMING_LEAD_PROVIDER,
    NORTH_HUB,
    PARTLY_COVERED_PARTNER,
    PENNINE_BODY,
    SEVERN_VALE,
)

_RUTH: Final = "ruth.adeyemi@northern-moors.example.org"
_WAY: Final = {
    NominationState.RECEIVED: (),
    NominationState.ESCALATED: (NominationState.ESCALATED,),
    NominationState.ASKED: (NominationState.ESCALATED, NominationState.ASKED),
    NominationState.CONFIRMED: (NominationState.ESCALATED, NominationState.ASKED, NominationState.CONFIRMED),
    NominationState.DECLINED: (NominationState.ESCALATED, NominationState.ASKED, NominationState.DECLINED),
    NominationState.GRANTED: (
        NominationState.ESCALATED,
        NominationState.ASKED,
        NominationState.CONFIRMED,
        NominationState.GRANTED,
    ),
    NominationState.WITHDRAWN: (NominationState.WITHDRAWN,),
}
"""The steps that lead from the receipt to a state."""


@frozen(kw_only=True)
class MadeUpNomination:
    """A nominee, how many days ago that was, and how far it has come; ``by_link`` if the lead provider gets a link."""

    name: str
    email: str
    role: Role = Role.DELIVERY_PARTNER
    organisation_id: str
    nominated_by: str = _RUTH
    days: int
    state: NominationState
    by_link: bool = False


NOMINATIONS: Final = (
    MadeUpNomination(
        name="Nadia Rahman",
        email="nadia.rahman@northern-moors.example.org",
        organisation_id=NORTH_HUB,
        days=2,
        state=NominationState.RECEIVED,
    ),
    MadeUpNomination(
        name="Isla Brennan",
        email="isla.brennan@severn-vale.example.org",
        organisation_id=SEVERN_VALE,
        nominated_by="tom.price@severn-vale.example.org",
        days=3,
        state=NominationState.ESCALATED,
    ),
    MadeUpNomination(
        name="Helen Firth",
        email="helen.firth@pennine.example.org",
        role=Role.APPROPRIATE_BODY,
        organisation_id=PENNINE_BODY,
        nominated_by="maria.silva@pennine.example.org",
        days=4,
        state=NominationState.ESCALATED,
    ),
    MadeUpNomination(
        name="Kofi Mensah",
        email="kofi.mensah@kingsmead.example.org",
        organisation_id=BOTH_PARTNER,
        nominated_by="grace.okafor@kingsmead.example.org",
        days=5,
        state=NominationState.ASKED,
        by_link=True,
    ),
    MadeUpNomination(
        name="Priya Nair",
        email="priya.nair@fenland.example.org",
        organisation_id=PARTLY_COVERED_PARTNER,
        nominated_by="dev.patel@fenland.example.org",
        days=9,
        state=NominationState.ASKED,
    ),
    MadeUpNomination(
        name="Daniel Wood",
        email="daniel.wood@northern-moors.example.org",
        organisation_id=NORTH_HUB,
        days=12,
        state=NominationState.CONFIRMED,
    ),
    MadeUpNomination(
        name="Amy Lister",
        email="amy.lister@northern-moors.example.org",
        organisation_id=NORTH_HUB,
        days=20,
        state=NominationState.GRANTED,
    ),
    MadeUpNomination(
        name="Paul Dyer",
        email="paul.dyer@severn-vale.example.org",
        organisation_id=SEVERN_VALE,
        nominated_by="tom.price@severn-vale.example.org",
        days=15,
        state=NominationState.DECLINED,
    ),
    MadeUpNomination(
        name="Zara Holt",
        email="zara.holt@northern-moors.example.org",
        organisation_id=NORTH_HUB,
        days=6,
        state=NominationState.WITHDRAWN,
    ),
    MadeUpNomination(
        name="Luke Garner",
        email="luke.garner@northern-moors.example.org",
        organisation_id=NORTH_HUB,
        days=NOMINATION_LIVES.days + 1,
        state=NominationState.RECEIVED,
    ),
)
"""The last one has waited too long, which the demo notes when it starts."""

OF_A_COLLEAGUE: Final = ("Owen Clarke", "owen.clarke@northern-moors.example.org")
"""The colleague whom Ruth Adeyemi nominated in the service."""


@frozen(kw_only=True)
class DemoTeams:
    """The users who take the demo's steps: support, policy, and one who nominates a colleague."""

    support: User
    policy: User
    colleague: Acting


def add_demo_nominations(nominating: Callable[[timedelta], Nominate], teams: DemoTeams) -> None:
    """Nominate `NOMINATIONS` and `OF_A_COLLEAGUE`, each step as of its day: *nominating* gets how long ago that was."""
    for made_up in NOMINATIONS:
        whens = _whens(made_up)
        support = Acting(teams.support.id, SupportTeam())
        nomination_id = nominating(next(whens)).receive(_mailed(made_up), by=support).id
        for state in _steps(made_up):
            _take(nominating(next(whens)), nomination_id, made_up, state, teams)
    name, email = OF_A_COLLEAGUE
    nominating(timedelta()).nominate(EmailAddress.of(email), name, by=teams.colleague, note="Joined us this week")


def _whens(made_up: MadeUpNomination) -> Iterator[timedelta]:
    """How long ago each step was taken: the first on its day, the others evenly until today."""
    received, steps = timedelta(days=made_up.days), len(_steps(made_up)) + 1
    return (received * (steps - number) / steps for number in range(steps))


def _steps(made_up: MadeUpNomination) -> Sequence[NominationState]:
    return _WAY[made_up.state]


def _take(
    nominating: Nominate,
    nomination_id: NominationId,
    made_up: MadeUpNomination,
    state: NominationState,
    teams: DemoTeams,
) -> None:
    support, policy = Acting(teams.support.id, SupportTeam()), Acting(teams.policy.id, PolicyTeam())
    match state:
        case NominationState.ESCALATED:
            nominating.escalate(nomination_id, by=support)
        case NominationState.ASKED:
            lead = LeadProviderId(CONFIRMING_LEAD_PROVIDER[made_up.organisation_id])
            nominating.ask(nomination_id, lead, by=policy, by_link=made_up.by_link)
        case NominationState.CONFIRMED | NominationState.DECLINED:
            confirms = state is NominationState.CONFIRMED
            note = "" if confirms else "They do not work with us any more"
            answer = Answer(
                contact="Robin at the lead provider",
                given_on=london_date(nominating.clock()),
                reference="Email of that day",
            )
            nominating.record_answer(nomination_id, answer, confirms=confirms, by=policy, note=note)
        case NominationState.GRANTED:
            nominating.grant(nomination_id, by=support)
        case _:
            nominating.withdraw(nomination_id, by=support, note="They nominated the wrong person")


def _mailed(made_up: MadeUpNomination) -> MailedNomination:
    return MailedNomination(
        email=EmailAddress.of(made_up.email),
        name=made_up.name,
        role=made_up.role,
        organisation_id=made_up.organisation_id,
        nominated_by=EmailAddress.of(made_up.nominated_by),
        reference=f"Email about {made_up.name}",
    )
