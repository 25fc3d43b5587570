"""Composes what is asked about TRNs: the Teaching Record System, or an extract; loaded only for that."""

from pathlib import Path

from checkdata.adapters.feed import FolderFeed
from checkdata.adapters.feed.extract import ExtractOfTeachers
from checkdata.adapters.memory import MemoryRejections
from checkdata.domain.ports import TeacherDirectory
from checkdata.entrypoints.settings import declared
from checkdata.entrypoints.settings.environment import Settings
from checkdata.entrypoints.settings.setting import WrongSetting

_NEEDS_EXTRA = "is set, which needs: pip install 'checkdata[trs]'"


def asked_at_trs(settings: Settings) -> TeacherDirectory:
    """The Teaching Record System; `WrongSetting` where there is no key, or the extra is not installed."""
    if settings.trs_key is None:
        raise WrongSetting(declared.TRS_KEY.name, "is not set. Ask the team of the Teaching Record System for a key")
    try:
        from checkdata.adapters.trs.connection import TRS_URL, TrsConnection  # noqa: PLC0415 - an extra of its own
        from checkdata.adapters.trs.directory import TeachingRecordSystem  # noqa: PLC0415 - as above
    except ModuleNotFoundError:
        raise WrongSetting(declared.TRS_KEY.name, _NEEDS_EXTRA) from None
    return TeachingRecordSystem(TrsConnection(settings.trs_url or TRS_URL, settings.trs_key))


def asked_in(extract: Path) -> TeacherDirectory:
    """The ``teacher_records.csv`` of a feed."""
    return ExtractOfTeachers(FolderFeed(extract, MemoryRejections()))
