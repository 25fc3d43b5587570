"""Composes what is asked about TRNs: the Teaching Record System, or an extract; loaded only for that."""

from datetime import date
from pathlib import Path
from typing import Final

from checkdata.adapters.feed import FolderFeed
from checkdata.adapters.feed.extract import ExtractOfTeachers
from checkdata.adapters.memory import MemoryRejections
from checkdata.domain.ports import ReadTeacherMessage, TeacherDirectory
from checkdata.domain.training.teacher_answers import AskedTeacher
from checkdata.entrypoints.settings import declared
from checkdata.entrypoints.settings.environment import Settings
from checkdata.entrypoints.settings.setting import WrongSetting
from checkdata.entrypoints.web.pages.teacher_messages import PATH

_NOBODY: Final = AskedTeacher(trn="0000000", date_of_birth=date(1900, 1, 1))
_NEEDS_EXTRA = "is set, which needs: pip install 'checkdata[trs]'"


def asked_at_trs(settings: Settings, *, patiently: bool = True) -> TeacherDirectory:
    """The Teaching Record System, asked again where it is busy if *patiently*.

    `WrongSetting` where there is no key, or the extra is not installed.
    """
    if settings.trs_key is None:
        raise WrongSetting(declared.TRS_KEY.name, "is not set. Ask the team of the Teaching Record System for a key")
    try:
        from checkdata.adapters.trs.connection import TRIES, TRS_URL, TrsConnection  # noqa: PLC0415 - an extra
        from checkdata.adapters.trs.directory import TeachingRecordSystem  # noqa: PLC0415 - as above
    except ModuleNotFoundError:
        raise WrongSetting(declared.TRS_KEY.name, _NEEDS_EXTRA) from None
    tries = TRIES if patiently else 1
    return TeachingRecordSystem(TrsConnection(settings.trs_url or TRS_URL, settings.trs_key, tries=tries))


def try_trs(settings: Settings) -> None:
    """Ask it once about nobody; `TeachersRefused` or `TeachersUnavailable` where it does not answer us."""
    asked_at_trs(settings, patiently=False).ask([_NOBODY])


def asked_in(extract: Path) -> TeacherDirectory:
    """The ``teacher_records.csv`` of a feed."""
    return ExtractOfTeachers(FolderFeed(extract, MemoryRejections()))


def webhooks(settings: Settings) -> ReadTeacherMessage:
    """What reads the webhooks of the Teaching Record System; `WrongSetting` where the extra is not installed."""
    try:
        from checkdata.adapters.trs.connection import TRS_URL, TrsConnection  # noqa: PLC0415 - an extra of its own
        from checkdata.adapters.trs.webhooks import PublishedKeys, TrsWebhooks  # noqa: PLC0415 - as above
    except ModuleNotFoundError:
        raise WrongSetting(declared.TRS_WEBHOOKS.name, _NEEDS_EXTRA) from None
    keys = TrsConnection(settings.trs_url or TRS_URL, "", patience=5.0, whole=10.0, tries=1)  # the sender waits 30 s
    return TrsWebhooks(f"{settings.base}{PATH}", PublishedKeys(keys))
