"""A small service over any storage, with people of each party, in which time stands still until it is told to pass."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from attrs import define, evolve, field

from checkdata.adapters.memory import MemoryFeed, MemoryMailer, MemoryRejections, MemoryStorage, MemoryTokens
from checkdata.domain.access.decision import Acting, Refused, decide
from checkdata.domain.audit.events import AuditEvent
from checkdata.domain.feed.contents import NamedIds, References
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.messages import Message
from checkdata.domain.nomination_messages import ConfirmationLinkMessage
from checkdata.domain.nominations.nomination import Nomination
from checkdata.domain.nominations.steps import Answer
from checkdata.domain.people.organisations import (
    Agreement,
    AppropriateBody,
    DeliveryPartner,
    LeadProvider,
    PolicyTeam,
    Role,
    School,
    SupportTeam,
)
from checkdata.domain.people.users import Grant, User
from checkdata.domain.ports import Storage
from checkdata.domain.services.access.confirm_changes import ConfirmChanges
from checkdata.domain.services.access.explain_access import ExplainAccess
from checkdata.domain.services.access.help_users import HelpUsers
from checkdata.domain.services.access.issue_keys import IssueKeys
from checkdata.domain.services.access.keep_team import KeepTeam
from checkdata.domain.services.access.lapse_access import LapseAccess
from checkdata.domain.services.access.manage_access import ManageAccess, NewAccess
from checkdata.domain.services.access.manage_agreements import ManageAgreements
from checkdata.domain.services.access.review_access import ReviewAccess
from checkdata.domain.services.access.state_of_users import StateOfUsers
from checkdata.domain.services.feed.import_feed import ImportFeed
from checkdata.domain.services.mail.send_mail import SendMail
from checkdata.domain.services.nominations.answer_by_link import AnswerByLink
from checkdata.domain.services.nominations.nominate import MailedNomination, Nominate
from checkdata.domain.services.nominations.queue import NominationQueue
from checkdata.domain.services.sign_in.sign_in import SignIn
from checkdata.domain.services.sign_in.use_keys import UseKeys
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.records import Partnership, TrainingRecord
from checkdata.domain.values import EmailAddress, LeadProviderId, NominationId, ParticipantId, RecordId, london_date
from tests.recent_events import recent

NORTH: Final = DeliveryPartner("dp-north", "North Hub")
SOUTH: Final = DeliveryPartner("dp-south", "South Hub")
BODY: Final = AppropriateBody("ab-north", "North Hub")
CONTACT: Final = EmailAddress("confirm@beacon.example")
LEAD: Final = LeadProvider(LeadProviderId("lp-1"), "Beacon", str(CONTACT))
OTHER_LEAD: Final = LeadProvider(LeadProviderId("lp-2"), "Harbour")
STRANGER_LEAD: Final = LeadProvider(LeadProviderId("lp-3"), "Meadow", "confirm@meadow.example")
CAT: Final = EmailAddress("cat@north.example")
BOSS: Final = EmailAddress("boss@north.example")
SUE: Final = EmailAddress("sue@dfe.example")
SUPPORT: Final = EmailAddress("support@dfe.example")
BEN: Final = EmailAddress("ben@dfe.example")
PAM: Final = EmailAddress("pam@dfe.example")

REFERENCES: Final = References(
    lead_providers=[LEAD, OTHER_LEAD, STRANGER_LEAD],
    delivery_partners=[NORTH, SOUTH],
    appropriate_bodies=[BODY],
    schools=[School("100001", "St Mary's")],
    agreements=[
        Agreement(id="ag-1", lead_provider_id=LEAD.id, delivery_partner_id=NORTH.id, starts_on=date(2021, 9, 1)),
        Agreement(id="ag-2", lead_provider_id=OTHER_LEAD.id, delivery_partner_id=NORTH.id, starts_on=date(2021, 9, 1)),
    ],
)
"""South Hub has no agreement, and Meadow none either."""


def a_record(
    name: str, lead: LeadProvider | None = LEAD, partner: DeliveryPartner = NORTH, year: int = 2023
) -> TrainingRecord:
    """The only training record of the participant with this id, an ECT whose appropriate body is North Hub's."""
    return TrainingRecord(
        record_id=RecordId(f"r-{name}"),
        participant_id=ParticipantId(name),
        role=ParticipantRole.ECT,
        full_name=name,
        email="",
        trn=None,
        school_urn="100001",
        academic_year=year,
        lead_provider_id=None if lead is None else lead.id,
        delivery_partner_id=partner.id,
        partnership=Partnership.CONFIRMED,
        appropriate_body_id=BODY.id,
        starts_on=date(2023, 9, 1),
        updated_at=datetime(2023, 9, 1, tzinfo=UTC),
    )


