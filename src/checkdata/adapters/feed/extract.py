"""The extract of teachers in a feed, as a directory to ask."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from checkdata.domain import ports
from checkdata.domain.training.teacher_answers import AskedTeacher, TeacherAnswer, TeacherStanding
from checkdata.domain.training.teacher_records import TeacherRecord


class ExtractOfTeachers:
    """The ``teacher_records.csv`` of a feed, read once and then held; it tells nothing of merged records."""

    def __init__(self, feed: ports.Feed) -> None:
        self._feed = feed

    def ask(self, asked: Sequence[AskedTeacher], /) -> Sequence[TeacherAnswer]:
        """An answer to each question; `FeedRefused` where the file can't be read."""
        return list(map(self._answer, asked))

    @cached_property
    def _teachers(self) -> Mapping[str, TeacherRecord]:
        return {teacher.trn: teacher for teacher in self._feed.teacher_records()}

    def _answer(self, asked: AskedTeacher) -> TeacherAnswer:
        found = self._teachers.get(asked.trn)
        if found is None:
            return TeacherAnswer(asked=asked, standing=TeacherStanding.UNKNOWN)
        if found.date_of_birth != asked.date_of_birth:
            return TeacherAnswer(asked=asked, standing=TeacherStanding.BORN_ON_ANOTHER_DAY)
        return TeacherAnswer(asked=asked, standing=TeacherStanding.FOUND, record=found)


_conforms: type[ports.TeacherDirectory] = ExtractOfTeachers
