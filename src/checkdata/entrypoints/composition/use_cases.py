"""The use cases over ports, which this or another program made."""

from abc import ABC, abstractmethod

from attrs import frozen

from checkdata.domain.ports import Clock, Mailer, Storage, Tokens
from checkdata.domain.services.access.answer_services import AnswerServices
from checkdata.domain.services.access.confirm_changes import ConfirmChanges
from checkdata.domain.services.access.explain_access import ExplainAccess
from checkdata.domain.services.access.help_users import HelpUsers
from checkdata.domain.services.access.issue_keys import IssueKeys
from checkdata.domain.services.access.keep_team import KeepTeam
from checkdata.domain.services.access.lapse_access import LapseAccess
from checkdata.domain.services.access.manage_access import ManageAccess
from checkdata.domain.services.access.manage_agreements import ManageAgreements
from checkdata.domain.services.access.review_access import ReviewAccess
from checkdata.domain.services.access.state_of_users import StateOfUsers
from checkdata.domain.services.audit.confirm_deletion import ConfirmDeletion
from checkdata.domain.services.audit.find_participant import FindParticipant
from checkdata.domain.services.audit.find_wrongly_seen import FindWronglySeen
from checkdata.domain.services.audit.make_statement import MakeStatement
from checkdata.domain.services.audit.recall_files import RecallFiles
from checkdata.domain.services.audit.seal_log import SealLog
from checkdata.domain.services.audit.search_log import SearchLog
from checkdata.domain.services.audit.trace import Trace
from checkdata.domain.services.feed.hear_of_teachers import HearOfTeachers
from checkdata.domain.services.listing.note_changes import NoteChanges
from checkdata.domain.services.mail.record_bounces import RecordBounces
from checkdata.domain.services.mail.request_help import RequestHelp
from checkdata.domain.services.mail.send_mail import SendMail
from checkdata.domain.services.nominations.answer_by_link import AnswerByLink
from checkdata.domain.services.nominations.nominate import Nominate
from checkdata.domain.services.nominations.queue import NominationQueue
from checkdata.domain.services.operations.check_health import CheckHealth, NoteJobRuns
from checkdata.domain.services.operations.service_notices import ServiceNotices
from checkdata.domain.services.operations.statuses_of_today import StatusesOfToday
from checkdata.domain.services.sign_in.use_keys import UseKeys
from checkdata.domain.services.task_steps.hand_overs import TeamAddresses
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.analytics.telling import Analytics
from checkdata.entrypoints.settings.environment import Settings
from checkdata.entrypoints.spans.recording import Spans


