"""The TRS as a directory of teachers: ``POST /v3/persons/find`` and ``GET /v3/trns/{trn}``."""

import json
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from attrs import evolve, field, frozen

from checkdata.adapters.trs.connection import AT_ONCE, TrsConnection
from checkdata.adapters.trs.persons import read_person, trn_in
from checkdata.domain import ports
from checkdata.domain.errors import InvalidValue, TeachersRefused, TeachersUnavailable
from checkdata.domain.training.teacher_answers import AskedTeacher, TeacherAnswer, TeacherStanding, asked_for
from checkdata.domain.training.teacher_records import TeacherRecord

MOST_AT_ONCE: Final = 500
"""How many persons the TRS finds in one request."""
MOST_MERGES: Final = 5
"""How often a record is followed to the one that it was merged into."""
WHOLE_TRIES: Final = 3

_OTHER_TRN: Final = re.compile(r"/v3/trns/([0-9]{7})")
_STANDING: Final = {
    204: TeacherStanding.BORN_ON_ANOTHER_DAY,
    404: TeacherStanding.UNKNOWN,
    410: TeacherStanding.DEACTIVATED,
}
_OK: Final = 200
_REDIRECTS: Final = range(300, 400)
_MERGED: Final = 308
_BAD_REQUEST: Final = 400


@frozen
class _Found:
    """Who was found, and of whom no answer can be read."""

    records: dict[AskedTeacher, TeacherRecord] = field(factory=dict)
    unread: set[AskedTeacher] = field(factory=set)

    def add(self, other: "_Found") -> None:
        self.records.update(other.records)
        self.unread.update(other.unread)


@frozen
class _Standing:
    """What the TRS says of a TRN that it did not find with the birthday, and where it was merged into."""

    standing: TeacherStanding
    merged_into: str | None = None


class TeachingRecordSystem:
    """Finds teachers by TRN and birthday, and asks for each TRN that is not found what became of it."""

    def __init__(self, connection: TrsConnection) -> None:
        self._connection = connection

    def ask(self, asked: Sequence[AskedTeacher], /) -> Sequence[TeacherAnswer]:
        """An answer to each question."""
        found = self._find(asked)
        missing = [each for each in dict.fromkeys(asked) if each not in found.records and each not in found.unread]
        with ThreadPoolExecutor(AT_ONCE) as several:
            standings = dict(zip(missing, several.map(self._standing, [each.trn for each in missing]), strict=True))
        merged = {
            each: evolve(each, trn=told.merged_into) for each, told in standings.items() if told.merged_into is not None
        }
        successors = self._find(list(dict.fromkeys(merged.values())))
        return [self._answer(each, found, standings.get(each), merged.get(each), successors) for each in asked]

    def _answer(
        self,
        asked: AskedTeacher,
        found: _Found,
        told: _Standing | None,
        successor: AskedTeacher | None,
        successors: _Found,
    ) -> TeacherAnswer:
        record = found.records.get(asked)
        if record is None and successor is not None and successor in successors.records:
            record = evolve(successors.records[successor], trn=asked.trn, merged_into=successor.trn)
        if record is not None:
            return TeacherAnswer(asked=asked, standing=TeacherStanding.FOUND, record=record)
        unread = told is None or successor in successors.unread
        return TeacherAnswer(asked=asked, standing=TeacherStanding.NOT_ANSWERED if unread else told.standing)  # type: ignore[union-attr] # unread if None

    def _find(self, asked: Sequence[AskedTeacher]) -> _Found:
        found = _Found()
        for first in range(0, len(asked), MOST_AT_ONCE):
            found.add(self._find_lot(asked[first : first + MOST_AT_ONCE]))
        return found

    def _find_lot(self, asked: Sequence[AskedTeacher]) -> _Found:
        """One request; where it is refused because of one of them, halves, until that one is alone."""
        persons = [{"trn": each.trn, "dateOfBirth": each.date_of_birth.isoformat()} for each in asked]
        body = json.dumps({"persons": persons}).encode()
        for _ in range(WHOLE_TRIES):
            answer = self._connection.ask("POST", "/v3/persons/find", body)
            if answer.status == _BAD_REQUEST:
                return self._find_in_halves(asked)
            if answer.status != _OK:
                raise TeachersRefused(_not_the_api(answer.status))
            results = _results(answer.body)
            if results is not None:
                return _read(results, asked)
        raise TeachersUnavailable("The Teaching Record System answered only in part. Try again later.")

    def _find_in_halves(self, asked: Sequence[AskedTeacher]) -> _Found:
        if len(asked) == 1:
            return _Found(unread=set(asked))
        middle, found = len(asked) // 2, _Found()
        for half in (asked[:middle], asked[middle:]):
            found.add(self._find_lot(half))
        return found

    def _standing(self, trn: str) -> _Standing:
        """What became of a TRN, which is followed to the record that stands for it now."""
        merged_into = None
        for _ in range(MOST_MERGES + 1):
            answer = self._connection.ask("GET", f"/v3/trns/{merged_into or trn}")
            if answer.status != _MERGED:
                standing = _STANDING.get(answer.status, TeacherStanding.NOT_ANSWERED)
                return _Standing(standing, merged_into if standing is TeacherStanding.BORN_ON_ANOTHER_DAY else None)
            other = _OTHER_TRN.fullmatch(answer.location.removeprefix(self._connection.url))
            if other is None:
                break  # it leads elsewhere, where nobody may be asked
            merged_into = other[1]
        return _Standing(TeacherStanding.NOT_ANSWERED)


def _results(body: bytes) -> list[Any] | None:
    """The persons of an answer; None where it is not whole."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    results = told.get("results") if isinstance(told, dict) else None
    return results if isinstance(results, list) and told.get("total") == len(results) else None


def _read(results: Sequence[object], asked: Sequence[AskedTeacher]) -> _Found:
    wanted, found, unread = set(asked), _Found(), set[str]()
    for told in results:
        try:
            record = read_person(told)
        except InvalidValue:
            try:
                unread.add(trn_in(told))
            except InvalidValue:
                unread.update(each.trn for each in asked)  # it may be about any of them
            continue
        if asked_for(record) in wanted:
            found.records[asked_for(record)] = record
    found.unread.update(each for each in asked if each.trn in unread and each not in found.records)
    return found


def _not_the_api(status: int) -> str:
    went = "sent us elsewhere" if status in _REDIRECTS else f"answered {status}"
    return f"What is at CHECKDATA_TRS_URL {went} where the Teaching Record System finds persons. Check that setting."


_conforms: type[ports.TeacherDirectory] = TeachingRecordSystem
