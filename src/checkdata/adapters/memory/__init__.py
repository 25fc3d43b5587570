"""Every port in memory: the reference adapter, for tests and for embedding.

Written to be read: queries are answered by `query.matches` and ordered by `listed.order`, so that the answers of other
adapters can be compared with it. Nothing lasts longer than the `MemoryStorage`.
"""

from checkdata.adapters.memory.export_folder import MemoryExportFolder
from checkdata.adapters.memory.feed import MemoryFeed, MemoryRejections
from checkdata.adapters.memory.mailer import MemoryMailer
from checkdata.adapters.memory.teacher_directory import MemoryTeachers
from checkdata.adapters.memory.tokens import MemoryTokens
from checkdata.adapters.memory.unit_of_work import MemoryStorage, MemoryUnitOfWork

__all__ = [
    "MemoryExportFolder",
    "MemoryFeed",
    "MemoryMailer",
    "MemoryRejections",
    "MemoryStorage",
    "MemoryTeachers",
    "MemoryTokens",
    "MemoryUnitOfWork",
]
