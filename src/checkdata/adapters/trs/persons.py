"""How the TRS tells of a person (``FindPersonsResponseResult`` of its OpenAPI document), read as a teacher record."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from checkdata.domain.errors import InvalidValue
from checkdata.domain.training.teacher_records import TeacherInductionStatus, TeacherRecord

TRN: Final = re.compile(r"[0-9]{7}")

_INDUCTION: Final[Mapping[str, TeacherInductionStatus | None]] = {
    "None": None,
    "RequiredToComplete": TeacherInductionStatus.REQUIRED,
    "Exempt": TeacherInductionStatus.EXEMPT,
    "InProgress": TeacherInductionStatus.IN_PROGRESS,
    "Passed": TeacherInductionStatus.PASSED,
    "Failed": TeacherInductionStatus.FAILED,
    "FailedInWales": TeacherInductionStatus.FAILED,
}


def read_person(told: object) -> TeacherRecord:
    """The teacher record; `InvalidValue` where it can't be read. Of alerts, only whether one is open."""
    if not isinstance(told, dict):
        raise InvalidValue("A person must be an object.")
    induction, qts = _object(told, "induction"), _object(told, "qts")
    return TeacherRecord(
        trn=trn_in(told),
        full_name=_full_name(told),
        date_of_birth=_birthday(told),
        qts_awarded_on=_day(qts, "holdsFrom"),
        induction_started_on=_day(induction, "startDate"),
        induction_completed_on=_day(induction, "completedDate"),
        induction_status=_induction_status(induction),
        active_alert=any(_is_open(alert) for alert in _list(told, "alerts")),
    )


def trn_in(told: object) -> str:
    """The TRN of an object; `InvalidValue` where it has none."""
    trn = told.get("trn") if isinstance(told, dict) else None
    if not isinstance(trn, str) or not TRN.fullmatch(trn):
        raise InvalidValue("A TRN must be seven digits.")
    return trn


def _full_name(told: Mapping[str, Any]) -> str:
    names = [told.get(name) or "" for name in ("firstName", "middleName", "lastName")]
    if not all(isinstance(name, str) and (name == "" or name.isprintable()) for name in names):
        raise InvalidValue("A name must be a text.")
    full_name = " ".join(filter(None, (name.strip() for name in names)))
    if not full_name:
        raise InvalidValue("A person must have a name.")
    return full_name


def _birthday(told: Mapping[str, Any]) -> date:
    day = _day(told, "dateOfBirth")
    if day is None:
        raise InvalidValue("A person must have a date of birth.")
    return day


def _day(told: Mapping[str, Any], name: str) -> date | None:
    text = told.get(name)
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise InvalidValue(f"{name} must be a day.") from None


def _induction_status(induction: Mapping[str, Any]) -> TeacherInductionStatus | None:
    status = induction.get("status", "None")
    if not isinstance(status, str) or status not in _INDUCTION:
        raise InvalidValue("The status of an induction must be one that we know.")
    return _INDUCTION[status]


def _is_open(alert: object) -> bool:
    if not isinstance(alert, dict):
        raise InvalidValue("An alert must be an object.")
    return alert.get("endDate") is None


def _object(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = told.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise InvalidValue(f"{name} must be an object.")
    return found


def _list(told: Mapping[str, Any], name: str) -> list[Any]:
    found = told.get(name)
    if not isinstance(found, list):
        raise InvalidValue(f"{name} must be a list.")
    return found
