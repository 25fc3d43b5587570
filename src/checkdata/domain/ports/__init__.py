"""What the domain asks of the world, as Protocols; adapters conform to them.

Every method may raise `StorageUnavailable` or `NotMigrated` where a storage is behind it; other errors are named.
Arguments are positional-only, so that an adapter's names are its own.
"""

from checkdata.domain.ports.agreement_history import AgreementHistory
from checkdata.domain.ports.api_keys import ApiKeys
from checkdata.domain.ports.audit_chain import AuditChain
from checkdata.domain.ports.audit_log import AuditLog
from checkdata.domain.ports.bounces import ReadBounce
from checkdata.domain.ports.bound_accounts import BoundAccounts
from checkdata.domain.ports.change_notes import ChangeNotes
from checkdata.domain.ports.clock import Clock
from checkdata.domain.ports.confirmations import Confirmations
from checkdata.domain.ports.counts import Counts
from checkdata.domain.ports.export_folder import ExportFolder
from checkdata.domain.ports.feed import Feed
from checkdata.domain.ports.feed_store import Derive, FeedStore, Relisted
from checkdata.domain.ports.identity_provider import IdentityProvider
from checkdata.domain.ports.job_runs import JobRuns
from checkdata.domain.ports.link_requests import LinkRequests
from checkdata.domain.ports.mailer import Mailer
from checkdata.domain.ports.nominations import Nominations
from checkdata.domain.ports.notices import Notices
from checkdata.domain.ports.organisations import Organisations
from checkdata.domain.ports.outbox import Outbox
from checkdata.domain.ports.participant_trails import ParticipantTrails
from checkdata.domain.ports.participants import Participants
from checkdata.domain.ports.proposals import Proposals
from checkdata.domain.ports.recalls import Recalls
from checkdata.domain.ports.receipts import Receipts
from checkdata.domain.ports.rejections import Rejections
from checkdata.domain.ports.retention import Retention
from checkdata.domain.ports.school_register import RegisterFiles, SchoolRegister
from checkdata.domain.ports.sign_ins import SignIns
from checkdata.domain.ports.spreadsheets import ReadList, WorkbookWriter
from checkdata.domain.ports.storage import Storage, UnitOfWork
from checkdata.domain.ports.teacher_checks import TeacherChecks
from checkdata.domain.ports.teacher_directory import TeacherDirectory
from checkdata.domain.ports.teacher_messages import ReadTeacherMessage
from checkdata.domain.ports.tokens import Tokens
from checkdata.domain.ports.users import Users

__all__ = [
    "AgreementHistory",
    "ApiKeys",
    "AuditChain",
    "AuditLog",
    "BoundAccounts",
    "ChangeNotes",
    "Clock",
    "Confirmations",
    "Counts",
    "Derive",
    "ExportFolder",
    "Feed",
    "FeedStore",
    "IdentityProvider",
    "JobRuns",
    "LinkRequests",
    "Mailer",
    "Nominations",
    "Notices",
    "Organisations",
    "Outbox",
    "ParticipantTrails",
    "Participants",
    "Proposals",
    "ReadBounce",
    "ReadList",
    "ReadTeacherMessage",
    "Recalls",
    "Receipts",
    "RegisterFiles",
    "Rejections",
    "Relisted",
    "Retention",
    "SchoolRegister",
    "SignIns",
    "Storage",
    "TeacherChecks",
    "TeacherDirectory",
    "Tokens",
    "UnitOfWork",
    "Users",
    "WorkbookWriter",
]
