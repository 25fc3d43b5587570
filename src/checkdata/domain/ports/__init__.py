"""What the domain asks of the world, as Protocols; adapters conform to them.

Every method may raise `StorageUnavailable` or `NotMigrated` where a storage is behind it; other errors are named.
Arguments are positional-only, so that an adapter's names are its own.
"""

from checkdata.domain.ports.feeds import Derive, Feed, FeedStore, Rejections, Relisted
from checkdata.domain.ports.notes import AuditLog, Outbox
from checkdata.domain.ports.outside import Clock, ExportFolder, Mailer, ReadBounce, ReadList, Tokens, WorkbookWriter
from checkdata.domain.ports.participants import Participants
from checkdata.domain.ports.people import Confirmations, LinkRequests, Nominations, Organisations, SignIns, Users
from checkdata.domain.ports.records import AuditChain, JobRuns, Receipts, Retention, Traces
from checkdata.domain.ports.storage import Storage, UnitOfWork

__all__ = [
    "AuditChain",
    "AuditLog",
    "Clock",
    "Confirmations",
    "Derive",
    "ExportFolder",
    "Feed",
    "FeedStore",
    "JobRuns",
    "LinkRequests",
    "Mailer",
    "Nominations",
    "Organisations",
    "Outbox",
    "Participants",
    "ReadBounce",
    "ReadList",
    "Receipts",
    "Rejections",
    "Relisted",
    "Retention",
    "SignIns",
    "Storage",
    "Tokens",
    "Traces",
    "UnitOfWork",
    "Users",
    "WorkbookWriter",
]
