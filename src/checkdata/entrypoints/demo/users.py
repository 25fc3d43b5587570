"""The demo's users: one of every kind, each with something to see."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from attrs import frozen

from checkdata.domain.access.decision import Acting
from checkdata.domain.people.organisations import DeliveryPartner, Role
from checkdata.domain.services.access.manage_access import ManageAccess, NewAccess
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.demo.nominations import DemoTeams
from checkdata.entrypoints.demo.organisations import (
    APPROPRIATE_BODIES,
    BOTH_BODY,
    BOTH_PARTNER,
    CONFIRMED_ONLY_PARTNER,
    CONFIRMING_LEAD_PROVIDER,
    DELIVERY_PARTNERS,
    ENDED_PARTNER,
    ENDED_PARTNER_LEAD_PROVIDER,
    NORTH_HUB,
    PARTLY_COVERED_PARTNER,
    PENNINE_BODY,
    SEVERN_VALE,
    SMALL_PARTNER,
)
from checkdata.entrypoints.web.settings import DemoUser

WHILE_THE_ENDED_AGREEMENT_WAS_IN_FORCE: Final = timedelta(days=120)
"""How long ago the user of the partner whose agreement has ended was given access."""

BEFORE_THE_FIRST_NOMINATION: Final = timedelta(days=40)
"""How long ago the users who take the steps of the demo's nominations were given access."""

SEE_PARTICIPANTS: Final = "See participants, and nominate colleagues"
DECIDE: Final = "Decide who gets in"
BE_REFUSED: Final = "Be refused, and told why"

SUPPORT_USER: Final = "sam.reed@support.example.org"
POLICY_USER: Final = "lena.hart@policy.example.org"

ROLE_NAMES: Final = {
    Role.DELIVERY_PARTNER: "Delivery partner",
    Role.APPROPRIATE_BODY: "Appropriate body",
    Role.SUPPORT: "Support",
    Role.POLICY: "Policy",
    Role.RELATED_SERVICE: "Related service",
}

_NAMES: Final = {
    "": "Department for Education",
    **{partner.delivery_partner_id: partner.name for partner in DELIVERY_PARTNERS},
    **{body.appropriate_body_id: body.name for body in APPROPRIATE_BODIES},
}
_REASON: Final = "Made up for the demo"
_CONFIRMERS: Final = {**CONFIRMING_LEAD_PROVIDER, ENDED_PARTNER: ENDED_PARTNER_LEAD_PROVIDER}


@frozen(kw_only=True)
class MadeUpUser:
    """A user of the demo: the access they were given, how long ago, and what it shows.

    ``tries`` is under which heading the start page lists them.
    """

    email: str
    name: str
    access: Sequence[tuple[Role, str]]
    shows: str
    tries: str = SEE_PARTICIPANTS
    given: timedelta = timedelta()
    suspended: bool = False
    removed: bool = False


