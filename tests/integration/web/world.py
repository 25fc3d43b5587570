"""The web application over a storage, with a few organisations, participants and users, and a clock that stands."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final

from attrs import define, evolve, field
from starlette.applications import Starlette

from checkdata.adapters.memory import MemoryFeed, MemoryMailer, MemoryRejections, MemoryStorage, MemoryTokens
from checkdata.domain.access.decision import Acting
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.feed.contents import References
from checkdata.domain.jobs import Job
from checkdata.domain.keys import Keys
from checkdata.domain.messages import Message, SignInLinkMessage
from checkdata.domain.people.organisations import (
    Agreement,
    AppropriateBody,
    DeliveryPartner,
    LeadProvider,
    Organisation,
    Role,
    School,
    SupportTeam,
)
from checkdata.domain.people.users import User
from checkdata.domain.ports import Storage, Tokens
from checkdata.domain.services.access.help_users import HelpUsers
from checkdata.domain.services.access.issue_keys import IssueKeys
from checkdata.domain.services.access.manage_access import ManageAccess, NewAccess
from checkdata.domain.services.feed.import_feed import ImportFeed
from checkdata.domain.services.mail.send_mail import SendMail
from checkdata.domain.services.nominations.answer_by_link import AnswerByLink
from checkdata.domain.services.nominations.nominate import Nominate
from checkdata.domain.services.nominations.queue import NominationQueue
from checkdata.domain.services.sign_in.sign_in import SignIn
from checkdata.domain.sign_in.link_limits import LinkLimits
from checkdata.domain.training.facts import DetailsGiven, Eligibility, ParticipantRole
from checkdata.domain.training.records import Partnership, TrainingRecord
from checkdata.domain.values import EmailAddress, LeadProviderId, ParticipantId, RecordId
from checkdata.entrypoints.analytics.telling import Analytics
from checkdata.entrypoints.composition.mail import changes_place, stop_place
from checkdata.entrypoints.composition.metrics import measures_of
from checkdata.entrypoints.composition.use_cases import GivenPorts
from checkdata.entrypoints.composition.web import services_of, settings_of
from checkdata.entrypoints.settings.environment import read_settings
from checkdata.entrypoints.settings.related_services import RelatedAddress
from checkdata.entrypoints.settings.sign_in_way import DfeSignIn, SignInWay
from checkdata.entrypoints.spans.recording import Spans
from checkdata.entrypoints.web.app import application
from checkdata.entrypoints.web.settings import DemoUser, MailboxMail, WebServices, WebSettings
from tests.recent_events import recent
from tests.storages import owners

NOW: Final = datetime(2024, 6, 3, 13, 55, tzinfo=UTC)
BASE_URL: Final = "https://check.example"
KEY: Final = "a key that only the tests know, 32 characters"
SUPPORT_EMAIL: Final = "help@check.example"

NORTH: Final = DeliveryPartner("dp-north", "St Cuthbert’s & North Hub")
SOUTH: Final = DeliveryPartner("dp-south", "South Hub")
ENDED: Final = DeliveryPartner("dp-ended", "Harbour Hub")
BODY: Final = AppropriateBody("ab-north", "Pennine Induction")
CONTACT: Final = EmailAddress("confirm@beacon.example")
LEAD: Final = LeadProvider(LeadProviderId("lp-1"), "Beacon Teaching", str(CONTACT))
OTHER_LEAD: Final = LeadProvider(LeadProviderId("lp-2"), "Larkfield")
NORTHS_RULES: Final = f"-: -:{LEAD.id}"
"""The rules of North's scope as a view records them: all its participants, with its lead provider or none."""
OAK: Final = School("100001", "Oak <Primary>")
ELM: Final = School("100002", "St Mary’s")

REFERENCES: Final = References(
    lead_providers=[LEAD, OTHER_LEAD],
    delivery_partners=[NORTH, SOUTH, ENDED],
    appropriate_bodies=[BODY],
    schools=[OAK, ELM],
    agreements=[
        Agreement(
            id=f"ag-{partner.id}",
            lead_provider_id=LEAD.id,
            delivery_partner_id=partner.id,
            starts_on=date(2021, 9, 1),
            ends_on=ends_on,
        )
        for partner, ends_on in ((NORTH, None), (SOUTH, None), (ENDED, date(2024, 1, 31)))
    ],
)

