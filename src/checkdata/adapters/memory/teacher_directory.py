"""A directory of teachers in memory."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from attrs import evolve

from checkdata.domain import ports
from checkdata.domain.training.teacher_answers import AskedTeacher, TeacherAnswer, TeacherStanding
from checkdata.domain.training.teacher_records import TeacherRecord


class MemoryTeachers:
    """Teachers by TRN; ``merged`` are TRNs with those that they were merged into, ``deactivated`` are used no more."""

    def __init__(
        self,
        teachers: Iterable[TeacherRecord],
        *,
        merged: Mapping[str, str] | None = None,
        deactivated: Collection[str] = (),
    ) -> None:
        self.teachers = {teacher.trn: teacher for teacher in teachers}
        self.merged = dict(merged or {})
        self.deactivated = set(deactivated)

    def ask(self, asked: Sequence[AskedTeacher], /) -> Sequence[TeacherAnswer]:
        """An answer to each question."""
        return list(map(self._answer, asked))

    def _answer(self, asked: AskedTeacher) -> TeacherAnswer:
        trn, seen = asked.trn, set[str]()
        while trn in self.merged and trn not in seen:
            seen.add(trn)
            trn = self.merged[trn]
        if trn in self.deactivated:
            return TeacherAnswer(asked=asked, standing=TeacherStanding.DEACTIVATED)
        found = self.teachers.get(trn)
        if found is None:
            return TeacherAnswer(asked=asked, standing=TeacherStanding.UNKNOWN)
        if found.date_of_birth != asked.date_of_birth:
            return TeacherAnswer(asked=asked, standing=TeacherStanding.BORN_ON_ANOTHER_DAY)
        record = found if trn == asked.trn else evolve(found, trn=asked.trn, merged_into=trn)
        return TeacherAnswer(asked=asked, standing=TeacherStanding.FOUND, record=record)


_conforms: type[ports.TeacherDirectory] = MemoryTeachers