class UseCases(ABC):
    """The use cases over a storage, a mailer, tokens and a clock, as *settings* say; made when they are asked for."""

    clock: Clock
    settings: Settings

    @property
    @abstractmethod
    def storage(self) -> Storage:
        """The units of work."""

    @property
    @abstractmethod
    def mailer(self) -> Mailer:
        """What hands mail over."""

    @property
    @abstractmethod
    def tokens(self) -> Tokens:
        """The tokens of links and sessions."""

    @abstractmethod
    def probed_storage(self) -> Storage:
        """The storage for a check of health."""

    @property
    def spans(self) -> Spans | None:
        """What records the steps of requests; nothing unless a setting asks for it."""
        return None

    @property
    def analytics(self) -> Analytics | None:
        """What tells analysts of requests; nothing unless a setting asks for it."""
        return None

    def check_ready(self) -> None:
        """Ask the storage whether it can serve; `StorageUnavailable` or `NotMigrated` where it can't."""
        with self.storage.reading() as work:
            work.participants.as_of()

    @property
    def manage_access(self) -> ManageAccess:
        """Giving and removing access."""
        related = [each.service for each in self.settings.related_services]
        return ManageAccess(storage=self.storage, clock=self.clock, related_services=related)

    @property
    def send_mail(self) -> SendMail:
        """Sending the outbox."""
        from checkdata.entrypoints.composition.mail import changes_place, stop_place  # noqa: PLC0415 - pages need no mail

        return SendMail(
            storage=self.storage,
            mailer=self.mailer,
            tokens=self.tokens,
            clock=self.clock,
            link_url=lambda token: f"{self.settings.base}/sign-in/{token}",
            confirmation_url=lambda token: f"{self.settings.base}/confirm/{token}",
            changes_url=lambda counted: f"{self.settings.base}{changes_place(counted)}",
            stop_url=lambda counted: f"{self.settings.base}{stop_place(self.settings.required_secret_keys, counted)}",
            lifetimes=self.settings.lifetimes,
            confirmation_lifetimes=self.settings.confirmation_lifetimes,
        )

    @property
    def record_receipts(self) -> RecordBounces:
        """What Notify tells of mail."""

        def read(receipt: bytes) -> str | None:
            from checkdata.entrypoints.composition.mail import read_receipt  # noqa: PLC0415 - as above

            return read_receipt(receipt)

        return RecordBounces(storage=self.storage, clock=self.clock, read=read)

    @property
    def hear_of_teachers(self) -> HearOfTeachers | None:
        """What the Teaching Record System tells of teachers, if it may."""
        if not self.settings.trs_webhooks:
            return None
        from checkdata.entrypoints.composition.teachers import webhooks  # noqa: PLC0415 - an extra of its own

        return HearOfTeachers(storage=self.storage, clock=self.clock, read=webhooks(self.settings))

    @property
    def note_changes(self) -> NoteChanges:
        """Notes of changes."""
        return NoteChanges(storage=self.storage, clock=self.clock)

    @property
    def search_log(self) -> SearchLog:
        """Searching the audit log."""
        return SearchLog(storage=self.storage, clock=self.clock)

    @property
    def trace(self) -> Trace:
        """Who has seen a participant, and where a file came from."""
        return Trace(storage=self.storage, clock=self.clock)

    @property
    def find_participant(self) -> FindParticipant:
        """Finding a participant by what people have."""
        return FindParticipant(storage=self.storage, clock=self.clock)

    @property
    def find_wrongly_seen(self) -> FindWronglySeen:
        """Whom partners saw wrongly, as it is known now."""
        return FindWronglySeen(storage=self.storage, clock=self.clock)

    @property
    def recall_files(self) -> RecallFiles:
        """Recalling files that left under agreements that are over."""
        return RecallFiles(storage=self.storage, clock=self.clock, remind_every=self.settings.remind_every)

    @property
    def confirm_deletion(self) -> ConfirmDeletion:
        """The answers to recalls."""
        return ConfirmDeletion(storage=self.storage, clock=self.clock)

    @property
    def make_statement(self) -> MakeStatement:
        """Statements of who has seen a participant."""
        return MakeStatement(storage=self.storage, clock=self.clock, keys=self.settings.sealing_keys)

    @property
    def seal_log(self) -> SealLog:
        """Sealing the audit log, and verifying its seals."""
        return SealLog(storage=self.storage, keys=self.settings.sealing_keys)

    @property
    def nominate(self) -> Nominate:
        """The steps of nominations."""
        return Nominate(
            storage=self.storage,
            clock=self.clock,
            lives=self.settings.nomination_lives,
            teams=self._teams,
        )

    @property
    def nomination_queue(self) -> NominationQueue:
        """The queue of nominations."""
        return NominationQueue(storage=self.storage, clock=self.clock)

    @property
    def answer_by_link(self) -> AnswerByLink:
        """The answers of lead providers by a link."""
        return AnswerByLink(
            storage=self.storage,
            tokens=self.tokens,
            clock=self.clock,
            lifetimes=self.settings.confirmation_lifetimes,
            teams=self._teams,
        )

    @property
    def keep_team(self) -> KeepTeam:
        """Your team."""
        return KeepTeam(storage=self.storage, clock=self.clock, support_email=self._teams.support)

    @property
    def request_help(self) -> RequestHelp:
        """Questions to support."""
        return RequestHelp(storage=self.storage, clock=self.clock, support_email=self._teams.support)

    @property
    def _teams(self) -> TeamAddresses:
        support = self.settings.support_email
        return TeamAddresses(
            support=EmailAddress.of(support) if support else None,
            policy=self.settings.policy_email,
        )

    @property
    def issue_keys(self) -> IssueKeys:
        """API keys, from their issue to their end."""
        return IssueKeys(storage=self.storage, tokens=self.tokens, clock=self.clock)

    @property
    def use_keys(self) -> UseKeys:
        """Who asks with an API key."""
        return UseKeys(storage=self.storage, tokens=self.tokens, clock=self.clock)

    @property
    def manage_agreements(self) -> ManageAgreements:
        """Agreements by hand."""
        return ManageAgreements(storage=self.storage, clock=self.clock)

    @property
    def review_access(self) -> ReviewAccess:
        """The access review."""
        return ReviewAccess(
            storage=self.storage,
            clock=self.clock,
            limits=self.settings.review_limits,
            lapses=self.settings.lapse_limits,
            lives=self.settings.nomination_lives,
            teams=self._teams,
        )

    @property
    def lapse_access(self) -> LapseAccess:
        """Access that lapses."""
        return LapseAccess(storage=self.storage, clock=self.clock, limits=self.settings.lapse_limits)

    @property
    def explain_access(self) -> ExplainAccess:
        """Why a user sees a participant, or does not."""
        return ExplainAccess(storage=self.storage, clock=self.clock)

    @property
    def answer_services(self) -> AnswerServices:
        """What other services ask about users."""
        return AnswerServices(storage=self.storage, clock=self.clock)

    @property
    def help_users(self) -> HelpUsers:
        """Addresses, sessions and mail of users."""
        return HelpUsers(storage=self.storage, clock=self.clock, lifetimes=self.settings.lifetimes)

    @property
    def state_of_users(self) -> StateOfUsers:
        """What users see now, and what keeps them from it."""
        return StateOfUsers(storage=self.storage, clock=self.clock)

    @property
    def confirm_changes(self) -> ConfirmChanges:
        """What waits for a second support user."""
        return ConfirmChanges(storage=self.storage, clock=self.clock)

    @property
    def service_notices(self) -> ServiceNotices:
        """What every user is told."""
        return ServiceNotices(storage=self.storage, clock=self.clock)

    @property
    def check_health(self) -> CheckHealth:
        """Whether the service can serve."""
        return CheckHealth(storage=self.probed_storage, clock=self.clock, oldest=self.settings.oldest_runs)

    @property
    def statuses_of_today(self) -> StatusesOfToday:
        """Whether statuses were derived for today."""
        return StatusesOfToday(storage=self.storage, clock=self.clock)

    @property
    def note_job_runs(self) -> NoteJobRuns:
        """Noting that jobs ran."""
        return NoteJobRuns(storage=self.storage, clock=self.clock)


@frozen(kw_only=True)
class GivenPorts(UseCases):
    """The use cases over ports that another program made."""

    storage: Storage
    mailer: Mailer
    tokens: Tokens
    clock: Clock
    settings: Settings

    def probed_storage(self) -> Storage:
        """The storage of the pages."""
        return self.storage