USERS: Final = (
    MadeUpUser(
        email="ruth.adeyemi@northern-moors.example.org",
        name="Ruth Adeyemi",
        access=[(Role.DELIVERY_PARTNER, NORTH_HUB)],
        shows="The largest delivery partner, with two lead providers and names that are hard to search for",
        given=BEFORE_THE_FIRST_NOMINATION,
    ),
    MadeUpUser(
        email="tom.price@severn-vale.example.org",
        name="Tom Price",
        access=[(Role.DELIVERY_PARTNER, SEVERN_VALE)],
        shows="Another delivery partner, which sees other participants",
    ),
    MadeUpUser(
        email="grace.okafor@kingsmead.example.org",
        name="Grace Okafor",
        access=[(Role.DELIVERY_PARTNER, BOTH_PARTNER), (Role.APPROPRIATE_BODY, BOTH_BODY)],
        shows="Two roles: the organisation is a delivery partner and an appropriate body, with a choice after sign-in",
    ),
    MadeUpUser(
        email="dev.patel@fenland.example.org",
        name="Dev Patel",
        access=[(Role.DELIVERY_PARTNER, PARTLY_COVERED_PARTNER), (Role.DELIVERY_PARTNER, CONFIRMED_ONLY_PARTNER)],
        shows="One role at two organisations, whose agreements cover only some of their participants",
    ),
    MadeUpUser(
        email="anna.whitlock@st-cuthberts.example.org",
        name="Anna Whitlock",
        access=[(Role.DELIVERY_PARTNER, SMALL_PARTNER)],
        shows="A small delivery partner with an agreement of a few months",
    ),
    MadeUpUser(
        email="maria.silva@pennine.example.org",
        name="Maria Silva",
        access=[(Role.APPROPRIATE_BODY, PENNINE_BODY)],
        shows="An appropriate body, which sees only ECTs",
    ),
    MadeUpUser(
        email=SUPPORT_USER,
        name="Sam Reed",
        access=[(Role.SUPPORT, "")],
        shows="Records, escalates and grants nominations, removes and suspends users; sees no participants",
        tries=DECIDE,
        given=BEFORE_THE_FIRST_NOMINATION,
    ),
    MadeUpUser(
        email="jess.moore@support.example.org",
        name="Jess Moore",
        access=[(Role.SUPPORT, "")],
        shows="Confirms what Sam Reed proposed and may not change alone; sees no participants",
        tries=DECIDE,
        given=BEFORE_THE_FIRST_NOMINATION,
    ),
    MadeUpUser(
        email=POLICY_USER,
        name="Lena Hart",
        access=[(Role.POLICY, "")],
        shows="Asks lead providers about those whom support escalated, and records answers; sees no participants",
        tries=DECIDE,
        given=BEFORE_THE_FIRST_NOMINATION,
    ),
    MadeUpUser(
        email="peter.lund@harbour-coast.example.org",
        name="Peter Lund",
        access=[(Role.DELIVERY_PARTNER, ENDED_PARTNER)],
        shows="Signs in, and is told that the agreement has ended",
        tries=BE_REFUSED,
        given=WHILE_THE_ENDED_AGREEMENT_WAS_IN_FORCE,
    ),
    MadeUpUser(
        email="joe.marsh@northern-moors.example.org",
        name="Joe Marsh",
        access=[(Role.DELIVERY_PARTNER, NORTH_HUB)],
        shows="Is suspended: gets an email that says how access is given, and no link",
        tries=BE_REFUSED,
        suspended=True,
    ),
    MadeUpUser(
        email="nina.webb@severn-vale.example.org",
        name="Nina Webb",
        access=[(Role.DELIVERY_PARTNER, SEVERN_VALE)],
        shows="Has no access left: signs in, and is told how access is given",
        tries=BE_REFUSED,
        removed=True,
    ),
)


def add_demo_users(managing_access: Callable[[timedelta], ManageAccess]) -> None:
    """Give `USERS` their access, each as of their day: *managing_access* gets how long ago that was.

    The organisations and agreements of the demo's feed must be loaded.
    """
    for user in USERS:
        for role, organisation_id in user.access:
            managing_access(user.given).add(_access(user, role, organisation_id))
        if user.suspended:
            managing_access(timedelta()).suspend(EmailAddress.of(user.email), reason=_REASON)
        if user.removed:
            managing_access(timedelta()).remove(EmailAddress.of(user.email), reason=_REASON)


def demo_teams(managing_access: ManageAccess) -> DemoTeams:
    """Those of `USERS`, who are users by now, who take the steps of the demo's nominations."""
    support, policy, colleague = (
        managing_access.search(email)[0].user for email in (SUPPORT_USER, POLICY_USER, USERS[0].email)
    )
    return DemoTeams(support=support, policy=policy, colleague=Acting(colleague.id, DeliveryPartner(NORTH_HUB)))


def demo_users() -> Sequence[DemoUser]:
    """`USERS` as the start page lists them."""
    return [
        DemoUser(
            email=user.email,
            name=user.name,
            role=", ".join(dict.fromkeys(ROLE_NAMES[role] for role, _ in user.access)),
            organisation=", ".join(dict.fromkeys(_NAMES[organisation_id] for _, organisation_id in user.access)),
            shows=user.shows,
            tries=user.tries,
        )
        for user in USERS
    ]


def _access(user: MadeUpUser, role: Role, organisation_id: str) -> NewAccess:
    return NewAccess(
        email=EmailAddress.of(user.email),
        name=user.name,
        role=role,
        organisation_id=organisation_id,
        confirmed_by=_CONFIRMERS[organisation_id] if role is Role.DELIVERY_PARTNER else "",
        reason=_REASON,
    )