ANN: Final = EmailAddress("ann@north.example")
BEA: Final = EmailAddress("bea@pennine.example")
CAT: Final = EmailAddress("cat@both.example")
DEE: Final = EmailAddress("dee@ended.example")
SAM: Final = EmailAddress("sam@dfe.example")
PAM: Final = EmailAddress("pam@dfe.example")
"""Of policy, once a test gives her access."""

PEOPLE: Final[Sequence[tuple[EmailAddress, str, Sequence[Organisation]]]] = (
    (ANN, "Ann Lee", (NORTH,)),
    (BEA, "Bea Cole", (BODY,)),
    (CAT, "Cat Doe", (NORTH, SOUTH, BODY)),
    (DEE, "Dee Fox", (ENDED,)),
    (SAM, "Sam Ray", (SupportTeam(),)),
)


def a_record(number: int, full_name: str, **changes: Any) -> TrainingRecord:  # noqa: ANN401 - any field
    """An ECT of the north who is in training; the number makes ids and the TRN."""
    record = TrainingRecord(
        record_id=RecordId(f"r-{number}"),
        participant_id=ParticipantId(f"p-{number}"),
        role=ParticipantRole.ECT,
        full_name=full_name,
        email=f"person{number}@school.example",
        date_of_birth=date(1999, 4, 5),
        trn=f"{number:07d}",
        trn_validated=True,
        school_urn=OAK.urn,
        academic_year=2023,
        lead_provider_id=LEAD.id,
        delivery_partner_id=NORTH.id,
        appropriate_body_id=BODY.id,
        partnership=Partnership.CONFIRMED,
        starts_on=date(2023, 9, 1),
        induction_started_on=date(2023, 9, 4),
        induction_tutor_email="tutor@school.example",
        details_given=DetailsGiven.WITH_TRN,
        eligibility=Eligibility.ELIGIBLE,
        updated_at=datetime(2024, 5, 1, tzinfo=UTC),
    )
    return evolve(record, **changes)


def as_mentor(record: TrainingRecord) -> TrainingRecord:
    """The same person as a mentor."""
    return evolve(record, role=ParticipantRole.MENTOR, appropriate_body_id=None)


RECORDS: Final = (
    a_record(1, "Ada <b>Bold</b>"),
    a_record(2, "Siobhán O’Neill", trn_validated=False, academic_year=2022),
    as_mentor(a_record(3, "Zoë Ünal", school_urn=ELM.urn, lead_provider_id=None)),
    a_record(4, "=1+1", email=""),
    a_record(5, "Sid South", delivery_partner_id=SOUTH.id, appropriate_body_id=None),
    a_record(6, "Eve Ended", delivery_partner_id=ENDED.id, appropriate_body_id=None),
)


NEW_STORAGE: Callable[[], Storage] = MemoryStorage
"""The storage of worlds that are given none; `tests.integration.faults.used_privileges` puts PostgreSQL here."""


