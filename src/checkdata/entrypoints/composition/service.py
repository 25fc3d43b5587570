"""The composition root: the only place that chooses adapters and gives them to the use cases."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from attrs import define
from sqlalchemy import Engine

from checkdata.adapters.founding_users_csv import read_user_list
from checkdata.adapters.sql import PROBES, SqlStorage, grant_service_rights, is_unrestricted, migrate, role_of_url
from checkdata.adapters.tokens import SecretTokens
from checkdata.domain.errors import InvalidValue
from checkdata.domain.nominations.founding_users import ListedUser, RefusedUser
from checkdata.domain.ports import Storage, Tokens
from checkdata.domain.services.access.answer_services import AnswerServices
from checkdata.domain.services.access.confirm_changes import ConfirmChanges
from checkdata.domain.services.access.explain_access import ExplainAccess
from checkdata.domain.services.access.help_users import HelpUsers
from checkdata.domain.services.access.issue_keys import IssueKeys
from checkdata.domain.services.access.keep_team import KeepTeam
from checkdata.domain.services.access.lapse_access import LapseAccess
from checkdata.domain.services.access.load_founding_users import LoadFoundingUsers
from checkdata.domain.services.access.manage_access import ManageAccess
from checkdata.domain.services.access.manage_agreements import ManageAgreements
from checkdata.domain.services.access.review_access import ReviewAccess
from checkdata.domain.services.access.state_of_users import StateOfUsers
from checkdata.domain.services.audit.confirm_deletion import ConfirmDeletion
from checkdata.domain.services.audit.find_participant import FindParticipant
from checkdata.domain.services.audit.find_wrongly_seen import FindWronglySeen
from checkdata.domain.services.audit.make_statement import MakeStatement
from checkdata.domain.services.audit.purge import Purge
from checkdata.domain.services.audit.recall_files import RecallFiles
from checkdata.domain.services.audit.seal_log import SealLog
from checkdata.domain.services.audit.search_log import SearchLog
from checkdata.domain.services.audit.trace import Trace
from checkdata.domain.services.feed.import_feed import ImportFeed
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
from checkdata.entrypoints.composition.database import DatabaseComposition, opened_engine
from checkdata.entrypoints.settings import declared
from checkdata.entrypoints.settings.setting import WrongSetting


@define(slots=False)
class Composition(DatabaseComposition):
    """The use cases over the adapters that *settings* choose; each is made when it is first asked for.

    Raises `WrongSetting` where what is asked for needs a setting that is missing or wrong.
    """

    @cached_property
    def owners_engine(self) -> Engine:
        """The database as the owner of its tables; only the owner migrates, imports and purges."""
        url = self.settings.owner_database_url
        return self.engine if url is None else opened_engine(declared.OWNER_DATABASE_URL.name, url)

    @cached_property
    def owners_storage(self) -> Storage:
        """The owner's units of work."""
        return SqlStorage(self.owners_engine)

    def close(self) -> None:
        """Give the connections to the database back, the owner's too, if there are any."""
        super().close()
        for engine in {"owners_engine", "probed_engine"} & set(self.__dict__):
            getattr(self, engine).dispose()

    @cached_property
    def tokens(self) -> Tokens:
        """The tokens of links and sessions."""
        return SecretTokens(self.settings.required_secret_keys)

    @property
    def manage_access(self) -> ManageAccess:
        """Giving and removing access."""
        related = [each.service for each in self.settings.related_services]
        return ManageAccess(storage=self.storage, clock=self.clock, related_services=related)

    @property
    def import_feed(self) -> ImportFeed:
        """Loading feeds and deriving statuses, as the owner of the tables."""
        return ImportFeed(
            storage=self.owners_storage,
            clock=self.clock,
            kept_months=self.settings.kept_months,
            wider_percent=self.settings.wider_percent,
        )

    @property
    def send_mail(self) -> SendMail:
        """Sending the outbox."""
        from checkdata.entrypoints.composition.mail import (  # noqa: PLC0415 - pages need no mail
            changes_place,
            mailer_of,
            stop_place,
        )

        return SendMail(
            storage=self.storage,
            mailer=mailer_of(self.settings, self.clock),
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
    def purge(self) -> Purge:
        """Deleting what is past its time, as the owner of the tables."""
        return Purge(
            storage=self.owners_storage,
            clock=self.clock,
            keys=self.settings.sealing_keys,
            kept_for=self.settings.kept_for,
            lifetimes=self.settings.lifetimes,
        )

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
    def record_bounces(self) -> RecordBounces:
        """Mail that came back."""
        from checkdata.entrypoints.composition.mail import read_bounce  # noqa: PLC0415 - as above

        return RecordBounces(storage=self.storage, clock=self.clock, read=read_bounce)

    @property
    def load_founding_users(self) -> LoadFoundingUsers:
        """Loading the users whom a lead provider named."""
        return LoadFoundingUsers(storage=self.storage, clock=self.clock)

    def migrate(self) -> None:
        """Bring the database to the tables of this version, and give the service's role the rights that it needs.

        A role other than the owner's may add to the audit log and never change it (security.md 39), and read the rows
        of listings of one organisation at a time (security.md 29).
        """
        migrate(self.owners_engine)
        if self.settings.owner_database_url is not None:
            self._let_serve()

    def _let_serve(self) -> None:
        name = declared.OWNER_DATABASE_URL.name
        role, owner = role_of_url(self.settings.database_url), self.owners_engine.url.username
        if not role or role == owner or self.owners_engine.dialect.name != "postgresql":
            raise WrongSetting(name, "is for PostgreSQL, and must name another role than CHECKDATA_DATABASE_URL does")
        try:
            grant_service_rights(self.owners_engine, role)
        except InvalidValue as error:
            raise WrongSetting(declared.DATABASE_URL.name, f"names a role that cannot be used: {error}") from None

    @cached_property
    def probed_engine(self) -> Engine:
        """The database for health checks: without the pool of pages, and with short waits."""
        return opened_engine(declared.DATABASE_URL.name, self.settings.database_url, PROBES)

    @property
    def check_health(self) -> CheckHealth:
        """Whether the service can serve."""
        return CheckHealth(
            storage=lambda: SqlStorage(self.probed_engine), clock=self.clock, oldest=self.settings.oldest_runs
        )

    @property
    def statuses_of_today(self) -> StatusesOfToday:
        """Whether statuses were derived for today."""
        return StatusesOfToday(storage=self.storage, clock=self.clock)

    @property
    def may_refresh(self) -> bool:
        """Whether this process can refresh statuses: on PostgreSQL only as the owner of the tables."""
        if self.settings.owner_database_url is not None or self.engine.dialect.name != "postgresql":
            return True
        return is_unrestricted(self.engine)

    @property
    def note_job_runs(self) -> NoteJobRuns:
        """Noting that jobs ran."""
        return NoteJobRuns(storage=self.storage, clock=self.clock)

    def check_ready(self) -> None:
        """Ask the storage whether it can serve; `StorageUnavailable` or `NotMigrated` where it can't."""
        with self.storage.reading() as work:
            work.participants.as_of()

    def check_role(self) -> None:
        """Check that the database restricts the service to what it needs; raise `WrongSetting` if it does not.

        Row-level security and rights do not restrict a role that owns the tables. An attacker who gets a server's
        connection would then have everything (security.md 29).
        """
        if not self.settings.as_owner and is_unrestricted(self.engine):
            raise WrongSetting(
                declared.DATABASE_URL.name,
                "names the owner of the tables, or another role that row-level security does not restrict. Serve as a "
                "role of its own (docs/operating.md), or set CHECKDATA_AS_OWNER to on.",
            )


def users_listed_in(path: Path) -> Sequence[ListedUser | RefusedUser]:
    """The rows of a list of users; `ChangeRefused` if the file is not such a list."""
    return read_user_list(path)