RECORDS: Final = (
    a_record("beacons"),
    a_record("beacons-old", year=2021),
    a_record("harbours", OTHER_LEAD),
    a_record("nobodys", None),
    a_record("souths", partner=SOUTH),
)


def with_agreements(agreements: Sequence[Agreement]) -> References:
    """A feed's references with these agreements, which a complete feed names and no others."""
    ids = frozenset(agreement.id for agreement in agreements)
    return evolve(REFERENCES, agreements=agreements, named=NamedIds(agreements=ids))


@define
class AccessWorld:
    """Sue and Ben are support users, Pam is a policy user, Bob works at North Hub; Beacon's contact has no account."""

    storage: Storage = field(factory=MemoryStorage)
    now: datetime = datetime(2024, 6, 3, 9, 0, tzinfo=UTC)
    tokens: MemoryTokens = field(factory=MemoryTokens)
    mailer: MemoryMailer = field(factory=MemoryMailer)
    sue: Acting = field(init=False)
    ben: Acting = field(init=False)
    pam: Acting = field(init=False)
    bob: Acting = field(init=False)

    def __attrs_post_init__(self) -> None:
        with self.storage.writing() as work:
            work.feed_store.put_references(REFERENCES)
            work.commit()
        self.sue, self.ben = (Acting(self.add(email, Role.SUPPORT).id, SupportTeam()) for email in (SUE, BEN))
        self.pam = Acting(self.add(PAM, Role.POLICY).id, PolicyTeam())
        self.bob = Acting(self.add(BOSS, Role.DELIVERY_PARTNER, NORTH.id).id, NORTH)

    def load(
        self, *records: TrainingRecord, agreements: Sequence[Agreement] | None = None, complete: bool = False
    ) -> None:
        """A feed of these records and agreements comes in; of `RECORDS` and those of `REFERENCES` unless told."""
        references = REFERENCES if agreements is None else with_agreements(agreements)
        feed = MemoryFeed.of(records or RECORDS, references=references)
        importing = ImportFeed(storage=self.storage, clock=self.clock)
        importing.load(
            feed,
            MemoryRejections(),
            today=self.today,
            complete=complete,
            allow_deletions=True,
            allow_wider_access=True,
        )

    def clock(self) -> datetime:
        return self.now

    @property
    def today(self) -> date:
        return london_date(self.now)

    def pass_time(self, **length: float) -> None:
        self.now += timedelta(**length)

    @property
    def access(self) -> ManageAccess:
        return ManageAccess(storage=self.storage, clock=self.clock)

    @property
    def sign_in(self) -> SignIn:
        return SignIn(storage=self.storage, tokens=self.tokens, clock=self.clock)

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

    @property
    def issue_keys(self) -> IssueKeys:
        return IssueKeys(storage=self.storage, tokens=self.tokens, clock=self.clock)

    @property
    def use_keys(self) -> UseKeys:
        return UseKeys(storage=self.storage, tokens=self.tokens, clock=self.clock)

    @property
    def nominate(self) -> Nominate:
        return Nominate(storage=self.storage, clock=self.clock)

    @property
    def queue(self) -> NominationQueue:
        return NominationQueue(storage=self.storage, clock=self.clock)

    @property
    def keep_team(self) -> KeepTeam:
        return KeepTeam(storage=self.storage, clock=self.clock, support_email=SUPPORT)

    @property
    def answer_by_link(self) -> AnswerByLink:
        return AnswerByLink(storage=self.storage, tokens=self.tokens, clock=self.clock)

    @property
    def manage_agreements(self) -> ManageAgreements:
        return ManageAgreements(storage=self.storage, clock=self.clock)

    @property
    def review_access(self) -> ReviewAccess:
        return ReviewAccess(storage=self.storage, clock=self.clock)

    @property
    def lapse_access(self) -> LapseAccess:
        return LapseAccess(storage=self.storage, clock=self.clock)

    @property
    def explain_access(self) -> ExplainAccess:
        return ExplainAccess(storage=self.storage, clock=self.clock)

    @property
    def help_users(self) -> HelpUsers:
        return HelpUsers(storage=self.storage, clock=self.clock)

    @property
    def state_of_users(self) -> StateOfUsers:
        return StateOfUsers(storage=self.storage, clock=self.clock)

    @property
    def confirm_changes(self) -> ConfirmChanges:
        return ConfirmChanges(storage=self.storage, clock=self.clock)

    def add(self, email: EmailAddress, role: Role, organisation: str = "", name: str = "") -> User:
        """Access that an operator gives."""
        confirmed_by = LEAD.id if role is Role.DELIVERY_PARTNER else ""
        return self.access.add(
            NewAccess(
                email=email,
                name=name or email.value.partition("@")[0].title(),
                role=role,
                organisation_id=organisation,
                confirmed_by=confirmed_by,
                reason="Ticket 12",
            )
        )

    def receive(
        self,
        email: EmailAddress = CAT,
        role: Role = Role.DELIVERY_PARTNER,
        organisation: str = NORTH.id,
        nominated_by: EmailAddress = BOSS,
    ) -> NominationId:
        """Sue records a nomination that came by mail."""
        mailed = MailedNomination(
            email=email,
            name="Cat  Lee ",
            role=role,
            organisation_id=organisation,
            nominated_by=nominated_by,
            reference="Mail 1",
        )
        return self.nominate.receive(mailed, by=self.sue).id

    def escalated(self, email: EmailAddress = CAT) -> NominationId:
        """Sue has handed one on to policy."""
        received = self.receive(email)
        return self.nominate.escalate(received, by=self.sue).id

    def asked(self, *, by_link: bool = False) -> NominationId:
        """Pam has asked Beacon about one."""
        return self.nominate.ask(self.escalated(), LEAD.id, by=self.pam, by_link=by_link).id

    def answer(self, nomination_id: NominationId, *, confirms: bool = True, note: str = "Not ours") -> Nomination:
        """Pam records what Beacon answered."""
        answer = Answer(contact="Ann at Beacon", given_on=self.today, reference="Mail 7")
        return self.nominate.record_answer(nomination_id, answer, confirms=confirms, by=self.pam, note=note)

    def confirmed(self) -> NominationId:
        """Beacon has confirmed one."""
        return self.answer(self.asked()).id

    def mails(self) -> Sequence[tuple[EmailAddress, Message]]:
        """What was mailed since this was asked last."""
        self.mailer.sent.clear()
        self.send_mail.send_due()
        return list(self.mailer.sent)

    def link(self) -> str:
        """The token of the confirmation link in the mail that is sent now, and no other mail to its address."""
        tokens = [message.url for to, message in self.mails() if isinstance(message, ConfirmationLinkMessage)]
        assert len(tokens) == 1
        return tokens[0].rpartition("/")[2]

    def nomination(self, nomination_id: NominationId) -> Nomination:
        """The nomination as it is now."""
        found = self.queue.one(nomination_id)
        assert found is not None
        return found.queued.nomination

    def grants(self, email: EmailAddress = CAT) -> Sequence[Grant]:
        """The active grants of the user with this address."""
        return [grant for found in self.access.search(email.value) for grant in found.active(self.today)]

    def seen(self, acting: Acting) -> set[str]:
        """The participants whom a user sees now, as their page would show them."""
        with self.storage.reading() as work:
            decision = decide(acting, work.users.facts(acting.user_id), on=self.today)
            if isinstance(decision, Refused):
                return set()
            return {row.participant_id for row in work.participants.rows(ParticipantQuery(scope=decision.scope))}

    def audit(self) -> list[AuditEvent]:
        """What was recorded, oldest first."""
        with self.storage.reading() as work:
            return list(reversed(recent(work, 10_000)))