@define
class World:
    """One application, and what happens around it."""

    storage: Storage = field(factory=lambda: NEW_STORAGE())  # noqa: PLW0108 - which it is, is asked now
    base_url: str = BASE_URL
    support_email: str = SUPPORT_EMAIL
    govuk: bool = False
    demo_users: Sequence[DemoUser] = ()
    mails: Sequence[MailboxMail] | None = None
    now: datetime = NOW
    oldest: Mapping[Job, timedelta] = field(factory=dict)
    """How long ago each job may have run last."""
    tick: timedelta = timedelta()
    """How far the clock advances each time that it is read."""
    tokens: Tokens = field(factory=MemoryTokens)
    mailer: MemoryMailer = field(factory=MemoryMailer)
    limits: LinkLimits = field(factory=LinkLimits)
    keys: Keys = field(factory=lambda: Keys.of(KEY))
    related: Sequence[RelatedAddress] = ()
    """The services that users may be handed over to."""
    receipts_token: str | None = None
    trs_url: str | None = None
    """Where the Teaching Record System is, whose webhooks are then taken."""
    metrics_token: str | None = None
    analytics: Analytics | None = None
    spans: Spans | None = None
    """What records the steps of requests."""
    sign_in_way: SignInWay = SignInWay.LINK
    dfe_sign_in: DfeSignIn | None = None

    def clock(self) -> datetime:
        self.now += self.tick
        return self.now

    def pass_time(self, **length: float) -> None:
        self.now += timedelta(**length)

    def app(self) -> Starlette:
        measures = measures_of(self.composed)
        watched = evolve(self.services(), measures=measures, spans=self.spans, analytics=self.analytics)
        return application(watched, self.settings())

    def services(self) -> WebServices:
        mails = self.mails
        return services_of(self.composed, None if mails is None else lambda: mails)

    def settings(self) -> WebSettings:
        return settings_of(self.composed.settings, self.demo_users)

    @property
    def composed(self) -> GivenPorts:
        """The use cases as the service itself composes them."""
        usual = read_settings({"CHECKDATA_BASE_URL": self.base_url})
        settings = evolve(
            usual,
            secret_keys=self.keys,
            support_email=self.support_email,
            govuk=self.govuk,
            limits=self.limits,
            related_services=tuple(self.related),
            receipts_token=self.receipts_token,
            trs_url=self.trs_url,
            trs_webhooks=self.trs_url is not None,
            metrics_token=self.metrics_token,
            oldest_runs=self.oldest,
            sign_in_way=self.sign_in_way,
            dfe_sign_in=self.dfe_sign_in,
        )
        return GivenPorts(
            storage=self.storage, mailer=self.mailer, tokens=self.tokens, clock=self.clock, settings=settings
        )

    @property
    def sign_in(self) -> SignIn:
        return self.services().sign_in

    @property
    def manage_access(self) -> ManageAccess:
        return self.composed.manage_access

    @property
    def help_users(self) -> HelpUsers:
        return self.composed.help_users

    @property
    def issue_keys(self) -> IssueKeys:
        return self.composed.issue_keys

    @property
    def nominate(self) -> Nominate:
        return self.composed.nominate

    @property
    def nomination_queue(self) -> NominationQueue:
        return self.composed.nomination_queue

    @property
    def answer_by_link(self) -> AnswerByLink:
        return self.composed.answer_by_link

    def load(
        self,
        records: Iterable[TrainingRecord],
        references: References | None = None,
        *,
        complete: bool = False,
        wider: bool = False,
    ) -> None:
        """Import a feed, for today; what a *complete* one leaves out is gone, a *wider* one may let users see more."""
        feed, today = MemoryFeed.of(list(records), references=references), self.now.date()
        importing = ImportFeed(storage=owners(self.storage), clock=self.clock)
        importing.load(
            feed,
            MemoryRejections(),
            today=today,
            complete=complete,
            allow_deletions=complete,
            allow_wider_access=wider,
        )

    def add(self, email: EmailAddress, name: str, organisation: Organisation) -> User:
        """Give access, as an operator does."""
        return self.manage_access.add(
            NewAccess(
                email=email,
                name=name,
                role=organisation.role,
                organisation_id=organisation.id,
                confirmed_by=LEAD.id if organisation.role is Role.DELIVERY_PARTNER else "",
                reason="Ticket 12",
            )
        )

    def link(self, email: EmailAddress) -> str:
        """The path of a sign-in link that is mailed to this address now."""
        self.sign_in.request_link(str(email), "192.0.2.1")
        message = next(message for to, message in reversed(self.mails_sent()) if to == email)
        assert isinstance(message, SignInLinkMessage)
        return message.url

    def mails_sent(self) -> Sequence[tuple[EmailAddress, Message]]:
        """Every mail so far, oldest first, those that wait sent now; their links are paths."""
        sending = SendMail(
            storage=self.storage,
            mailer=self.mailer,
            tokens=self.tokens,
            clock=self.clock,
            link_url=lambda token: f"/sign-in/{token}",
            confirmation_url=lambda token: f"/confirm/{token}",
            changes_url=changes_place,
            stop_url=partial(stop_place, self.keys),
        )
        while sending.send_due():
            pass
        return self.mailer.sent

    def audit(self, kind: AuditKind) -> Sequence[AuditEvent]:
        """What was recorded of a kind, oldest first."""
        with self.storage.reading() as work:
            return [event for event in reversed(recent(work, 1000)) if event.kind is kind]


def with_feed_and_access(world: World) -> World:
    """Load the feed and give all users their access; the partner whose agreement ended had it while it was in force."""
    today = world.now
    world.now = datetime(2024, 1, 15, 12, tzinfo=UTC)
    world.load(RECORDS, REFERENCES)
    for email, name, organisations in PEOPLE:
        for organisation in organisations:
            world.add(email, name, organisation)
    world.now = today
    return world


def acting(world: World, email: EmailAddress, organisation: Organisation) -> Acting:
    """A user who acts for an organisation."""
    (found,) = world.manage_access.search(str(email))
    return Acting(found.user.id, organisation)
