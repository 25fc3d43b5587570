"""The services and settings that the web application needs; the composition root makes them."""

from collections.abc import Callable, Sequence
from datetime import datetime

from attrs import field, frozen

from checkdata.domain.keys import Keys
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.services.access.confirm_changes import ConfirmChanges
from checkdata.domain.services.access.explain_access import ExplainAccess
from checkdata.domain.services.access.help_users import HelpUsers
from checkdata.domain.services.access.issue_keys import IssueKeys
from checkdata.domain.services.access.keep_team import KeepTeam
from checkdata.domain.services.access.manage_access import ManageAccess
from checkdata.domain.services.access.manage_agreements import ManageAgreements
from checkdata.domain.services.access.review_access import ReviewAccess
from checkdata.domain.services.access.state_of_users import StateOfUsers
from checkdata.domain.services.audit.confirm_deletion import ConfirmDeletion
from checkdata.domain.services.audit.find_participant import FindParticipant
from checkdata.domain.services.audit.find_wrongly_seen import FindWronglySeen
from checkdata.domain.services.audit.make_statement import MakeStatement
from checkdata.domain.services.audit.purge import KeptFor
from checkdata.domain.services.audit.recall_files import RecallFiles
from checkdata.domain.services.audit.search_log import SearchLog
from checkdata.domain.services.audit.trace import Trace
from checkdata.domain.services.feed.hear_of_teachers import HearOfTeachers
from checkdata.domain.services.listing.check_participants import CheckParticipants
from checkdata.domain.services.listing.compare_lists import CompareLists
from checkdata.domain.services.listing.follow_changes import FollowChanges
from checkdata.domain.services.listing.follow_schools import FollowSchools
from checkdata.domain.services.listing.help_search import HelpSearch
from checkdata.domain.services.listing.look_up_participant import LookUpParticipant
from checkdata.domain.services.listing.note_changes import NoteChanges
from checkdata.domain.services.listing.read_listing import ReadListing
from checkdata.domain.services.listing.view_overview import ViewOverview
from checkdata.domain.services.mail.record_bounces import RecordBounces
from checkdata.domain.services.mail.request_help import RequestHelp
from checkdata.domain.services.nominations.answer_by_link import AnswerByLink
from checkdata.domain.services.nominations.nominate import Nominate
from checkdata.domain.services.nominations.queue import NominationQueue
from checkdata.domain.services.operations.check_health import CheckHealth
from checkdata.domain.services.operations.service_notices import ServiceNotices
from checkdata.domain.services.sign_in.sign_in import SignIn
from checkdata.domain.services.sign_in.sign_in_by_code import SignInByCode
from checkdata.domain.services.sign_in.sign_in_by_provider import SignInByProvider
from checkdata.domain.services.sign_in.use_keys import UseKeys
from checkdata.entrypoints.analytics.telling import Analytics
from checkdata.entrypoints.metrics.measures import Measures
from checkdata.entrypoints.settings.base_address import BaseAddress
from checkdata.entrypoints.settings.related_services import RelatedAddress
from checkdata.entrypoints.spans.recording import Spans


@frozen(kw_only=True)
class MailboxMail:
    """A mail in the demo's mailbox folder, as it would have been read; ``at`` carries its offset."""

    to: str
    subject: str
    text: str = field(repr=False)
    at: datetime


@frozen(kw_only=True)
class DemoUser:
    """A user as whom a visitor of the demo can sign in; ``role`` and ``organisation`` in words.

    ``shows`` says in a sentence what there is to see, or is ""; ``tries`` is the heading under which they are listed.
    """

    email: str
    name: str
    role: str
    organisation: str
    shows: str = ""
    tries: str = "See participants"


@frozen(kw_only=True)
class WebServices:
    """The use cases that pages call.

    ``mailbox`` lists the mails of the demo, newest first; if None, the page does not exist. ``measures`` are told what
    is asked and answered; if None, nothing is measured. ``spans`` record the steps of requests, and ``analytics`` tells
    analysts of them, likewise. ``sign_in_by_code`` is None where mail has no codes beside its links,
    ``sign_in_by_provider`` where users sign in by mail.
    """

    sign_in: SignIn
    check_participants: CheckParticipants
    view_overview: ViewOverview
    follow_schools: FollowSchools
    look_up_participant: LookUpParticipant
    follow_changes: FollowChanges
    read_listing: ReadListing
    note_changes: NoteChanges
    help_search: HelpSearch
    compare_lists: CompareLists
    manage_access: ManageAccess
    manage_agreements: ManageAgreements
    search_log: SearchLog
    request_help: RequestHelp
    record_receipts: RecordBounces
    trace: Trace
    find_participant: FindParticipant
    make_statement: MakeStatement
    find_wrongly_seen: FindWronglySeen
    recall_files: RecallFiles
    confirm_deletion: ConfirmDeletion
    review_access: ReviewAccess
    explain_access: ExplainAccess
    help_users: HelpUsers
    service_notices: ServiceNotices
    state_of_users: StateOfUsers
    confirm_changes: ConfirmChanges
    issue_keys: IssueKeys
    use_keys: UseKeys
    nominate: Nominate
    nomination_queue: NominationQueue
    keep_team: KeepTeam
    answer_by_link: AnswerByLink
    check_health: CheckHealth
    sign_in_by_code: SignInByCode | None = None
    sign_in_by_provider: SignInByProvider | None = None
    mailbox: Callable[[], Sequence[MailboxMail]] | None = None
    measures: Measures | None = None
    hear_of_teachers: HearOfTeachers | None = None
    spans: Spans | None = None
    analytics: Analytics | None = None


@frozen(kw_only=True)
class WebSettings:
    """How the application is reached and what it shows: as much of the settings as pages may know.

    ``secret_keys`` sign form tokens and the address that was typed before signing in. ``govuk`` puts the crown and GDS
    Transport on the pages, which only services on gov.uk domains may. ``commit`` is the version that `/healthcheck`
    shows. ``support_email`` is where users write for help, "" where there is no such address. ``kept_for`` and
    ``kept_months`` are what the privacy notice says. ``related_services`` are those that users are handed over to.
    ``provider_origin`` is where the pages of DfE Sign-in are, if users sign in there.
    ``receipts_token`` is what Notify shows with its receipts; without one there is no address for them.
    ``metrics_token`` is what a Prometheus shows, likewise.
    """

    base: BaseAddress
    secret_keys: Keys
    commit: str
    support_email: str
    govuk: bool
    kept_for: KeptFor
    kept_months: int
    demo_users: Sequence[DemoUser] = ()
    related_services: Sequence[RelatedAddress] = ()
    provider_origin: str | None = None
    receipts_token: str | None = field(default=None, repr=False)
    metrics_token: str | None = field(default=None, repr=False)

    def address_of(self, organisation: Organisation) -> RelatedAddress | None:
        """Where users who act for this organisation are handed over to; None for those who stay here."""
        return next((each for each in self.related_services if each.service == organisation), None)

    @property
    def origins_of_others(self) -> Sequence[str]:
        """The origins to which forms may lead: of related services, and of DfE Sign-in where users sign in there."""
        related = [str(each.origin) for each in self.related_services]
        return related if self.provider_origin is None else [*related, self.provider_origin]
