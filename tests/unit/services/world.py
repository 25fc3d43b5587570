"""A small service over memory, in which time stands still until it is told to pass."""

from datetime import UTC, date, datetime, timedelta

from attrs import define, field

from checkdata.adapters.memory import MemoryMailer, MemoryStorage, MemoryTokens
from checkdata.domain.audit.events import AuditEvent
from checkdata.domain.feed.contents import References
from checkdata.domain.messages import SignInLinkMessage
from checkdata.domain.people.organisations import Agreement, AppropriateBody, DeliveryPartner, LeadProvider, Role
from checkdata.domain.people.users import User
from checkdata.domain.ports import Tokens
from checkdata.domain.services.access.manage_access import ManageAccess, NewAccess
from checkdata.domain.services.mail.send_mail import SendMail
from checkdata.domain.services.sign_in.sign_in import SignIn
from checkdata.domain.services.sign_in.sign_in_by_code import SignInByCode
from checkdata.domain.values import EmailAddress, LeadProviderId
from tests.recent_events import recent

NORTH = DeliveryPartner("dp-north", "North Hub")
SOUTH = DeliveryPartner("dp-south", "South Hub")
BODY = AppropriateBody("ab-north", "North Hub")
LEAD = LeadProvider(LeadProviderId("lp-1"), "Beacon")
OTHER_LEAD = LeadProvider(LeadProviderId("lp-2"), "Harbour")
ANN = EmailAddress("ann@north.example")

REFERENCES = References(
    lead_providers=[LEAD, OTHER_LEAD],
    delivery_partners=[NORTH, SOUTH],
    appropriate_bodies=[BODY],
    schools=[],
    agreements=[
        Agreement(id="ag-1", lead_provider_id=LEAD.id, delivery_partner_id=NORTH.id, starts_on=date(2021, 9, 1)),
        Agreement(
            id="ag-2",
            lead_provider_id=OTHER_LEAD.id,
            delivery_partner_id=SOUTH.id,
            starts_on=date(2021, 9, 1),
            ends_on=date(2024, 8, 31),
        ),
    ],
)


@define
class World:
    """Services that share one storage and one clock."""

    now: datetime = datetime(2024, 6, 3, 9, 0, tzinfo=UTC)
    storage: MemoryStorage = field(factory=MemoryStorage)
    tokens: Tokens = field(factory=MemoryTokens)
    mailer: MemoryMailer = field(factory=MemoryMailer)

    def __attrs_post_init__(self) -> None:
        with self.storage.writing() as work:
            work.feed_store.put_references(REFERENCES)
            work.commit()

    def clock(self) -> datetime:
        return self.now

    def pass_time(self, **length: float) -> None:
        self.now += timedelta(**length)

    @property
    def access(self) -> ManageAccess:
        return ManageAccess(storage=self.storage, clock=self.clock)

    @property
    def sign_in(self) -> SignIn:
        return SignIn(storage=self.storage, tokens=self.tokens, clock=self.clock)

    @property
    def sign_in_by_code(self) -> SignInByCode:
        return SignInByCode(storage=self.storage, tokens=self.tokens, clock=self.clock)

    @property
    def send_mail(self) -> SendMail:
        return SendMail(
            storage=self.storage,
            mailer=self.mailer,
            tokens=self.tokens,
            clock=self.clock,
            link_url=lambda token: f"https://check.example/sign-in/{token}",
            confirmation_url=lambda token: f"https://check.example/confirm/{token}",
            changes_url=lambda _: "https://check.example/changes",
            stop_url=lambda counted: f"https://check.example/stop/{counted.user_id}",
            chance=lambda: 0.0,
        )

    def add(self, email: EmailAddress = ANN, role: Role = Role.DELIVERY_PARTNER, organisation: str = NORTH.id) -> User:
        return self.access.add(access_for(email, role, organisation))

    def link(self, email: EmailAddress = ANN) -> str:
        """The token of a link that this address is sent now."""
        self.sign_in.request_link(str(email), "192.0.2.1")
        self.send_mail.send_due()
        message = self.mailer.sent[-1][1]
        assert isinstance(message, SignInLinkMessage)
        return message.url.rpartition("/")[2]

    def code(self, email: EmailAddress = ANN, browser: str = "here") -> str:
        """The code that this address is sent now, for a browser that keeps this token."""
        self.sign_in.request_link(str(email), "192.0.2.1", browser=browser)
        self.send_mail.send_due()
        message = self.mailer.sent[-1][1]
        assert isinstance(message, SignInLinkMessage)
        return message.code

    def audit(self) -> list[AuditEvent]:
        """What was recorded, oldest first."""
        with self.storage.reading() as work:
            return list(reversed(recent(work, 1000)))


def access_for(
    email: EmailAddress = ANN, role: Role = Role.DELIVERY_PARTNER, organisation: str = NORTH.id
) -> NewAccess:
    return NewAccess(
        email=email,
        name="Ann Lee",
        role=role,
        organisation_id=organisation,
        confirmed_by=LEAD.id if role is Role.DELIVERY_PARTNER else "",
        reason="Ticket 12",
    )
